"""What a trained model is on disk: a folder that is safe to load and needs no plugin's model code.

model.keras        scaled features in, probabilities out; of pictures, bytes in
signature.json     labels; shape, type, names and scaling of the features; how pictures are cut
decision.json      the decision rule, its parameters, and the calibrations of probabilities
cost_matrix.json   the matrix its decisions are valued by
versions.json      what it was made with
run.json           in which format all this is written (see framework.core.folder_format)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework.core import cost_matrix_file
from framework.core.backend import keras
from framework.core.calibration import IDENTITY, Calibration
from framework.core.cost_matrix import CostMatrix
from framework.core.dataset import check_finite
from framework.core.errors import ArtifactError, DataError
from framework.core.files import read_json, write_json
from framework.core.folder_format import check_format, write_format
from framework.core.images import Border, is_picture
from framework.training.predicting import Predictor
from framework.training.scaling import UNSCALED, Scaling


@dataclass(frozen=True)
class Signature:
    """What a model takes and tells apart: features of one case, and class labels.

    ``dtype`` is that of the features it was trained on; pictures of ``uint8`` must be bytes.
    """

    labels: tuple[str, ...]
    input_shape: tuple[int, ...]
    feature_names: tuple[str, ...] = ()
    dtype: str = "float64"
    image_border: Border | None = None

    @property
    def takes_bytes(self) -> bool:
        """Whether cases are arrays of bytes; a table is one whatever type its columns have."""
        return self.dtype == "uint8" and len(self.input_shape) > 1

    @property
    def takes_pictures(self) -> bool:
        return self.takes_bytes and is_picture(self.input_shape)


@dataclass(frozen=True)
class Decision:
    """A decision rule by name, its parameters, and what is done to probabilities before it.

    ``calibration`` is that of the probabilities the rule is given, ``reporting`` that of those told
    to people, which dollars are stated by. They are one where the rule is given calibrated ones.
    """

    rule: str
    parameters: Mapping[str, float]
    calibration: Calibration = IDENTITY
    reporting: Calibration = IDENTITY


@dataclass(frozen=True, eq=False)
class Artifact:
    """A trained model with all that is needed to use it."""

    model: keras.Model
    scaling: Scaling
    signature: Signature
    decision: Decision
    cost_matrix: CostMatrix

    def __post_init__(self) -> None:
        object.__setattr__(self, "_predict", Predictor(self.model))

    def warm(self) -> None:
        """Predict once, so that the first caller does not wait for the compilation."""
        self.raw_proba(np.zeros((1, *self.signature.input_shape)))

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """The probabilities (n, N) that the decision rule is given; see ``raw_proba``."""
        return self.decision.calibration(self.raw_proba(X))

    def stated_proba(self, X: np.ndarray) -> np.ndarray:
        """The probabilities (n, N) that are told to people; see ``raw_proba``."""
        return self.decision.reporting(self.raw_proba(X))

    def raw_proba(self, X: np.ndarray) -> np.ndarray:
        """Uncalibrated probabilities (n, N) for raw features ``X`` (n, ...).

        Raises
        ------
        DataError
            When the shape does not fit the signature; a feature is not finite, too large, or
            not a byte where the model was trained on pictures of bytes.
        """
        X = np.asarray(X)
        expected = self.signature.input_shape
        if X.shape[1:] != expected:
            raise DataError(
                f"the model takes cases of shape {expected}; received {X.shape[1:]} "
                f"(the whole array: {X.shape}, first axis the cases)"
            )
        if len(X) == 0:
            raise DataError("there are no cases to predict")
        check_finite(X, self.signature.feature_names)
        if self.signature.takes_bytes and X.dtype != np.uint8:
            _check_bytes(X)
        with np.errstate(over="ignore"):  # told below
            probabilities = self._predict(self.scaling(X))  # type: ignore[attr-defined]
        lost = np.flatnonzero(~np.isfinite(probabilities).all(axis=1))
        if len(lost):
            raise DataError(
                f"the model has no probabilities for case {lost[0]} (counting from 0): its "
                f"features are too large for it ({len(lost)} such cases in all)"
            )
        return probabilities


def save(artifact: Artifact, folder: Path, versions: Mapping[str, Any]) -> None:
    """Write ``artifact`` into ``folder``, which must not exist yet."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise ArtifactError(f"{folder} exists already; nothing was overwritten") from None
    write_format(folder, "model", versions.get("framework", "unknown"))
    artifact.model.save(folder / "model.keras")
    scaling = {"scaling": _columns(artifact.scaling)}
    write_json(folder / "signature.json", asdict(artifact.signature) | scaling)
    write_json(folder / "decision.json", asdict(artifact.decision))
    write_json(folder / "versions.json", versions)
    cost_matrix_file.write(artifact.cost_matrix, folder / "cost_matrix.json")


def load(folder: Path) -> Artifact:
    """Read what ``save`` wrote, with Keras's safe mode on: no code in the file is run."""
    check_format(folder)
    for name in ("model.keras", "signature.json", "decision.json", "cost_matrix.json"):
        if not (folder / name).is_file():
            raise ArtifactError(f"{folder} is not a model folder: it has no {name}")
    signature = read_json(folder / "signature.json")
    border = signature.get("image_border")
    decision = read_json(folder / "decision.json")
    try:
        model = keras.saving.load_model(folder / "model.keras", compile=False, safe_mode=True)
    except (ValueError, TypeError, OSError) as error:
        raise ArtifactError(f"{folder / 'model.keras'} cannot be loaded: {error}") from error
    return Artifact(
        model=model,
        scaling=_scaling(signature.get("scaling")),
        signature=Signature(
            labels=tuple(signature["labels"]),
            input_shape=tuple(signature["input_shape"]),
            feature_names=tuple(signature["feature_names"]),
            dtype=signature.get("dtype", "float64"),
            image_border=Border(**border) if border else None,
        ),
        decision=Decision(
            decision["rule"],
            decision["parameters"],
            _calibration(decision["calibration"]),
            # Folders of old have one calibration for both.
            _calibration(decision.get("reporting", decision["calibration"])),
        ),
        cost_matrix=cost_matrix_file.read(folder / "cost_matrix.json"),
    )


def _columns(scaling: Scaling) -> dict[str, list[float]] | None:
    """As JSON, which keeps every digit of a float64."""
    if scaling is UNSCALED:
        return None
    return {"offset": scaling.offset.tolist(), "scale": scaling.scale.tolist()}


def _scaling(data: Mapping[str, list[float]] | None) -> Scaling:
    """UNSCALED where the network takes features as they are: bytes, or in folders of old."""
    if data is None:
        return UNSCALED
    return Scaling(np.array(data["offset"], np.float64), np.array(data["scale"], np.float64))


def _calibration(data: Mapping[str, Any]) -> Calibration:
    return Calibration(data["temperature"], tuple(data["bias"]))


def _check_bytes(X: np.ndarray) -> None:
    """Pictures scaled to 0..1 by the caller would be taken for black ones."""
    wrong = (X < 0) | (X > 255) | (np.round(X) != X)
    if wrong.any():
        where = tuple(np.argwhere(wrong)[0])
        raise DataError(
            "the model was trained on bytes: expected whole numbers from 0 to 255, received "
            f"{X[where]} in case {where[0]} (counting from 0), position {list(map(int, where[1:]))}"
        )
