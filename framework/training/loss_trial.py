"""A loss called once as training calls it: compiled, on a few made-up outputs."""

from __future__ import annotations

import numpy as np

from framework.core.backend import tf
from framework.training.jobs import LossFunction

CASES = 8


def tried_loss(loss: LossFunction, n_classes: int, n_outputs: int) -> str | None:
    """What is wrong with the values of ``loss``, in words; None where nothing is.

    ``n_outputs`` are the model's, 1 of a single sigmoid. What the loss itself raises goes on.
    """
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(n_classes), CASES)
    truths = tf.constant(np.arange(CASES) % n_classes, tf.int32)
    outputs = tf.constant(p if n_outputs == n_classes else p[:, 1:], tf.float32)
    cost_rows = tf.constant(rng.uniform(0, 2, (CASES, n_classes)), tf.float32)

    @tf.function
    def called() -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(outputs)
            values = loss(truths, outputs, cost_rows)
        gradient = tape.gradient(values, outputs)
        return values, tf.zeros(0) if gradient is None else gradient

    values, gradient = (np.asarray(found) for found in called())
    if values.shape != (CASES,) or values.dtype.kind != "f":
        return (
            f"expected one value for each of {CASES} cases, real numbers of shape ({CASES},), received "
            f"{values.dtype} of shape {values.shape}"
        )
    if not np.isfinite(values).all():
        return f"expected finite values, received {values[~np.isfinite(values)][0]}"
    if not gradient.size:
        return "it has no gradient by the outputs, so that nothing could be learned from it"
    return None
