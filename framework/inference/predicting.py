"""From a Keras model's outputs to (n, N) probabilities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from framework.core.backend import keras, tf
from framework.core.weights import Weights


def as_n_columns(outputs: np.ndarray) -> np.ndarray:
    """(n, N) probabilities; a one-unit sigmoid's (n, 1) scores s become ``[1 - s, s]``."""
    if outputs.shape[1] == 1:
        return np.concatenate([1 - outputs, outputs], axis=1)
    return outputs


class Predictor:
    """Probabilities of one architecture, for its own weights or any others, in chunks of cases.

    The one way from scaled features to probabilities, in a run and in what it saves.
    """

    def __init__(self, model: keras.Model, chunk: int | None = None) -> None:
        # A network's activations are many times its input: of pictures, fewer cases at a time.
        self.chunk = chunk or max(1, min(4096, 2**19 // math.prod(model.input_shape[1:])))
        self.model = model
        # One trace for any number of rows; the last chunk is not a new shape.
        signature = [
            *([tf.TensorSpec(v.shape, v.dtype) for v in values] for values in self._variables),
            tf.TensorSpec([None, *model.input_shape[1:]], model.inputs[0].dtype),
        ]
        self._outputs = tf.function(self._call, input_signature=signature, autograph=False)

    def __call__(self, X: np.ndarray, weights: Weights | None = None) -> np.ndarray:
        """(n, N) float64 probabilities for scaled features ``X`` (n, ...)."""
        if weights is None:
            state = [[variable.value for variable in values] for values in self._variables]
        else:
            state = [
                [tf.constant(value) for value in values]
                for values in (weights.trainable, weights.non_trainable)
            ]
        dtype = self.model.inputs[0].dtype
        chunks = [
            self._outputs(*state, tf.constant(X[start : start + self.chunk], dtype)).numpy()
            for start in range(0, len(X), self.chunk)
        ]
        return as_n_columns(np.concatenate(chunks).astype(np.float64))

    @property
    def _variables(self) -> tuple[list[Any], list[Any]]:
        return self.model.trainable_variables, self.model.non_trainable_variables

    def _call(self, trainable: Any, non_trainable: Any, X: Any) -> Any:
        return self.model.stateless_call(trainable, non_trainable, X, training=False)[0]
