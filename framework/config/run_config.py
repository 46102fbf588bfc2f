"""RunConfig: everything that decides the outcome of a run, in one checked, frozen object."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from math import ceil, isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from framework.config.plain_number import plain_number
from framework.config.settings import (
    AUTO_SEARCHES,
    DEFAULTS,
    FEWEST_EPOCHS,
    PICTURES,
    SETTINGS,
    TABLE,
    TRAINED,
)
from framework.core.augmentation import Augmentation
from framework.core.cost_matrix import CostMatrix
from framework.core.errors import ConfigError
from framework.core.given_matrix import BareCosts, GivenMatrix, given_matrices, given_matrix
from framework.core.plain_numbers import number_in
from framework.core.prevalence import problem
from framework.core.promise import Promise
from framework.core.shown import SHORT, short

Scale = Literal["normalized", "raw"]
Calibration = Literal["none", "temperature", "bias"]
Number = Annotated[float, BeforeValidator(plain_number), Field(allow_inf_nan=False)]
Share = Annotated[Number, Field(gt=0, lt=1)]
ZeroOrShare = Annotated[Number, Field(ge=0, lt=1)]
ZeroToOne = Annotated[Number, Field(ge=0, le=1)]
Decay = Literal["none", "cosine"]
Seed = Annotated[int, BeforeValidator(plain_number), Field(ge=0, lt=2**31)]
# Epochs, updates, cases of a batch: whatever it counts, nobody counts further.
PositiveInt = Annotated[int, BeforeValidator(plain_number), Field(gt=0, le=10**9)]
NonNegativeNumber = Annotated[Number, Field(ge=0, le=1e30)]
PositiveNumber = Annotated[Number, Field(gt=0, le=1e30)]

# What robust "regret" decides by, and a promise that is kept.
REGRET_RULE, PROMISE_RULE = "minimax_regret", "promise"
_SIZE = re.compile(r"(\d{1,6})(?:\s*x\s*(\d{1,6}))?")
LARGEST_SIDE = 4096  # pixels
SECONDS = {"s": 1, "m": 60, "h": 3600}

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
    cuts: tuple[Number, ...] = _setting("cuts", ())
    drop: tuple[str, ...] = _setting("drop", ())
    groups: str | None = _setting("groups", None)
    text: tuple[str, ...] = _setting("text", ())
    columns: dict[str, str | dict[str, Any]] = _setting("columns", {})
    stream: Literal["auto", "yes", "no"] = _setting("stream", "auto")
    picture: str | None = _setting("picture", None)
    picture_size: str | None = _setting("picture_size", None)
    cost: tuple[str, ...] = _setting("cost", ())
    cost_matrix: tuple[GivenMatrix, ...] = _setting("cost_matrix", ())
    evaluation_matrix: GivenMatrix | None = _setting("evaluation_matrix", None)
    prevalence: dict[str, Any] = _setting("prevalence", {})
    robust: Literal["expected", "regret"] | None = _setting("robust", None)
    references: bool = _setting("references", True)
    model: str | None = _setting("model", None)
    model_parameters: dict[str, int | float | bool | str] = _setting("model_parameters", {})
    augment: dict[str, Number] = _setting("augment", {})
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
    promise: str | None = _setting("promise", None)
    strategy: Literal["fixed", "auto"] | None = _setting("strategy", None)
    time_budget: PositiveNumber | None = _setting("time_budget", None)
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
    test_fraction: Share | None = _setting("test_fraction", None)
    whole_test: Literal["auto", "yes", "no"] = _setting("whole_test", "auto")
    split_seed: Seed | None = _setting("split_seed", None)
    stratify: bool | None = _setting("stratify", None)
    slices: tuple[str, ...] = _setting("slices", ())
    seed: Seed = _setting("seed", 0)
    seeds: PositiveInt = _setting("seeds", 1)
    data: Path | None = _setting("data", None)
    validation_data: Path | None = _setting("validation_data", None)
    test_data: Path | None = _setting("test_data", None)
    checkpoints: Path | None = _setting("checkpoints", None)
    out: Path | None = _setting("out", None)
    report: bool = _setting("report", True)
    mlflow: str | None = _setting("mlflow", None)
    mlflow_experiment: str | None = _setting("mlflow_experiment", None)

    def __init__(self, **settings: Any) -> None:
        try:
            super().__init__(**settings)
        except ValidationError as error:
            raise ConfigError(_sentence(error)) from None

    @field_validator("time_budget", mode="before")
    @classmethod
    def _in_seconds(cls, value: Any) -> Any:
        found = re.fullmatch(r"\s*([\d.]+)\s*([smh])\s*", value) if isinstance(value, str) else None
        seconds = None if found is None else number_in(found[1])
        return value if found is None or seconds is None else seconds * SECONDS[found[2]]

    @field_validator("drop", "text", "cost", "slices", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("picture_size", mode="before")
    @classmethod
    def _width_and_height(cls, value: Any) -> Any:
        if value is None:
            return None
        found = _SIZE.fullmatch(str(value).strip().lower())
        if found is None:
            raise ValueError(f"expected pixels as 32 or 48x32, received {short(value)}")
        width, height = int(found[1]), int(found[2] or found[1])
        if not all(1 <= side <= LARGEST_SIDE for side in (width, height)):
            raise ValueError(f"expected 1 to {LARGEST_SIDE} pixels a side, received {short(value)}")
        return f"{width}x{height}"

    @field_validator("cuts", mode="before")
    @classmethod
    def _numbers(cls, value: Any) -> Any:
        return value.split(",") if isinstance(value, str) else value

    @field_validator("cuts")
    @classmethod
    def _rising(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if any(low >= high for low, high in pairwise(value)):
            raise ValueError("expected rising numbers")
        return value

    @field_validator("augment")
    @classmethod
    def _options_of_augmentation(cls, value: dict[str, float]) -> dict[str, float]:
        Augmentation.of(value)
        return value

    @field_validator("model_parameters", "columns")
    @classmethod
    def _finite(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name, one in value.items():
            inner = one.values() if isinstance(one, dict) else [one]
            if any(isinstance(number, float) and not isfinite(number) for number in inner):
                raise ValueError(f'"{name}": expected finite numbers, received {short(one)}')
        return value

    @field_validator("prevalence")
    @classmethod
    def _shares(cls, value: dict[str, Any]) -> dict[str, float]:
        shares = {label: _number(of) for label, of in value.items()}
        told = problem(shares, (*shares, "any other"))  # the labels are not known yet
        if told is not None:
            raise ValueError(told)
        return shares

    @field_validator("cost_matrix", mode="before")
    @classmethod
    def _matrices(cls, value: Any) -> Any:
        return given_matrices(value)

    @field_validator("evaluation_matrix", mode="before")
    @classmethod
    def _matrix(cls, value: Any) -> Any:
        return None if value is None else given_matrix(value)

    @field_validator("mlflow")
    @classmethod
    def _address_of_mlflow(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"[a-z][a-z0-9+.-]*:", value):
            raise ValueError(
                f"expected an address as http://localhost:5000, sqlite:///mlflow.db or an ARN, received "
                f"{short(value)}"
            )
        if value is not None and re.match(r"[^/]*://[^/@]*:[^/@]*@", value):
            raise ValueError(  # a run's settings are written to its folder
                "a password does not belong into settings, and one was received; give it by "
                "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
            )
        return value

    @model_validator(mode="after")
    def _threshold_fits_rule(self) -> RunConfig:
        if self.threshold is not None and self.decision_rule not in (None, "threshold"):
            raise ValueError(
                f'threshold goes with the rule "threshold", not "{self.decision_rule}"'
            )
        return self

    @field_validator("promise", mode="before")
    @classmethod
    def _promise(cls, value: Any) -> Any:
        return None if value is None else str(Promise.of(value))

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

    def resolved(
        self,
        dataset_defaults: Mapping[str, Any],
        default_model: str | None,
        *,
        needs_costs: bool = False,
    ) -> ResolvedConfig:
        """This configuration with nothing left open but what waits for the data; see ``settled``.

        ``default_model`` None: what suits the data. ``needs_costs``: the costs depend on the case, or
        price a referral; then only a rule that looks at them is a default, whatever the dataset's is.
        """
        waits = ("model", *TRAINED)
        wanted = {name: value for name, value in DEFAULTS.items() if name not in waits}
        wanted |= {"model": default_model, **dataset_defaults}
        wanted["augment"] = {**wanted.get("augment", {}), **self.augment}
        if self.epochs is not None or self.updates is not None:  # not the dataset's length as well
            wanted = {k: v for k, v in wanted.items() if k not in ("epochs", "updates")}
        if self.robust == "regret":
            wanted.pop("threshold", None)
        elif self.decision_rule is not None or self.threshold is not None:
            wanted.pop("threshold", None)  # the user's rule replaces the dataset's, as a whole
            wanted["decision_rule"] = self.decision_rule or "threshold"
        elif needs_costs:
            wanted.pop("threshold", None)
            wanted["decision_rule"] = DEFAULTS["decision_rule"]
        elif wanted.get("threshold") is not None:
            wanted["decision_rule"] = "threshold"
        given = {name: getattr(self, name) for name in self.model_fields_set}
        given = {name: value for name, value in given.items() if value is not None}
        if self.robust == "regret":
            given["decision_rule"] = REGRET_RULE  # which auto does not choose itself
        resolved = {**wanted, **given, "augment": wanted["augment"]}
        # Only this rule takes probabilities at their word; calibrated ones, asked for the likeliest
        # class, would undo what training with costs has done.
        takes_them = resolved["decision_rule"] in ("minimum_expected_cost", REGRET_RULE)
        resolved.setdefault("calibration", "bias" if takes_them else "none")
        if resolved["strategy"] == "auto":
            resolved["searched"] = tuple(name for name in AUTO_SEARCHES if name not in given)
        return ResolvedConfig(**resolved)

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON file; matrices by name."""
        plain: dict[str, Any] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if name == "cost_matrix":
                value = [_name(matrix) for matrix in value]
            plain[name] = str(value) if isinstance(value, Path) else _name(value)
        return plain


class ResolvedConfig(RunConfig):
    """A RunConfig with nothing left open but what waits for the data; see ``settled``.

    ``searched`` names the settings that the auto strategy is free in; what they are here, the
    dataset's reference models go by.
    """

    searched: tuple[str, ...] = ()
    loss: str
    calibration: Calibration
    scale: Scale
    decision_rule: str
    strategy: Literal["fixed", "auto"]
    test_fraction: Share
    split_seed: Seed
    stratify: bool
    time_budget: PositiveNumber = DEFAULTS["time_budget"]  # which folders of old do not name

    def settled(
        self,
        n_cases: int,
        pictures: bool,
        of_models: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    ) -> SettledConfig:
        """With what waits for the data: the model, how it is trained, and ``updates`` as ``epochs``.

        ``n_cases`` is the size of the training part; ``of_models`` the defaults that models bring, by
        name. Each case is seen FEWEST_EPOCHS times at least, whatever ``updates`` says; but these are
        the most there are: a training ends when its loss has stopped falling, unless
        ``early_stopping`` says otherwise.

        Raises
        ------
        ConfigError
            For defaults of a model that are no settings of its training, and for augmentation of
            cases that are no pictures.
        """
        suits = PICTURES if pictures else TABLE
        model = self.model or suits["model"]
        of_model = of_models.get(model, {})
        _check_defaults(model, of_model)
        given = {name: getattr(self, name) for name in TRAINED}
        given = {name: value for name, value in given.items() if value is not None}
        layers = [suits, of_model, given]
        lengths = [{"epochs", "updates"} & set(layer) for layer in layers]
        for number, layer in enumerate(layers):  # not one layer's length and another's as well
            if any(lengths[number + 1 :]):
                layers[number] = {k: v for k, v in layer.items() if k not in lengths[number]}
        values: dict[str, Any] = {name: DEFAULTS.get(name) for name in TRAINED}
        for layer in layers:
            values |= {name: value for name, value in layer.items() if name in TRAINED}
        values["augment"] = {**of_model.get("augment", {}), **self.augment}
        if not pictures:
            if Augmentation.of(self.augment).changes_anything:
                raise ConfigError(
                    "augment: is for pictures, and these cases are none; leave it out"
                )
            values["augment"] = {}
        epochs, updates = values["epochs"], values["updates"]
        if values["early_stopping"] is None:
            values["early_stopping"] = epochs is None
        if epochs is None:
            batches = ceil(n_cases / values["batch_size"])
            values["epochs"] = max(FEWEST_EPOCHS, ceil(updates / batches))
        own = {name: getattr(self, name) for name in type(self).model_fields}
        return SettledConfig(**{**own, **values, "model": model, "updates": None})


class SettledConfig(ResolvedConfig):
    """A ResolvedConfig with nothing left open: what a Trainer takes."""

    model: str
    frozen: ZeroToOne
    optimizer: str
    learning_rate: PositiveNumber
    learning_rate_warm_up: ZeroOrShare
    decay: Decay
    epochs: PositiveInt
    early_stopping: bool
    batch_size: PositiveInt


def _check_defaults(model: str, defaults: Mapping[str, Any]) -> None:
    """What a model brings is checked as if a user had given it."""
    foreign = [name for name in defaults if name not in TRAINED]
    if foreign:
        raise ConfigError(
            f'the model "{model}" brings a default of "{foreign[0]}"; expected settings of its '
            f"training alone: {', '.join(TRAINED)}"
        )
    try:
        RunConfig(dataset="any", **defaults)
    except ConfigError as error:
        raise ConfigError(f'the defaults of the model "{model}": {error}') from None


def _number(value: Any) -> Any:
    """A number that came as text, from a hyperparameter; else what it is."""
    number = number_in(value) if isinstance(value, str) else None
    return value if number is None else number


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
