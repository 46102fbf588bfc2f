"""Keras models made of others: what stands in front of one, and the mean of several."""

from __future__ import annotations

from collections.abc import Sequence

from framework.core.backend import keras


def in_front_of_bytes(model: keras.Model) -> keras.Model:
    """``model``, which takes values from 0 to 1, as one that takes bytes."""
    inputs = keras.Input(model.input_shape[1:], name="features")
    return keras.Model(inputs, model(keras.layers.Rescaling(1 / 255)(inputs)), name=model.name)


def averaged(models: Sequence[keras.Model], name: str) -> keras.Model:
    """One model whose probabilities are the mean of those of ``models``; a single one as it is."""
    if len(models) == 1:
        return models[0]
    inputs = keras.Input(models[0].input_shape[1:], name="features")
    for position, model in enumerate(models):
        model.name = f"member_{position}"
    outputs = keras.layers.Average()([model(inputs) for model in models])
    return keras.Model(inputs, outputs, name=name)
