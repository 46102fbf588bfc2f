"""What a run is told with nothing left open: by its dataset and the defaults, then by data and model."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from types import MappingProxyType
from typing import Any

from framework.config.defaults import DEFAULTS, FEWEST_EPOCHS, PICTURES, TABLE, TRAINED
from framework.config.run_config import REGRET_RULE, RunConfig
from framework.config.setting_types import (
    Calibration,
    Decay,
    Duration,
    PositiveInt,
    PositiveNumber,
    Scale,
    Seed,
    Share,
    StrategyName,
    ZeroOrShare,
    ZeroToOne,
)
from framework.config.settings import AUTO_SEARCHES
from framework.core.cases.augmentation import Augmentation
from framework.core.errors import ConfigError


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
    strategy: StrategyName
    test_fraction: Share
    split_seed: Seed
    stratify: bool
    time_budget: Duration = DEFAULTS["time_budget"]  # which folders of old do not name

    @classmethod
    def of(
        cls,
        config: RunConfig,
        dataset_defaults: Mapping[str, Any],
        default_model: str | None,
        *,
        needs_costs: bool = False,
    ) -> ResolvedConfig:
        """``config`` with nothing left open but what waits for the data; see ``settled``.

        ``default_model`` None: what suits the data. ``needs_costs``: the costs depend on the case, or
        price a referral; then only a rule that looks at them is a default, whatever the dataset's is.
        """
        waits = ("model", *TRAINED)
        wanted = {name: value for name, value in DEFAULTS.items() if name not in waits}
        wanted |= {"model": default_model, **dataset_defaults}
        wanted["augment"] = {**wanted.get("augment", {}), **config.augment}
        if (config.epochs, config.updates) != (None, None):  # not the dataset's length as well
            wanted = {k: v for k, v in wanted.items() if k not in ("epochs", "updates")}
        if config.robust == "regret":
            wanted.pop("threshold", None)
        elif config.decision_rule is not None or config.threshold is not None:
            wanted.pop("threshold", None)  # the user's rule replaces the dataset's, as a whole
            wanted["decision_rule"] = config.decision_rule or "threshold"
        elif needs_costs:
            wanted.pop("threshold", None)
            wanted["decision_rule"] = DEFAULTS["decision_rule"]
        elif wanted.get("threshold") is not None:
            wanted["decision_rule"] = "threshold"
        given = {name: getattr(config, name) for name in config.model_fields_set}
        given = {name: value for name, value in given.items() if value is not None}
        if config.robust == "regret":
            given["decision_rule"] = REGRET_RULE  # which auto does not choose itself
        resolved = {**wanted, **given, "augment": wanted["augment"]}
        # Only this rule takes probabilities at their word; calibrated ones, asked for the likeliest
        # class, would undo what training with costs has done.
        takes_them = resolved["decision_rule"] in ("minimum_expected_cost", REGRET_RULE)
        resolved.setdefault("calibration", "bias" if takes_them else "none")
        if resolved["strategy"] == "auto":
            resolved["searched"] = tuple(name for name in AUTO_SEARCHES if name not in given)
        return cls(**resolved)

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
