"""Integrated gradients: which pixels of a picture speak for an outcome, and how strongly.

Along the straight line from a baseline picture to the picture, the gradients of the outcome are
averaged and multiplied by the difference of the two. What all pixels are credited with adds up
to the difference of the two outcomes ("completeness").

Source: Sundararajan, Taly, Yan, "Axiomatic Attribution for Deep Networks", ICML 2017.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.backend import keras, tf
from framework.core.decisions.calibration import IDENTITY, TINY, Calibration

STEPS = 64


@dataclass(frozen=True, eq=False)
class Attributions:
    """Of n pictures: what each value of each was credited with, and the outcomes it explains.

    ``values`` (n, height, width, channels); ``outcomes`` and ``baseline_outcomes`` (n,).
    """

    values: NDArray[np.float64]
    outcomes: NDArray[np.float64]
    baseline_outcomes: NDArray[np.float64]

    @property
    def gaps(self) -> NDArray[np.float64]:
        """By how much completeness is missed (n,): what the sum over finite steps leaves over."""
        explained = self.outcomes - self.baseline_outcomes
        return self.values.sum(axis=tuple(range(1, self.values.ndim))) - explained


class IntegratedGradients:
    """Compiled, for one model: all points of a picture's path are one batch.

    The outcome is ``probabilities @ weights``, the weights being the picture's own: of a class's
    probability a 1 at that class, of a decision's expected dollars its column of the cost matrix.

    Parameters
    ----------
    model : keras.Model
        Pictures in, probabilities (batch, N) or a sigmoid's (batch, 1) out.
    calibration : Calibration
        Of the probabilities; part of the outcome.
    steps : int
        Points on the path (midpoint rule).
    """

    def __init__(
        self, model: keras.Model, calibration: Calibration = IDENTITY, steps: int = STEPS
    ) -> None:
        self._model, self._calibration, self._steps = model, calibration, steps
        picture = tf.TensorSpec(model.input_shape[1:], tf.float32)
        signature = [picture, picture, tf.TensorSpec([None], tf.float32)]
        self._compiled = tf.function(self._attribute, input_signature=signature)

    def __call__(self, X: np.ndarray, baseline: np.ndarray, weights: np.ndarray) -> Attributions:
        """For pictures ``X`` (n, ...), one ``baseline`` (...) and ``weights`` (n, N)."""
        start = tf.constant(baseline, tf.float32)
        parts = [
            self._compiled(tf.constant(x, tf.float32), start, tf.constant(w, tf.float32))
            for x, w in zip(X, weights, strict=True)
        ]
        values, outcomes = zip(*parts, strict=True)
        ends = np.array(outcomes, dtype=np.float64)
        return Attributions(np.array(values, dtype=np.float64), ends[:, 1], ends[:, 0])

    def _attribute(self, x: Any, baseline: Any, weights: Any) -> tuple[Any, Any]:
        at = (tf.range(self._steps, dtype=tf.float32) + 0.5) / self._steps
        path = baseline + tf.reshape(at, [-1, *[1] * len(x.shape)]) * (x - baseline)
        with tf.GradientTape() as tape:
            tape.watch(path)
            outcomes = self._outcomes(path, weights)
        gradients = tape.gradient(outcomes, path)
        ends = self._outcomes(tf.stack([baseline, x]), weights)
        return (x - baseline) * tf.reduce_mean(gradients, axis=0), ends

    def _outcomes(self, pictures: Any, weights: Any) -> Any:
        p = tf.cast(self._model(pictures, training=False), tf.float32)
        if p.shape[1] == 1:
            p = tf.concat([1 - p, p], axis=1)
        if self._calibration != IDENTITY:
            logits = tf.math.log(tf.maximum(p, TINY)) / self._calibration.temperature
            bias = self._calibration.bias
            p = tf.nn.softmax(logits + tf.constant(bias, tf.float32) if bias else logits)
        return tf.linalg.matvec(p, weights)
