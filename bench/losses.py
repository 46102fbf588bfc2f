"""A training step with our losses against one with Keras's own cross-entropy, for N classes.

    python bench/losses.py

The same model, batch and optimizer; compiled steps, run in turn; the lowest of many rounds, which
other load disturbed least. The functions are what the framework trains with; the classes, for
Keras's own fit, look at what they are given as well.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import time

import numpy as np

from framework.core.backend import keras, tf
from framework.core.losses import (
    ExpectedCost,
    WeightedCrossEntropy,
    expected_cost,
    weighted_cross_entropy,
)

ROUNDS, STEPS = 60, 40
BATCH, FEATURES, UNITS = 256, 64, 128


def with_costs(loss, table):
    """The loss as a function of truths and probabilities, as training calls it."""

    def of_batch(y, p):
        return loss(y, p, tf.gather(table, y))

    return of_batch


def compiled_steps(loss, n_classes):
    """STEPS training steps in one graph; ``loss(y, p)`` takes one-hot truths or class indices."""
    keras.utils.set_random_seed(0)
    layers = [keras.Input((FEATURES,)), keras.layers.Dense(UNITS, activation="relu")]
    model = keras.Sequential([*layers, keras.layers.Dense(n_classes, activation="softmax")])
    optimizer = keras.optimizers.SGD(0.01)
    optimizer.build(model.trainable_variables)

    @tf.function
    def steps(x, y):
        for _ in tf.range(STEPS):
            with tf.GradientTape() as tape:
                value = tf.reduce_mean(loss(y, model(x, training=True)))
            gradients = tape.gradient(value, model.trainable_variables)
            optimizer.apply(gradients, model.trainable_variables)

    return steps


def main():
    print("A training step against one with keras.losses.CategoricalCrossentropy:")
    for n_classes in (2, 43, 1000):
        rng = np.random.default_rng(0)
        table = tf.constant(rng.uniform(0, 2, (n_classes, n_classes)), tf.float32)
        x = tf.constant(rng.normal(size=(BATCH, FEATURES)), tf.float32)
        y = tf.constant(rng.integers(0, n_classes, BATCH), tf.int32)
        one_hot = tf.one_hot(y, n_classes)

        theirs = keras.losses.CategoricalCrossentropy(reduction=None)
        cases = {
            "CategoricalCrossentropy": (compiled_steps(theirs, n_classes), one_hot),
            "expected_cost": (compiled_steps(with_costs(expected_cost, table), n_classes), y),
            "weighted_cross_entropy": (
                compiled_steps(with_costs(weighted_cross_entropy, table), n_classes),
                y,
            ),
        }
        for of_class in (ExpectedCost, WeightedCrossEntropy):
            loss = of_class(table.numpy() * (1 - np.eye(n_classes)), reduction=None)
            cases[of_class.__name__] = (compiled_steps(loss, n_classes), y)
        times = {name: [] for name in cases}
        for _ in range(ROUNDS):
            for name, (steps, truths) in cases.items():
                started = time.perf_counter()
                steps(x, truths)
                times[name].append((time.perf_counter() - started) / STEPS)
        base = min(times["CategoricalCrossentropy"])
        for name, values in times.items():
            step = min(values)
            print(f"  N = {n_classes:4d}  {1e6 * step:7.0f} us  {step / base:5.2f}  {name}")


if __name__ == "__main__":
    main()
