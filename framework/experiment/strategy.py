"""A strategy: loss x calibration x decision rule, what of them is fitted, and the one that is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from framework.core import thresholds
from framework.experiment.recipe import Recipe
from framework.inference.artifact import Decision
from framework.plugins import guards
from framework.plugins.specs import DecisionRuleSpec

# Beyond so many recipes an average is described by what is in it.
NAMED_UP_TO = 3


@dataclass(frozen=True)
class Strategy:
    """A way to train and decide.

    Networks of several ``recipes`` are averaged. ``threshold`` "tuned" or "natural_break" is
    found in validation.
    """

    recipes: tuple[Recipe, ...]
    rule: DecisionRuleSpec
    parameters: Mapping[str, float] = field(default_factory=dict)
    calibration: str = "none"
    threshold: str | None = None

    @property
    def is_fitted(self) -> bool:
        """Whether its decisions depend on validation cases."""
        return self.calibration != "none" or self.threshold is not None

    @property
    def losses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(recipe.loss.name for recipe in self.recipes))

    @property
    def models(self) -> tuple[str, ...]:
        """Architectures other than the run's own."""
        return tuple(dict.fromkeys(recipe.model for recipe in self.recipes if recipe.model))

    def __str__(self) -> str:
        parts = [" + ".join(str(recipe) for recipe in self.recipes)]
        if len(self.recipes) > NAMED_UP_TO:
            of = ", ".join((*self.losses, *self.models))
            parts = [f"average of {len(self.recipes)} recipes ({of})"]
        if self.calibration != "none":
            parts.append(f"{self.calibration} calibration")
        rule = self.rule.name
        if self.threshold is not None:
            rule = f"{self.threshold.replace('_', ' ')} {rule}"
        return "; ".join([*parts, rule])


@dataclass(frozen=True)
class Trial:
    """What a strategy came to on validation: dollars per case (negative = a loss), std. error."""

    strategy: str
    losses: tuple[str, ...]
    dollars_per_case: float
    standard_error: float


@dataclass(frozen=True, eq=False)
class ChosenStrategy:
    """The strategy that is used, its decision as fitted for every seed, and what came of it.

    ``dollars`` (n,) are those of the validation cases, mean over the seeds; ``trials`` all
    strategies that were tried, cheapest first (of one, none); ``validation`` says how.
    """

    strategy: Strategy
    decisions: tuple[Decision, ...]
    trial: Trial
    dollars: np.ndarray
    trials: tuple[Trial, ...] = ()
    validation: str = ""

    @property
    def decision(self) -> Decision:
        """That of the first seed, whose networks are kept."""
        return self.decisions[0]


def fit_parameters(
    strategy: Strategy, p: np.ndarray, y: np.ndarray, costs: np.ndarray
) -> dict[str, float]:
    """Parameters of the strategy's rule, fitted on validation cases; ``p`` (n, N) are calibrated."""
    parameters = dict(strategy.parameters)
    if strategy.threshold == "tuned":
        parameters["threshold"] = thresholds.tuned_threshold(p, y, costs)
    elif strategy.threshold == "natural_break":
        parameters["threshold"] = thresholds.natural_break(p[:, 1])
    return parameters


def decide(
    strategy: Strategy, p: np.ndarray, costs: np.ndarray, parameters: Mapping[str, float]
) -> np.ndarray:
    """Decisions (n,) by the strategy's rule for calibrated probabilities ``p`` (n, N)."""
    return guards.decided(strategy.rule, p, costs, parameters)
