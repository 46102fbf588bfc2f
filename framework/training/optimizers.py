"""Optimizers by the names that Keras gives them."""

from __future__ import annotations

from framework.core.backend import keras
from framework.core.errors import ConfigError


def optimizer(
    name: str, learning_rate: float, weight_decay: float | None = None
) -> keras.optimizers.Optimizer:
    """A fresh one, its other settings those of Keras; ``weight_decay`` None is one of them.

    Raises
    ------
    ConfigError
        When Keras has none of that name.
    """
    settings = {"learning_rate": learning_rate}
    if weight_decay is not None:
        settings["weight_decay"] = weight_decay
    try:
        return keras.optimizers.get({"class_name": name, "config": settings})
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f'unknown optimizer "{name}"; expected the name of one in '
            "keras.optimizers, for example sgd or adam"
        ) from error
