"""Keras models made of others: what stands in front of one, the mean of several that are alike, a pool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from framework.core.backend import keras
from framework.core.decisions.calibration import TINY
from framework.core.decisions.pooling import Pool


def in_front_of_bytes(model: keras.Model) -> keras.Model:
    """``model``, which takes values from 0 to 1, as one that takes bytes."""
    inputs = keras.Input(model.input_shape[1:], name="features")
    return keras.Model(inputs, model(keras.layers.Rescaling(1 / 255)(inputs)), name=model.name)


def thaw(model: keras.Model) -> None:
    """Let all layers learn, those too that stayed as they were."""
    for layer in model._flatten_layers():  # of a Sequential, Keras asks the layers no more
        layer.trainable = True


def geometric_mean(models: Sequence[keras.Model], name: str) -> keras.Model:
    """One model whose probabilities (n, N) are the geometric mean of those of ``models``.

    A single one as it is.
    """
    if len(models) == 1:
        return models[0]
    inputs, outputs = _outputs_of(models)
    logs = [keras.ops.log(keras.ops.maximum(p, TINY)) for p in outputs]
    mean = keras.layers.Average()(logs)
    return keras.Model(inputs, keras.layers.Softmax()(mean), name=name)


def pooled(models: Sequence[keras.Model], pool: Pool, name: str) -> keras.Model:
    """One model that is the ``pool`` of ``models``: what it computes, as layers of its own."""
    inputs, outputs = _outputs_of(models)
    n_classes = outputs[0].shape[1]
    eye, logs = np.eye(n_classes), []
    for p, fitted in zip(outputs, pool.calibrations, strict=True):
        raised = p * (1 - pool.floor) + pool.floor / n_classes
        logits = keras.ops.log(keras.ops.maximum(raised, TINY))
        calibrated = _linear(logits, eye / fitted.temperature, fitted.bias)
        logs.append(keras.layers.Activation("log_softmax")(calibrated))
    together = logs[0] if len(logs) == 1 else keras.layers.Concatenate()(logs)
    kernel = np.concatenate([b * eye for b in pool.exponents])
    logits = _linear(together, kernel, pool.bias)
    return keras.Model(inputs, keras.layers.Softmax()(logits), name=name)


def _outputs_of(models: Sequence[keras.Model]) -> tuple[Any, list[Any]]:
    """An input, and the probabilities (n, N) that each of ``models`` has for it."""
    inputs = keras.Input(models[0].input_shape[1:], name="features")
    outputs = []
    for position, model in enumerate(models):
        model.name = f"member_{position}"
        p = model(inputs)
        if p.shape[1] == 1:  # a sigmoid's
            p = keras.layers.Concatenate()([1 - p, p])
        outputs.append(p)
    return inputs, outputs


def _linear(values: Any, kernel: np.ndarray, bias: Sequence[float]) -> Any:
    """``values @ kernel + bias``, not to be trained."""
    layer = keras.layers.Dense(kernel.shape[1], trainable=False)
    outputs = layer(values)
    layer.set_weights([kernel, np.asarray(bias) if len(bias) else np.zeros(kernel.shape[1])])
    return outputs
