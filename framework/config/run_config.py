"""RunConfig: everything that decides the outcome of a run, in one checked, frozen object."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from framework.config.setting_types import (
    Address,
    Augmented,
    Calibration,
    Cuts,
    Decay,
    Dollars,
    Duration,
    Kinds,
    Matrices,
    Matrix,
    Names,
    NonNegativeNumber,
    Parameters,
    PictureSize,
    PositiveInt,
    PositiveNumber,
    Prevalence,
    Scale,
    Seed,
    Share,
    StrategyName,
    ZeroOrShare,
    ZeroToOne,
)
from framework.config.settings import SETTINGS
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.given_matrix import BareCosts
from framework.core.errors import ConfigError
from framework.core.shown import SHORT, short

# What robust "regret" decides by, and a promise that is kept.
REGRET_RULE, PROMISE_RULE = "minimax_regret", "promise"

# The dataset of a run whose table was given in Python.
DATA_FRAME = "data frame"


def _setting(name: str, default: Any = ...) -> Any:
    """A field with its default (``...``: must be given) and the text of its setting."""
    return Field(default, description=SETTINGS[name].help)


class RunConfig(BaseModel):
    """Settings of a run. What is None comes from the dataset's defaults, then DEFAULTS, then the data.

    Each is described in ``framework.config.settings``; ``fw run --help`` prints the texts. Built
    alike from keyword arguments, the command line's flags, and strings: ``"50"`` is 50. Raises
    ConfigError for unknown names and unacceptable values.

    Examples
    --------
    >>> RunConfig(dataset="breast_cancer", cost_matrix="medical.json", epochs=50).epochs
    50
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, protected_namespaces=()
    )

    dataset: str = _setting("dataset")
    target: str | None = _setting("target", None)
    cuts: Cuts = _setting("cuts", ())
    drop: Names = _setting("drop", ())
    groups: str | None = _setting("groups", None)
    text: Names = _setting("text", ())
    columns: Kinds = _setting("columns", {})
    stream: Literal["auto", "yes", "no"] = _setting("stream", "auto")
    picture: str | None = _setting("picture", None)
    picture_size: PictureSize = _setting("picture_size", None)
    cost: Names = _setting("cost", ())
    cost_matrix: Matrices = _setting("cost_matrix", ())
    evaluation_matrix: Matrix = _setting("evaluation_matrix", None)
    prevalence: Prevalence = _setting("prevalence", {})
    robust: Literal["expected", "regret"] | None = _setting("robust", None)
    references: bool = _setting("references", True)
    model: str | None = _setting("model", None)
    model_parameters: Parameters = _setting("model_parameters", {})
    augment: Augmented = _setting("augment", {})
    frozen: ZeroToOne | None = _setting("frozen", None)
    loss: str | None = _setting("loss", None)
    scale: Scale | None = _setting("scale", None)
    cost_weight: PositiveNumber = _setting("cost_weight", 1.0)
    warm_up: ZeroOrShare | None = _setting("warm_up", None)
    l2: NonNegativeNumber = _setting("l2", 0.0)
    members: PositiveInt | None = _setting("members", None)
    calibration: Calibration | None = _setting("calibration", None)
    decision_rule: str | None = _setting("decision_rule", None)
    threshold: Share | Literal["tuned", "natural_break"] | None = _setting("threshold", None)
    promise: Dollars = _setting("promise", None)
    strategy: StrategyName | None = _setting("strategy", None)
    time_budget: Duration | None = _setting("time_budget", None)
    compact: bool = _setting("compact", False)
    folds: PositiveInt | None = _setting("folds", None)
    optimizer: str | None = _setting("optimizer", None)
    weight_decay: NonNegativeNumber | None = _setting("weight_decay", None)
    learning_rate: PositiveNumber | None = _setting("learning_rate", None)
    learning_rate_warm_up: ZeroOrShare | None = _setting("learning_rate_warm_up", None)
    decay: Decay | None = _setting("decay", None)
    updates: PositiveInt | None = _setting("updates", None)
    epochs: PositiveInt | None = _setting("epochs", None)
    early_stopping: bool | None = _setting("early_stopping", None)
    batch_size: PositiveInt | None = _setting("batch_size", None)
    precision: Literal["float32", "bfloat16"] = _setting("precision", "float32")
    test_fraction: Share | None = _setting("test_fraction", None)
    whole_test: Literal["auto", "yes", "no", "predictions"] = _setting("whole_test", "auto")
    split_seed: Seed | None = _setting("split_seed", None)
    stratify: bool | None = _setting("stratify", None)
    slices: Names = _setting("slices", ())
    seed: Seed = _setting("seed", 0)
    seeds: PositiveInt = _setting("seeds", 1)
    data: Path | None = _setting("data", None)
    validation_data: Path | None = _setting("validation_data", None)
    test_data: Path | None = _setting("test_data", None)
    checkpoints: Path | None = _setting("checkpoints", None)
    out: Path | None = _setting("out", None)
    report: bool = _setting("report", True)
    mlflow: Address = _setting("mlflow", None)
    mlflow_experiment: str | None = _setting("mlflow_experiment", None)

    def __init__(self, **settings: Any) -> None:
        try:
            super().__init__(**settings)
        except ValidationError as error:
            raise ConfigError(_sentence(error)) from None

    @model_validator(mode="after")
    def _threshold_fits_rule(self) -> RunConfig:
        if self.threshold is not None and self.decision_rule not in (None, "threshold"):
            raise ValueError(
                f'threshold goes with the rule "threshold", not "{self.decision_rule}"'
            )
        return self

    @model_validator(mode="after")
    def _promise_decides(self) -> RunConfig:
        if self.promise is not None and self.robust == "regret":
            raise ValueError(
                'promise and robust "regret" both say how cases are decided; give one of them'
            )
        if self.decision_rule == PROMISE_RULE:
            raise ValueError(f'the rule "{PROMISE_RULE}" is found for a promise; give that instead')
        return self

    @model_validator(mode="after")
    def _one_way_to_decide(self) -> RunConfig:
        given = self.decision_rule or ("threshold" if self.threshold is not None else None)
        if self.robust == "regret" and given not in (None, REGRET_RULE):
            raise ValueError(f'robust "regret" decides by the rule "{REGRET_RULE}", not "{given}"')
        return self

    @model_validator(mode="after")
    def _one_source_of_costs(self) -> RunConfig:
        if self.cost and self.cost_matrix:
            raise ValueError("cost and cost_matrix both say what mistakes cost; give one of them")
        return self

    @model_validator(mode="after")
    def _one_length(self) -> RunConfig:
        if self.epochs is not None and self.updates is not None:
            raise ValueError(
                f"epochs {self.epochs} and updates {self.updates} both say how long to train; "
                "give one of them"
            )
        return self

    @property
    def is_table(self) -> bool:
        """Whether the dataset is a file (``loans.csv``) or a folder of some, and no plugin's by its name."""
        looks_so = "." in self.dataset or Path(self.dataset).name != self.dataset
        return looks_so or (self.target is not None and Path(self.dataset).is_dir())

    @property
    def beside(self) -> tuple[str, ...]:
        """The columns of a table that are of another use than as features: the target, the groups."""
        return tuple(name for name in (self.target, self.groups) if name is not None)

    @property
    def width_and_height(self) -> tuple[int, int] | None:
        """Of pictures, in pixels, where it is told."""
        if self.picture_size is None:
            return None
        width, height = map(int, self.picture_size.split("x"))
        return width, height

    @property
    def short_name(self) -> str:
        """The dataset's name in folders and jobs: of ``data/My loans.csv``, "my_loans"."""
        if re.fullmatch("[a-z][a-z0-9_]*", self.dataset):
            return self.dataset
        words = re.findall("[a-z0-9]+", Path(self.dataset).name.partition(".")[0].lower())
        return "_".join(words if words and words[0][0].isalpha() else ["table", *words])

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON file; matrices by name."""
        plain: dict[str, Any] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if name == "cost_matrix":
                value = [_name(matrix) for matrix in value]
            plain[name] = str(value) if isinstance(value, Path) else _name(value)
        return plain


def _name(value: Any) -> Any:
    return value.name if isinstance(value, (CostMatrix, BareCosts)) else value


def _sentence(error: ValidationError) -> str:
    """pydantic's list of errors as one sentence a person can act on."""
    parts = []
    for item in error.errors():
        path = str(item["loc"][0]) if item["loc"] else ""
        if item["type"] == "extra_forbidden":
            parts.append(
                f'unknown setting "{path[:SHORT]}"; known: {", ".join(RunConfig.model_fields)}'
            )
        elif item["type"] == "missing":
            parts.append(f"{path}: is required")
        elif item["type"] == "value_error" and not path:
            parts.append(str(item["ctx"]["error"]))
        elif item["type"] == "value_error" and "received" in str(item["ctx"]["error"]):
            parts.append(f"{path}: {item['ctx']['error']}")
        else:
            message = item["msg"][0].lower() + item["msg"][1:]
            parts.append(f"{path}: {message}, received {short(item['input'])}")
    return "; ".join(parts)
