"""Scaling of raw features: fitted on the training part, and part of the finished model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framework.core.backend import keras


@dataclass(frozen=True, eq=False)
class Scaling:
    """``(x - offset) * scale``, per feature of a table, per channel of an image (float32)."""

    offset: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(cls, X: np.ndarray) -> Scaling:
        """What the training part ``X`` (n, ...) suggests.

        Bytes (images) become 0..1; anything else is standardised. A constant feature is centred
        and keeps its scale instead of being divided by zero.
        """
        if X.dtype == np.uint8:
            return cls(np.array(0, np.float32), np.array(1 / 255, np.float32))
        axes = tuple(range(X.ndim - 1))
        offset = X.mean(axis=axes, dtype=np.float64)
        deviation = X.std(axis=axes, dtype=np.float64)
        deviation[deviation == 0] = 1.0
        return cls(offset.astype(np.float32), (1 / deviation).astype(np.float32))

    def in_front_of(self, model: keras.Model) -> keras.Model:
        """``model``, which takes scaled features, as one that takes raw features."""
        inputs = keras.Input(model.input_shape[1:], name="features")
        if self.offset.ndim == 0:
            layer = keras.layers.Rescaling(float(self.scale), -float(self.offset * self.scale))
        else:
            layer = keras.layers.Normalization(mean=self.offset, variance=self.scale**-2.0)
        return keras.Model(inputs, model(layer(inputs)), name=model.name)
