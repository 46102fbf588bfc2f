"""A network as it is served: an ONNX file, read and carried out by ONNX Runtime, without TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.errors import ArtifactError
from framework.core.file_bytes import check_regular
from framework.core.scaling import UNSCALED, Scaling
from framework.inference.network_file import onnx_file

if TYPE_CHECKING:
    import keras

    from framework.inference.keras_model import KerasModel

NUMBERS = 2**19  # of features at once: a network's activations are many times its input
ERRORS_ONLY = 3


class OnnxModel:
    """What ``framework.inference.onnx_export`` wrote, beside the Keras file ``path``.

    ``scaling`` is that of the Keras network; the ONNX file has it within.
    """

    kind = "network"

    def __init__(self, path: Path, session: Any, scaling: Scaling = UNSCALED) -> None:
        self.path, self.scaling = path, scaling
        self._session = session
        features = session.get_inputs()[0]
        self._dtype = np.float64 if features.type == "tensor(double)" else np.float32
        self._chunk = max(1, min(4096, NUMBERS // math.prod(features.shape[1:])))

    def __call__(self, X: np.ndarray) -> FloatArray:
        """(n, N) float64 probabilities for raw features (n, ...)."""
        chunks = [
            self._session.run(
                None, {"features": X[start : start + self._chunk].astype(self._dtype)}
            )[0]
            for start in range(0, len(X), self._chunk)
        ]
        told: FloatArray = chunks[0] if len(chunks) == 1 else np.concatenate(chunks)
        return told

    @property
    def model(self) -> keras.Model:
        """The Keras network, which has gradients; read from its own file, with TensorFlow."""
        from framework.inference.keras_model import KerasModel

        return KerasModel.read(self.path, self.scaling).model

    @property
    def needs_keras(self) -> str | None:
        return None

    @property
    def values(self) -> Mapping[str, Any]:
        return {}

    def save(self, path: Path) -> None:
        """Write both files again, as ``KerasModel.save`` does."""
        from framework.inference.keras_model import KerasModel

        KerasModel.read(self.path, self.scaling).save(path)

    @classmethod
    def read(cls, path: Path, scaling: Scaling = UNSCALED) -> OnnxModel:
        """The network whose ONNX file is beside the Keras file ``path``.

        Raises
        ------
        ArtifactError
            When the file cannot be read.
        """
        file = onnx_file(path)
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = ERRORS_ONLY
        # Waiting threads shall sleep, not spin: others need the processors.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            check_regular(file)
            session = onnxruntime.InferenceSession(
                file.read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime's own kinds have no base
            raise ArtifactError(f"{file} cannot be loaded: {error}") from error
        return cls(path, session, scaling)


def read_network(path: Path, scaling: Scaling = UNSCALED) -> OnnxModel | KerasModel:
    """The network of the Keras file ``path``: by ONNX Runtime where there is a file for it beside.

    Raises
    ------
    ArtifactError
        When it cannot be read, or needs Keras where there is none.
    """
    if onnx_file(path).is_file():
        return OnnxModel.read(path, scaling)
    try:
        from framework.inference.keras_model import KerasModel  # TensorFlow: only where it must be
    except ModuleNotFoundError as error:
        raise ArtifactError(
            f"{path} has no {onnx_file(path).name} beside it, so Keras must answer, and {error.name} is not "
            "installed: pip install cost-matrix-framework, with all that it needs"
        ) from error
    return KerasModel.read(path, scaling)
