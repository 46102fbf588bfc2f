"""From a Keras model's outputs to (n, N) probabilities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from framework.core.backend import keras, tf
from framework.core.jobs import Weights
from framework.core.preprocessing import Scaling


def as_n_columns(outputs: np.ndarray) -> np.ndarray:
    """(n, N) probabilities; a one-unit sigmoid's (n, 1) scores s become ``[1 - s, s]``."""
    if outputs.shape[1] == 1:
        return np.concatenate([1 - outputs, outputs], axis=1)
    return outputs


class Predictor:
    """A compiled ``X -> (n, N) float64 probabilities`` for one model, in chunks of cases."""

    def __init__(self, model: keras.Model, chunk: int | None = None) -> None:
        # A network's activations are many times its input: of pictures, fewer cases at a time.
        self.chunk = chunk or max(1, min(4096, 2**19 // math.prod(model.input_shape[1:])))
        # One trace for any number of rows; the last chunk is not a new shape.
        signature = [tf.TensorSpec([None, *model.input_shape[1:]], model.inputs[0].dtype)]
        self._call = tf.function(
            lambda x: model(x, training=False), input_signature=signature, autograph=False
        )
        self._dtype = model.inputs[0].dtype

    def __call__(self, X: np.ndarray) -> np.ndarray:
        chunks = [
            self._call(tf.constant(X[start : start + self.chunk], dtype=self._dtype)).numpy()
            for start in range(0, len(X), self.chunk)
        ]
        return as_n_columns(np.concatenate(chunks).astype(np.float64))


class WeightsPredictor:
    """Probabilities for any weights of one architecture, from one compiled graph."""

    def __init__(self, model: keras.Model, chunk: int = 4096) -> None:
        self.model, self.chunk = model, chunk
        self._compiled: Any = None

    def __call__(self, weights: Weights, scaling: Scaling, X: np.ndarray) -> np.ndarray:
        """(n, N) float64 probabilities for raw features ``X`` (n, ...)."""
        state = [
            [tf.constant(value) for value in values]
            for values in (
                weights.trainable,
                weights.non_trainable,
                (scaling.offset, scaling.scale),
            )
        ]
        if self._compiled is None:
            # Any number of rows: the last chunk is not a new shape.
            signature = [
                *(
                    [tf.TensorSpec(value.shape, value.dtype) for value in values]
                    for values in state
                ),
                tf.TensorSpec([None, *X.shape[1:]], tf.as_dtype(X.dtype)),
            ]
            self._compiled = tf.function(self._call, input_signature=signature, autograph=False)
        chunks = [
            self._compiled(*state, tf.constant(X[start : start + self.chunk])).numpy()
            for start in range(0, len(X), self.chunk)
        ]
        return as_n_columns(np.concatenate(chunks).astype(np.float64))

    def _call(self, trainable: Any, non_trainable: Any, scaling: Any, X: Any) -> Any:
        features = (tf.cast(X, tf.float32) - scaling[0]) * scaling[1]
        return self.model.stateless_call(trainable, non_trainable, features, training=False)[0]
