"""Training one Keras model in a compiled loop.

Same arithmetic as ``model.fit`` with the same batches (a test holds that), without its overhead
per step: the data lies on the device, an epoch is one call of a compiled graph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.backend import keras, tf
from framework.errors import TrainingError

LossFunction = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True)
class Batches:
    """Which cases make up each batch: a fresh permutation per epoch, a function of (seed, epoch)."""

    n: int
    batch_size: int
    seed: int

    def order(self, epoch: int) -> np.ndarray:
        """Row indices of all n cases in the order of this epoch; batches are cut from the front."""
        return np.random.default_rng((self.seed, epoch)).permutation(self.n)


def train(
    model: keras.Model,
    loss: LossFunction,
    X: np.ndarray,
    y: np.ndarray,
    cost_matrix: np.ndarray,
    *,
    optimizer: keras.optimizers.Optimizer,
    epochs: int,
    batch_size: int,
    seed: int,
    on_epoch: Callable[[int, float], None] | None = None,
) -> list[float]:
    """Fit ``model`` in place and return the mean loss of each epoch.

    Parameters
    ----------
    model : keras.Model
        Takes raw features (n, ...), gives probabilities (n, N), or (n, 1) for a sigmoid.
    loss : function of (y_true, y_pred, cost_rows)
        As in ``framework.core.losses``.
    X, y : arrays of n cases
        Features, class indices.
    cost_matrix : array (N, N)
        Training weights, rows the truth; row ``y[i]`` goes to the loss with case i.
    on_epoch : function of (epoch, loss), optional
        Called after each epoch, counting from 1.

    Raises
    ------
    TrainingError
        When the loss is no longer finite.
    """
    features = tf.constant(X, dtype=model.inputs[0].dtype)
    truths = tf.constant(y, dtype=tf.int32)
    costs = tf.constant(cost_matrix, dtype=tf.float32)
    optimizer.build(model.trainable_variables)
    n = len(y)

    @tf.function
    def run_epoch(order: tf.Tensor) -> tf.Tensor:
        total = tf.constant(0.0)
        for start in tf.range(0, n, batch_size):
            rows = order[start : start + batch_size]
            y_true = tf.gather(truths, rows)
            with tf.GradientTape() as tape:
                y_pred = model(tf.gather(features, rows), training=True)
                values = loss(y_true, y_pred, tf.gather(costs, y_true))
                objective = tf.reduce_mean(tf.cast(values, tf.float32))
                if model.losses:  # regularisers
                    objective += tf.add_n(model.losses)
            gradients = tape.gradient(objective, model.trainable_variables)
            optimizer.apply(gradients, model.trainable_variables)
            total += objective * tf.cast(tf.shape(rows)[0], tf.float32)
        return total / n

    batches = Batches(n, batch_size, seed)
    history: list[float] = []
    for epoch in range(epochs):
        mean_loss = float(run_epoch(tf.constant(batches.order(epoch), dtype=tf.int32)))
        if not np.isfinite(mean_loss):
            raise TrainingError(
                f"the loss became {mean_loss} in epoch {epoch + 1} of {epochs}; "
                "lower the learning rate, or the scale of the training costs"
            )
        history.append(mean_loss)
        if on_epoch:
            on_epoch(epoch + 1, mean_loss)
    return history
