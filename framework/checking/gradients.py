"""What TensorFlow is needed for: values and gradients of a loss, weights and gradients of a model."""

from __future__ import annotations

from typing import Any

import numpy as np

from framework.checking.subject import Subject
from framework.core.backend import keras, tf
from framework.core.losses import cross_entropy
from framework.inference.predicting import Predictor
from framework.plugins import guards
from framework.plugins.specs import LossSpec

STEP = 1e-3


def loss_values(spec: LossSpec, y: np.ndarray, p: np.ndarray, cost_rows: np.ndarray) -> np.ndarray:
    """What ``spec`` gives in float32, as in training; of whatever shape."""
    values = spec.function(
        tf.constant(y, tf.int32), tf.constant(p, tf.float32), tf.constant(cost_rows, tf.float32)
    )
    return np.asarray(values)


def loss_gradient(
    spec: LossSpec, y: np.ndarray, p: np.ndarray, cost_rows: np.ndarray
) -> np.ndarray:
    """By the outputs (n, N), in float32."""
    outputs = tf.constant(p, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        values = spec.function(
            tf.constant(y, tf.int32), outputs, tf.constant(cost_rows, tf.float32)
        )
    gradient = tape.gradient(values, outputs)
    return np.zeros_like(p) if gradient is None else np.asarray(gradient)


def gradients_by_logits(
    spec: LossSpec, y: np.ndarray, p: np.ndarray, cost_rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """By the inputs of a softmax that gives ``p`` (n, N): TensorFlow's, and that of differences.

    In float64, steps wide enough that rounding in float32 inside the loss is no matter.
    """

    def values(logits: Any) -> Any:
        outputs = keras.activations.softmax(logits)
        return spec.function(tf.constant(y, tf.int32), outputs, tf.constant(cost_rows))

    logits = np.log(p)
    variable = tf.Variable(logits)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(values(variable))
    found = tape.gradient(total, variable)
    analytic = np.zeros_like(logits) if found is None else np.asarray(found)
    numeric = np.zeros_like(logits)
    for cell in np.ndindex(logits.shape):
        change = np.zeros_like(logits)
        change[cell] = STEP
        up, down = (
            np.asarray(values(tf.constant(logits + sign * change)), np.float64).sum()
            for sign in (1, -1)
        )
        numeric[cell] = (up - down) / (2 * STEP)
    return analytic, numeric


def initial_model(subject: Subject, shape: tuple[int, ...], n_classes: int) -> keras.Model:
    """A fresh model, its weights drawn with a seed as in training."""
    keras.utils.set_random_seed(0)
    return guards.built(subject.offer, shape, n_classes)


def initial_weights(subject: Subject, shape: tuple[int, ...]) -> list[np.ndarray]:
    model = initial_model(subject, shape, 3)
    return [keras.ops.convert_to_numpy(variable) for variable in model.variables]


def probabilities(model: keras.Model, X: np.ndarray) -> np.ndarray:
    """(n, N) for scaled features."""
    return Predictor(model)(X)


def unmoved_weights(model: keras.Model, X: np.ndarray, y: np.ndarray) -> list[str]:
    """Paths of the trainable weights whose gradient of the cross-entropy is 0, or none."""
    with tf.GradientTape() as tape:
        outputs = model(tf.constant(X, tf.float32), training=False)
        total = tf.reduce_mean(cross_entropy(tf.constant(y, tf.int32), outputs))
    values = [variable.value for variable in model.trainable_variables]
    gradients = tape.gradient(total, values, unconnected_gradients="zero")
    return [
        variable.path
        for variable, gradient in zip(model.trainable_variables, gradients, strict=True)
        if not np.any(np.asarray(gradient))
    ]
