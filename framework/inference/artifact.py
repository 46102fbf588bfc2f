"""What a trained model is on disk: a folder that is safe to load and needs no plugin's model code.

model.keras        scaled features in, probabilities out; of pictures, bytes in
model.onnx         the same for ONNX Runtime, raw features in; not there if a layer is not known to it
pool.json          instead of them: several models, in members/ (see framework.inference.pooled_model)
signature.json     labels; shape, type, names and scaling of the features; how pictures are cut
decision.json      the decision rule, its parameters, and the calibrations of probabilities
cost_matrix.json   the matrix its decisions are valued by
schema.json        of tables with text, dates or gaps: what becomes of their columns
prevalence.json    shares of the classes it was trained on, and those it is meant for
versions.json      what it was made with
run.json           in which format all this is written, and digests (see framework.core.folder_format)

All but the first three of these is here: values and JSON, without TensorFlow. A network is written
by ``keras_model.py`` and read by ``onnx_model.py``, a pool by ``pooled_model.py``, the whole by
``trained_model.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.cases.dataset import check_finite
from framework.core.cases.images import Border, is_picture
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.prevalence import Mix
from framework.core.decisions.calibration import IDENTITY, Calibration, calibration_read
from framework.core.errors import ArtifactError, DataError
from framework.core.files import read_json, write_json
from framework.core.folder_format import check_format, write_format
from framework.core.json_fields import Fields
from framework.core.scaling import UNSCALED, Scaling
from framework.core.shown import short
from framework.data.decoding import Form
from framework.data.schema import Schema
from framework.inference.folders import SIGNATURE

NETWORK, POOL = "model.keras", "pool.json"
DECISION, MATRIX = "decision.json", "cost_matrix.json"
SCHEMA, PREVALENCE = "schema.json", "prevalence.json"
MOST_FEATURES, MOST_AXES = 50_000_000, 6  # of a case
DTYPES = ("bool", *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)))
DTYPES = (*DTYPES, *(f"float{bits}" for bits in (16, 32, 64, 96, 128)))


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

    @property
    def form(self) -> Form:
        """What pictures are brought to, where it takes them."""
        height, width, channels = self.input_shape
        return Form((height, width, channels), self.image_border)

    def checked(self, X: np.ndarray) -> np.ndarray:
        """Raw features ``X`` (n, ...) that fit.

        Raises
        ------
        DataError
            When the shape is another; a feature is not finite, or not a byte where the model was
            trained on pictures of bytes.
        """
        X = np.asarray(X)
        if X.shape[1:] != self.input_shape:
            raise DataError(
                f"the model takes cases of shape {self.input_shape}; received {X.shape[1:]} "
                f"(the whole array: {X.shape}, first axis the cases)"
            )
        if len(X) == 0:
            raise DataError("there are no cases to predict")
        check_finite(X, self.feature_names)
        if self.takes_bytes and X.dtype != np.uint8:
            _check_bytes(X)
        return X


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
    """All that is needed to use a trained model, besides its network.

    ``mix`` are the shares of the classes it was trained and is meant for; the calibrations of the
    ``decision`` know of it already.
    """

    scaling: Scaling
    signature: Signature
    decision: Decision
    cost_matrix: CostMatrix
    schema: Schema | None = None
    mix: Mix | None = None

    @property
    def sample(self) -> FloatArray | None:
        """Shares of the classes (N,) at which its calibrated probabilities are true; None of a model of
        old, which does not know them.
        """
        if self.mix is None:
            return None
        return self.mix.training if self.mix.target is None else self.mix.target


def write_values(artifact: Artifact, folder: Path, versions: Mapping[str, Any]) -> None:
    """The JSON files of a model's folder, which holds its network already."""
    scaling = {"scaling": _scaling_written(artifact.scaling)}
    write_json(folder / SIGNATURE, asdict(artifact.signature) | scaling)
    write_json(folder / DECISION, asdict(artifact.decision))
    if artifact.mix is not None:
        write_json(folder / PREVALENCE, artifact.mix.to_json(artifact.signature.labels))
    if artifact.schema is not None:
        write_json(folder / SCHEMA, artifact.schema.to_json())
    write_json(folder / "versions.json", versions)
    artifact.cost_matrix.to_file(folder / MATRIX)
    write_format(folder, "model", versions.get("framework", "unknown"))


def read_values(folder: Path) -> Artifact:
    """What ``write_values`` wrote.

    Raises
    ------
    ArtifactError
        When a file of the folder is missing or cannot be read, or it is of a newer format.
    """
    check_format(folder, "")
    model = POOL if (folder / POOL).is_file() else NETWORK
    for name in (model, SIGNATURE, DECISION, MATRIX):
        if not (folder / name).is_file():
            raise ArtifactError(f"{folder} is not a model folder: it has no {name}")
    told = Fields(read_json(folder / SIGNATURE), folder / SIGNATURE)
    signature = _signature_read(told)
    artifact = Artifact(
        _scaling_read(told, signature),
        signature,
        _decision_read(Fields(read_json(folder / DECISION), folder / DECISION), signature),
        CostMatrix.from_file(folder / MATRIX),
        _schema(folder / SCHEMA),
        _mix(folder / PREVALENCE, signature.labels),
    )
    _check_together(artifact, folder)
    return artifact


def _check_together(artifact: Artifact, folder: Path) -> None:
    """That the files of a folder are about the same labels and features."""
    signature, matrix = artifact.signature, artifact.cost_matrix
    if matrix.labels != signature.labels:
        raise ArtifactError(
            f"{folder / MATRIX} is about {short(list(matrix.labels))}, {SIGNATURE} about "
            f"{short(list(signature.labels))}; expected the same labels in the same order"
        )
    features = None if artifact.schema is None else artifact.schema.features
    if features is not None and signature.input_shape != (len(features),):
        raise ArtifactError(
            f"{folder / SCHEMA} makes {len(features)} features of a case; {SIGNATURE} has the shape "
            f"{signature.input_shape}"
        )


def _schema(path: Path) -> Schema | None:
    if not path.is_file():
        return None
    return Schema.from_json(read_json(path), path)


def _mix(path: Path, labels: Sequence[str]) -> Mix | None:
    if not path.is_file():
        return None
    return Mix.from_json(read_json(path), labels, path)


def _signature_read(data: Fields) -> Signature:
    labels = data.texts("labels")
    shape = data.wholes("input_shape", least=1, most=MOST_FEATURES)
    names = data.texts("feature_names", ())
    dtype = data.text("dtype", "float64")
    if len(labels) < 2:
        data.refuse("labels", "at least two", labels)
    if not 1 <= len(shape) <= MOST_AXES or prod(shape) > MOST_FEATURES:
        data.refuse("input_shape", f"a shape of at most {MOST_FEATURES:,} features", shape)
    if names and shape != (len(names),):
        data.refuse("feature_names", f"a name for each of {shape}", names)
    if dtype not in DTYPES:
        data.refuse("dtype", "the name of a type of numbers", dtype)
    return Signature(labels, shape, names, dtype, _border_read(data))


def _border_read(data: Fields) -> Border | None:
    if not data.any("image_border", {}):
        return None
    border = data.fields("image_border")
    share, pixels = border.number("share"), border.number("pixels", 0.0)
    at_most = border.number("at_most", 0.25)
    if not (0 <= share < 0.5 and pixels >= 0 and 0 <= at_most <= 0.5):
        data.refuse("image_border", "at most half of each side", border.data)
    return Border(share, pixels, at_most)


def _decision_read(data: Fields, signature: Signature) -> Decision:
    parameters = data.fields("parameters")
    calibration = _calibration(data.fields("calibration"), signature)
    # Folders of old have one calibration for both.
    reporting = calibration
    if "reporting" in data:
        reporting = _calibration(data.fields("reporting"), signature)
    numbers = {name: parameters.number(name) for name in parameters.data}
    return Decision(data.text("rule"), numbers, calibration, reporting)


def _scaling_written(scaling: Scaling) -> dict[str, list[float]] | None:
    """As JSON, which keeps every digit of a float64."""
    if scaling is UNSCALED:
        return None
    return {"offset": scaling.offset.tolist(), "scale": scaling.scale.tolist()}


def _scaling_read(data: Fields, signature: Signature) -> Scaling:
    """UNSCALED where the network takes features as they are: bytes, or in folders of old."""
    if "scaling" not in data:
        return UNSCALED
    scaling, n = data.fields("scaling"), signature.input_shape[-1]
    return Scaling(*(np.array(scaling.numbers(key, n)) for key in ("offset", "scale")))


def _calibration(data: Fields, signature: Signature) -> Calibration:
    return calibration_read(data, len(signature.labels))


def _check_bytes(X: np.ndarray) -> None:
    """Pictures scaled to 0..1 by the caller would be taken for black ones."""
    wrong = (X < 0) | (X > 255) | (np.round(X) != X)
    if wrong.any():
        where = tuple(np.argwhere(wrong)[0])
        raise DataError(
            "the model was trained on bytes: expected whole numbers from 0 to 255, received "
            f"{X[where]} in case {where[0]} (counting from 0), position {list(map(int, where[1:]))}"
        )
