"""The network of a trained model: scaled features in, probabilities out; a file that is safe to load."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.backend import keras
from framework.core.errors import ArtifactError
from framework.training.predicting import Predictor


class KerasModel:
    """A Keras ``model`` that gives (n, N) probabilities, the class's two of a single sigmoid too."""

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self._predict = Predictor(model)

    def __call__(self, scaled: np.ndarray) -> FloatArray:
        """(n, N) float64 probabilities for scaled features (n, ...)."""
        return self._predict(scaled)

    def save(self, path: Path) -> None:
        self.model.save(path)

    @classmethod
    def read(cls, path: Path) -> KerasModel:
        """What ``save`` wrote, with Keras's safe mode on: no code in the file is run."""
        try:
            return cls(keras.saving.load_model(path, compile=False, safe_mode=True))
        except (ValueError, TypeError, OSError) as error:
            raise ArtifactError(f"{path} cannot be loaded: {_cause(error)}") from error


def _cause(error: Exception) -> str:
    """What Keras says, without the whole description of the network round it."""
    said = str(error)
    said = said.partition("Exception encountered: ")[2] or said
    return said.partition(" Full object config")[0]
