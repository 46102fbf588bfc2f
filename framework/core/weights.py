"""The numbers of a network, apart from any Keras model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # weights are held and handed on without TensorFlow
    from framework.core.backend import keras


@dataclass(frozen=True, eq=False)
class Weights:
    """Values of a model's variables, apart from any model."""

    trainable: tuple[np.ndarray, ...]
    non_trainable: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, model: keras.Model) -> Weights:
        from framework.core.backend import keras

        return cls(
            tuple(keras.ops.convert_to_numpy(variable) for variable in model.trainable_variables),
            tuple(
                keras.ops.convert_to_numpy(variable) for variable in model.non_trainable_variables
            ),
        )

    def assign_to(self, model: keras.Model) -> None:
        for variable, value in zip(model.trainable_variables, self.trainable, strict=True):
            variable.assign(value)
        for variable, value in zip(model.non_trainable_variables, self.non_trainable, strict=True):
            variable.assign(value)
