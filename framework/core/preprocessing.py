"""Scaling that becomes part of the model, so that a trained model takes raw features."""

from __future__ import annotations

import numpy as np

from framework.core.backend import keras


def with_preprocessing(model: keras.Model, X: np.ndarray) -> keras.Model:
    """``model`` behind a layer that scales raw features as the training part ``X`` suggests.

    Bytes (images) become 0..1; other images are standardised per channel, tables per feature.
    A constant feature keeps its scale instead of being divided by zero.
    """
    layer = keras.layers.Rescaling(1 / 255) if X.dtype == np.uint8 else _standardisation(X)
    inputs = keras.Input(X.shape[1:], name="features")
    return keras.Model(inputs, model(layer(inputs)), name=model.name)


def _standardisation(X: np.ndarray) -> keras.layers.Layer:
    axes = tuple(range(X.ndim - 1))
    mean = X.mean(axis=axes, dtype=np.float64)
    variance = X.var(axis=axes, dtype=np.float64)
    variance[variance == 0] = 1.0
    return keras.layers.Normalization(mean=mean, variance=variance)
