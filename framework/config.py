"""RunConfig: everything that decides the outcome of a run, in one checked, frozen object."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)

from framework.core.cost_matrix import CostMatrix
from framework.core.errors import ConfigError

# What holds when neither the user nor the dataset says otherwise.
DEFAULTS: dict[str, Any] = {
    "loss": "cross_entropy_plus_cost",
    "decision_rule": "minimum_expected_cost",
    "scale": "normalized",
    "optimizer": "adam",
    "decay": "cosine",
    "batch_size": 32,
    "test_fraction": 0.25,
    "split_seed": 0,
    "stratify": True,
}
# What --strategy auto searches, unless it is given.
AUTO_SEARCHES = (
    "loss",
    "scale",
    "cost_weight",
    "warm_up",
    "l2",
    "calibration",
    "decision_rule",
    "threshold",
)
# And of what suits a table, or pictures, when the data are known. Of a table, updates are counted:
# 30 passes over the 133 cases of wine would be 150 steps.
TABLE: dict[str, Any] = {"learning_rate": 0.005, "updates": 2000}
PICTURES: dict[str, Any] = {"learning_rate": 0.002, "epochs": 30}
FEWEST_EPOCHS = 10  # however many cases there are


Scale = Literal["normalized", "raw"]
Calibration = Literal["none", "temperature", "bias"]
Share = Annotated[float, Field(gt=0, lt=1)]
Decay = Literal["none", "cosine"]
Seed = Annotated[int, Field(ge=0, lt=2**31)]
NonNegativeNumber = Annotated[float, Field(ge=0, allow_inf_nan=False)]
PositiveNumber = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class RunConfig(BaseModel):
    """Settings of a run. What is None comes from the dataset's defaults, then DEFAULTS, then the data.

    Built alike from keyword arguments, the command line's flags, and strings: ``"50"`` is 50.
    Raises ConfigError for unknown names and unacceptable values.

    Examples
    --------
    >>> RunConfig(dataset="breast_cancer", cost_matrix="medical.json", epochs=50).epochs
    50
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, protected_namespaces=()
    )

    dataset: str = Field(description="name of a dataset")
    cost_matrix: tuple[CostMatrix | str, ...] = Field(
        (), description="matrices to train with: a file, or the name of one the plugin ships"
    )
    evaluation_matrix: CostMatrix | str | None = Field(
        None, description="the matrix that judges all models (default: the first cost matrix)"
    )
    references: bool = Field(
        True, description="also train the dataset's reference matrices, for comparison"
    )
    model: str | None = Field(None, description="name of a model")
    model_parameters: dict[str, int | float | bool | str] = Field(default_factory=dict)
    loss: str | None = Field(None, description="name of the loss of the cost-trained models")
    scale: Scale | None = Field(
        None, description="normalized: the currency does not matter; raw: costs as they stand"
    )
    cost_weight: PositiveNumber = Field(1.0, description="factor of the training costs (lambda)")
    warm_up: Annotated[float, Field(ge=0, lt=1)] | None = Field(
        None, description="share of the epochs on cross-entropy first (default: the loss's own)"
    )
    l2: NonNegativeNumber = Field(0.0, description="weight of the squared kernels")
    members: PositiveInt | None = Field(
        None, description="networks per recipe whose probabilities are averaged"
    )
    calibration: Calibration | None = Field(
        None,
        description="of probabilities, fitted on cases not trained on (default: bias for the rule "
        "minimum_expected_cost, which takes them at their word; none for others)",
    )
    decision_rule: str | None = Field(None, description="name of a decision rule")
    threshold: Share | Literal["tuned", "natural_break"] | None = Field(
        None, description="of the decision rule of that name; or how to find it"
    )
    strategy: Literal["fixed", "auto"] = Field(
        "fixed", description="auto: loss, l2, calibration and decision by validation dollars"
    )
    folds: PositiveInt | None = Field(
        None, description="of the validation; 1: one held-out part (default: by size)"
    )
    optimizer: str | None = Field(None, description="name of a Keras optimizer")
    learning_rate: PositiveNumber | None = None
    decay: Decay | None = Field(
        None, description="of the learning rate over the training, to nothing; none: it stays"
    )
    updates: PositiveInt | None = Field(
        None,
        description=f"training steps, of a batch each; each case is seen {FEWEST_EPOCHS} times "
        "at least",
    )
    epochs: PositiveInt | None = Field(None, description="instead: passes over the cases")
    early_stopping: bool | None = Field(
        None,
        description="end a training when its own loss has stopped falling (default: where updates "
        "are counted, not where epochs are)",
    )
    batch_size: PositiveInt | None = None
    test_fraction: Share | None = None
    split_seed: Seed | None = None
    stratify: bool | None = None
    seed: Seed = Field(0, description="of initial weights and batches")
    seeds: PositiveInt = Field(1, description="how many seeds to repeat with, counting up")
    report: bool = Field(True, description="write report.html and plots into the run folder")
    data: Path | None = Field(None, description="folder a dataset reads its files from")
    validation_data: Path | None = Field(
        None, description="folder of cases to validate strategies on, and not to train on"
    )
    test_data: Path | None = Field(None, description="folder of a separate test part")
    checkpoints: Path | None = Field(
        None, description="folder to save training in, and to take it up again from"
    )
    out: Path | None = Field(None, description="run folder; must not hold anything yet")

    def __init__(self, **settings: Any) -> None:
        try:
            super().__init__(**settings)
        except ValidationError as error:
            raise ConfigError(_sentence(error)) from None

    @field_validator("cost_matrix", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        many = value if isinstance(value, (list, tuple)) else (value,)
        return tuple(str(item) if isinstance(item, Path) else item for item in many)

    @model_validator(mode="after")
    def _threshold_fits_rule(self) -> RunConfig:
        if self.threshold is not None and self.decision_rule not in (None, "threshold"):
            raise ValueError(
                f'threshold goes with the rule "threshold", not "{self.decision_rule}"'
            )
        return self

    @model_validator(mode="after")
    def _one_length(self) -> RunConfig:
        if self.epochs is not None and self.updates is not None:
            raise ValueError(
                f"epochs {self.epochs} and updates {self.updates} both say how long to train; "
                "give one of them"
            )
        return self

    def resolved(
        self,
        dataset_defaults: Mapping[str, Any],
        default_model: str,
        *,
        needs_costs: bool = False,
    ) -> ResolvedConfig:
        """This configuration with nothing left open but what waits for the data; see ``settled``.

        ``needs_costs``: the costs depend on the case, or price a referral; then only a rule that
        looks at them is a default, whatever the dataset's is.
        """
        wanted = {**DEFAULTS, "model": default_model, **dataset_defaults}
        if self.epochs is not None or self.updates is not None:  # not the dataset's length as well
            wanted = {k: v for k, v in wanted.items() if k not in ("epochs", "updates")}
        if self.decision_rule is not None or self.threshold is not None:
            wanted.pop("threshold", None)  # the user's rule replaces the dataset's, as a whole
            wanted["decision_rule"] = self.decision_rule or "threshold"
        elif needs_costs:
            wanted.pop("threshold", None)
            wanted["decision_rule"] = DEFAULTS["decision_rule"]
        elif wanted.get("threshold") is not None:
            wanted["decision_rule"] = "threshold"
        given = {name: getattr(self, name) for name in self.model_fields_set}
        given = {name: value for name, value in given.items() if value is not None}
        resolved = {**wanted, **given}
        # Only this rule takes probabilities at their word; calibrated ones, asked for the likeliest
        # class, would undo what training with costs has done.
        takes_them = resolved["decision_rule"] == "minimum_expected_cost"
        resolved.setdefault("calibration", "bias" if takes_them else "none")
        if self.strategy == "auto":
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
    model: str
    loss: str
    calibration: Calibration
    scale: Scale
    decision_rule: str
    optimizer: str
    decay: Decay
    batch_size: PositiveInt
    test_fraction: Share
    split_seed: Seed
    stratify: bool

    def settled(self, n_cases: int, pictures: bool) -> ResolvedConfig:
        """With what waits for the data: the learning rate, and ``updates`` as ``epochs``.

        ``n_cases`` is the size of the training part. Each case is seen FEWEST_EPOCHS times at
        least, whatever ``updates`` says; but these are the most there are: a training ends when its
        loss has stopped falling, unless ``early_stopping`` says otherwise.
        """
        suits = PICTURES if pictures else TABLE
        epochs, early_stopping = self.epochs, self.early_stopping
        if early_stopping is None:
            early_stopping = epochs is None and (self.updates is not None or "updates" in suits)
        if epochs is None and (self.updates or "updates" in suits):
            batches = ceil(n_cases / self.batch_size)
            epochs = max(FEWEST_EPOCHS, ceil((self.updates or suits["updates"]) / batches))
        return self.model_copy(
            update={
                "learning_rate": self.learning_rate or suits["learning_rate"],
                "epochs": epochs or suits["epochs"],
                "updates": None,
                "early_stopping": early_stopping,
            }
        )


def _name(value: Any) -> Any:
    return value.name if isinstance(value, CostMatrix) else value


def _sentence(error: ValidationError) -> str:
    """pydantic's list of errors as one sentence a person can act on."""
    parts = []
    for item in error.errors():
        path = str(item["loc"][0]) if item["loc"] else ""
        if item["type"] == "extra_forbidden":
            parts.append(f'unknown setting "{path}"; known: {", ".join(RunConfig.model_fields)}')
        elif item["type"] == "missing":
            parts.append(f"{path}: is required")
        elif item["type"] == "value_error" and not path:
            parts.append(str(item["ctx"]["error"]))
        else:
            message = item["msg"][0].lower() + item["msg"][1:]
            parts.append(f"{path}: {message}, received {item['input']!r}")
    return "; ".join(parts)
