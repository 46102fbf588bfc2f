"""A network of a trained model: raw features in, probabilities out; a file that is safe to load."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.backend import keras
from framework.core.errors import ArtifactError
from framework.core.files import written
from framework.core.scaling import UNSCALED, Scaling
from framework.inference.artifact import NETWORK
from framework.inference.network_file import check_network, onnx_file
from framework.inference.onnx_export import exported
from framework.inference.onnx_graph import CannotExportError
from framework.inference.predicting import Predictor


class KerasModel:
    """A Keras ``model`` that gives (n, N) probabilities, the class's two of a single sigmoid too.

    ``scaling`` is done to raw features before it.
    """

    kind = "network"

    def __init__(self, model: keras.Model, scaling: Scaling = UNSCALED) -> None:
        self.model, self.scaling = model, scaling
        self._predict = Predictor(model)

    def __call__(self, X: np.ndarray) -> FloatArray:
        """(n, N) float64 probabilities for raw features (n, ...)."""
        return self._predict(self.scaling(X))

    @property
    def values(self) -> Mapping[str, Any]:
        return {}

    @property
    def needs_keras(self) -> str | None:
        """What of the network cannot be written for ONNX Runtime, so that Keras must answer; or None."""
        return None if isinstance(self._onnx, bytes) else str(self._onnx)

    def save(self, path: Path) -> None:
        """Write the network to a file, or into a model's folder; where it can be, for ONNX Runtime too."""
        path = path / NETWORK if path.is_dir() else path
        with written(path) as temporary:
            self.model.save(temporary)
        if isinstance(self._onnx, bytes):
            with written(onnx_file(path)) as temporary:
                temporary.write_bytes(self._onnx)

    @classmethod
    def read(cls, path: Path, scaling: Scaling = UNSCALED) -> KerasModel:
        """What ``save`` wrote, with Keras's safe mode on: no code in the file is run."""
        check_network(path)
        try:
            return cls(keras.saving.load_model(path, compile=False, safe_mode=True), scaling)
        except Exception as error:  # of what a damaged file describes, layers raise what they like
            raise ArtifactError(f"{path} cannot be loaded: {_cause(error)}") from error

    @cached_property
    def _onnx(self) -> bytes | CannotExportError:
        try:
            return exported(self.model, self.scaling)
        except CannotExportError as error:
            return error


def _cause(error: Exception) -> str:
    """What Keras says, without the whole description of the network round it."""
    said = str(error) or type(error).__name__
    said = said.partition("Exception encountered: ")[2] or said
    return said.partition(" Full object config")[0]
