"""Products of half the bits while a network is trained.

Micikevicius et al., "Mixed Precision Training", ICLR 2018; with bfloat16, whose exponent is that of float32,
losses need no scale (Kalamkar et al., "A Study of BFLOAT16 for Deep Learning Training", 2019).
"""

from __future__ import annotations

from collections.abc import Callable

from framework.core.backend import keras

FULL = "float32"


def computing_in(precision: str, build: Callable[[], keras.Model]) -> keras.Model:
    """The model that ``build`` makes, its products in ``precision`` where it does not say otherwise.

    Weights are FULL, and so is the last layer: 8 bits tell no probability near 1 from 1.
    """
    if precision == FULL:
        return build()
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(f"mixed_{precision}")
    try:
        model = build()
    finally:
        keras.config.set_dtype_policy(before)
    for output in model.outputs:
        layer, _, _ = output._keras_history
        layer.dtype_policy = FULL
    return model


def is_full(model: keras.Model) -> bool:
    """Whether every layer of ``model`` multiplies in FULL precision."""
    layers = model._flatten_layers(include_self=False, recursive=True)
    return all(layer.compute_dtype == FULL for layer in layers)
