"""What a launcher and the training container agree on; imports no AWS library.

A job is told by hyperparameters (strings) and channels (folders). A hyperparameter is a setting of
RunConfig by its name, as a string; what is not a single word or number is JSON:

    dataset             breast_cancer
    cost_matrix         medical.json                 a file in any channel, else the plugin's own
                        {"name": "mine", ...}        the matrix itself
                        ["medical.json", {...}]      several
    model_parameters    {"units": 64}                or one each, which a tuner can vary:
    model_parameters.units    64
    augment.rotation    0.1                      likewise

The SageMaker SDK's tuner writes values as Python does (``{'units': 64}``, ``None``); these are read too.

Folders are channels: ``train`` is the setting ``data``, ``validation`` is ``validation_data``,
``test`` is ``test_data``. ``plugins`` holds wheels and source folders to install. Any other channel
may hold matrix files.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framework.config.run_config import RunConfig
from framework.config.settings import SETTINGS
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.given_matrix import GivenMatrix
from framework.core.errors import ConfigError, CostMatrixError
from framework.core.json_text import NotJsonError, parse_json

# Channels beside those of settings: plugins to install, and where a launcher by custom puts
# matrix files.
PLUGINS = "plugins"
MATRICES = "matrices"

# The variable that tells a job, and so its run folder, which image it runs in.
IMAGE = "FW_IMAGE"
# Settings that are mappings of names to values, which may come one by one.
MAPPINGS = ("model_parameters", "augment", "prevalence")
# Settings of free text: a column or an experiment may be called "None", or "['a']".
FREE_TEXT = ("dataset", "target", "groups", "mlflow", "mlflow_experiment")
# The longest value that SageMaker takes.
LONGEST_VALUE = 2500
# Keys that SageMaker, its SDK and its tuner add to a job's own.
FOREIGN = ("sagemaker_", "_tuning_")
TUNED = "_tuning_objective_metric"


@dataclass(frozen=True)
class Paths:
    """Where SageMaker puts and expects files; ``root`` is /opt/ml but in tests (FW_ML_ROOT)."""

    root: Path

    @classmethod
    def here(cls) -> Paths:
        return cls(Path(os.environ.get("FW_ML_ROOT", "/opt/ml")))

    @property
    def hyperparameters(self) -> Path:
        return self.root / "input/config/hyperparameters.json"

    @property
    def resources(self) -> Path:
        """current_host and hosts."""
        return self.root / "input/config/resourceconfig.json"

    @property
    def inputs(self) -> Path:
        """How each channel is read."""
        return self.root / "input/config/inputdataconfig.json"

    @property
    def model(self) -> Path:
        """Becomes model.tar.gz; where it is unpacked for serving."""
        return self.root / "model"

    @property
    def models(self) -> Path:
        """Below it are the models of an endpoint of many; each is unpacked when it is asked for."""
        return self.root / "models"

    @property
    def run(self) -> Path:
        """The run folder; becomes output.tar.gz."""
        return self.root / "output/data"

    @property
    def failure(self) -> Path:
        """Why a job failed; SageMaker shows the first 1,024 characters."""
        return self.root / "output/failure"

    @property
    def checkpoints(self) -> Path:
        """Kept in S3 while the job runs, and put back when it is started again."""
        return self.root / "checkpoints"

    def own_checkpoints(self, hyperparameters: Mapping[str, str]) -> Path:
        """Where this job saves: jobs of one tuning share a place in S3, and have a folder each."""
        name = os.environ.get("TRAINING_JOB_NAME", "")
        return self.checkpoints / name if name and is_tuned(hyperparameters) else self.checkpoints

    def channels(self) -> dict[str, Path]:
        """Name -> folder of the channels that the job has.

        Raises
        ------
        ConfigError
            When one comes as a stream (Pipe mode), of which there is no folder.
        """
        described = {}
        if self.inputs.is_file():
            described = json.loads(self.inputs.read_text(encoding="utf-8"))
        for name, channel in described.items():
            if channel.get("TrainingInputMode") == "Pipe":
                raise ConfigError(
                    f'the channel "{name}" comes in Pipe mode, as a stream that is read once; '
                    "expected files: set its input mode to File or FastFile"
                )
        data = self.root / "input/data"
        return {path.name: path for path in sorted(data.glob("*")) if path.is_dir()}


def is_tuned(hyperparameters: Mapping[str, str]) -> bool:
    """Whether the job is one of a tuning job's, which wants an objective of it."""
    return TUNED in hyperparameters


def to_hyperparameters(config: RunConfig) -> dict[str, str]:
    """The settings of ``config`` as a job's hyperparameters.

    Folders are left out: they are channels (``Setting.channel``). A matrix named by a path keeps its file
    name: put the file into a channel. A ``CostMatrix`` goes inline.

    Raises
    ------
    ConfigError
        When a value is longer than SageMaker takes (a matrix of some twenty classes is).
    """
    values: dict[str, str] = {}
    for name, setting in SETTINGS.items():
        value = getattr(config, name)
        if setting.is_folder or name not in config.model_fields_set or value is None:
            continue
        if name == "cost_matrix":
            many = [_plain_matrix(matrix) for matrix in value]
            value = many[0] if len(many) == 1 else many
        elif name == "evaluation_matrix":
            value = _plain_matrix(value)
        text = value if isinstance(value, str) else json.dumps(value)
        if len(text) > LONGEST_VALUE:
            raise ConfigError(
                f"{name}: {len(text)} characters; SageMaker takes {LONGEST_VALUE} in a "
                "hyperparameter. Put it into a file in a channel and give the file's name"
            )
        values[name] = text
    return values


def from_hyperparameters(values: Mapping[str, str], channels: Mapping[str, Path]) -> RunConfig:
    """The RunConfig that a job's hyperparameters and channels mean.

    Raises
    ------
    ConfigError
        For unknown names and unacceptable values, with the command line's words.
    CostMatrixError
        When an inline matrix is malformed.
    """
    settings: dict[str, Any] = {}
    of_mappings: dict[str, dict[str, Any]] = {name: {} for name in MAPPINGS}
    for name, text in values.items():
        if name.startswith(FOREIGN):
            continue
        value = _value(name, text)
        if name in SETTINGS and SETTINGS[name].is_folder:
            channel = SETTINGS[name].channel
            instead = f'give the folder as the channel "{channel}"' if channel else "leave it out"
            raise ConfigError(f"{name}: is no hyperparameter but a folder; {instead}")
        mapping, dot, key = name.partition(".")
        if dot and mapping in MAPPINGS:
            of_mappings[mapping][key] = _number_or_text(value)
        elif name == "cost_matrix":
            many = value if isinstance(value, (list, tuple)) else [value]
            settings[name] = tuple(_matrix(name, one, channels) for one in many)
        elif name == "evaluation_matrix":
            settings[name] = _matrix(name, value, channels)
        elif value is not None:
            settings[name] = value
    for name, one_by_one in of_mappings.items():
        given = settings.get(name, {})
        if one_by_one and isinstance(given, dict):
            settings[name] = {**given, **one_by_one}
    for name, setting in SETTINGS.items():
        if setting.channel in channels:
            settings[name] = channels[setting.channel]
    return RunConfig(**settings)


def _value(name: str, text: str) -> Any:
    """JSON containers and JSON strings as what they are; anything else stays text.

    The SDK's tuner writes what is no text as Python does: such a literal is read, where the
    setting is no text itself.
    """
    try:
        value = parse_json(text)
    except NotJsonError as error:
        if text.lstrip().startswith(("{", "[")) and not error.malformed:
            raise ConfigError(f"{name}: {error}") from None
        if name in FREE_TEXT:
            return text
        value = _literal(text)
    return value if value is None or isinstance(value, (str, list, tuple, dict)) else text


def _literal(text: str) -> Any:
    """What ``text`` is in Python; itself where it is no literal."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def _number_or_text(value: Any) -> Any:
    """As the command line reads NAME=VALUE; yes and no also as Python writes them."""
    try:
        return parse_json(value) if isinstance(value, str) else value
    except NotJsonError:
        return {"True": True, "False": False}.get(value, value)


def _plain_matrix(matrix: GivenMatrix) -> Any:
    if isinstance(matrix, str):
        return Path(matrix).name
    return matrix.to_dict() if isinstance(matrix, CostMatrix) else matrix.cells


def _matrix(setting: str, given: Any, channels: Mapping[str, Path]) -> Any:
    """An inline matrix, the path of a file in a channel, or a name for the plugin to know."""
    if isinstance(given, dict):
        try:
            return CostMatrix.from_dict(given)
        except CostMatrixError as error:
            raise CostMatrixError(f"{setting}: {error}") from None
    if not isinstance(given, str) or Path(given).name != given:
        return given
    found = [path / given for path in channels.values() if (path / given).is_file()]
    if len(found) > 1:
        raise ConfigError(
            f"{setting}: {len(found)} channels have a file {given}: "
            f"{', '.join(map(str, found))}; rename one"
        )
    return str(found[0]) if found else given
