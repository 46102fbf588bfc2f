"""A strategy: loss x calibration x decision rule, what of them is fitted, and the one that is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.costs.actions import class_costs
from framework.core.decisions import thresholds
from framework.core.decisions.calibration import IDENTITY, Calibration
from framework.core.decisions.pooling import Pool
from framework.experiment.fitting.recipe import AnyRecipe, EstimatorRecipe, Recipe
from framework.inference.artifact import Decision
from framework.plugins import guards
from framework.plugins.specs import DecisionRuleSpec

# Beyond so many recipes an average is described by what is in it.
NAMED_UP_TO = 3


@dataclass(frozen=True)
class Strategy:
    """A way to train and decide.

    The models of several ``recipes`` are averaged, or ``pooled`` by likelihood (see
    ``framework.core.decisions.pooling``). ``threshold`` "tuned" or "natural_break" is found in validation.
    """

    recipes: tuple[AnyRecipe, ...]
    rule: DecisionRuleSpec
    parameters: Mapping[str, float] = field(default_factory=dict)
    calibration: str = "none"
    threshold: str | None = None
    pooled: bool = False

    @property
    def is_fitted(self) -> bool:
        """Whether its decisions depend on validation cases."""
        return self.pooled or self.calibration != "none" or self.threshold is not None

    @property
    def takes_probabilities(self) -> bool:
        """Whether its rule is given probabilities that mean what they say, where the training part is;
        scores of a model that costs have trained, weighted to another prevalence, do not.
        """
        cheapest = self.rule.name in ("minimum_expected_cost", "minimax_regret")
        unmoved = not any(
            recipe.matrix is not None and (not isinstance(recipe, Recipe) or recipe.normalize)
            for recipe in self.recipes
        )
        return self.pooled or self.calibration != "none" or (cheapest and unmoved)

    @property
    def knows_costs(self) -> bool:
        """Whether any of its models was trained with costs."""
        return any(recipe.matrix is not None for recipe in self.recipes)

    @property
    def losses(self) -> tuple[str, ...]:
        """Of the networks."""
        losses = (recipe.loss.name for recipe in self.recipes if isinstance(recipe, Recipe))
        return tuple(dict.fromkeys(losses))

    @property
    def models(self) -> tuple[str, ...]:
        """Names of classifiers that are no networks."""
        names = (recipe.model for recipe in self.recipes if isinstance(recipe, EstimatorRecipe))
        return tuple(dict.fromkeys(names))

    def __str__(self) -> str:
        parts = [" + ".join(str(recipe) for recipe in self.recipes)]
        if len(self.recipes) > NAMED_UP_TO:
            of = ", ".join((*self.losses, *self.models))
            what = "pool" if self.pooled else "average"
            parts = [f"{what} of {len(self.recipes)} recipes ({of})"]
        if self.calibration != "none":
            parts.append(f"{self.calibration} calibration")
        rule = self.rule.name
        if self.threshold is not None:
            rule = f"{self.threshold.replace('_', ' ')} {rule}"
        return "; ".join([*parts, rule])


@dataclass(frozen=True)
class Combination:
    """From the probabilities of a strategy's models to those it decides by, as fitted."""

    pool: Pool | None
    calibration: Calibration = IDENTITY

    def raw(self, probabilities: Sequence[np.ndarray] | np.ndarray) -> FloatArray:
        """One (n, N), not calibrated, of the models' (M, n, N)."""
        if self.pool is not None:
            return self.pool(probabilities)
        if len(probabilities) == 1:
            return probabilities[0]
        average: FloatArray = np.mean(probabilities, axis=0)
        return average

    def __call__(self, probabilities: Sequence[np.ndarray] | np.ndarray) -> FloatArray:
        """The same, calibrated."""
        return self.calibration(self.raw(probabilities))


@dataclass(frozen=True)
class Trial:
    """What a strategy came to on validation: dollars per case (negative = a loss), std. error."""

    strategy: str
    losses: tuple[str, ...]
    dollars_per_case: float
    standard_error: float


@dataclass(frozen=True, eq=False)
class ChosenStrategy:
    """The strategy that is used, its decision and pool as fitted for every seed, and what came of it.

    ``dollars`` (n,) are those of the validation cases, mean over the seeds; ``trials`` all
    strategies that were tried, cheapest first (of one, none); ``validation`` says how.
    """

    strategy: Strategy
    decisions: tuple[Decision, ...]
    pools: tuple[Pool | None, ...]
    trial: Trial
    dollars: np.ndarray
    trials: tuple[Trial, ...] = ()
    validation: str = ""

    @property
    def decision(self) -> Decision:
        """That of the first seed, whose networks are kept."""
        return self.decisions[0]


def fit_parameters(
    strategy: Strategy, p: np.ndarray, y: np.ndarray, costs: np.ndarray, n_actions: int = 0
) -> dict[str, float]:
    """Parameters of the strategy's rule, fitted on validation cases; ``p`` (n, N) are calibrated.

    ``n_actions`` as of ``decide``. A threshold parts classes, acted on by their best actions.
    """
    costs = class_costs(costs, n_actions)
    parameters = dict(strategy.parameters)
    if strategy.threshold == "tuned":
        parameters["threshold"] = thresholds.tuned_threshold(p, y, costs)
    elif strategy.threshold == "natural_break":
        parameters["threshold"] = thresholds.natural_break(p[:, 1])
    return parameters


def decide(
    strategy: Strategy,
    p: np.ndarray,
    costs: np.ndarray,
    parameters: Mapping[str, float],
    n_actions: int = 0,
) -> np.ndarray:
    """Decisions (n,) by the strategy's rule for calibrated probabilities ``p`` (n, N).

    The first ``n_actions`` columns of ``costs`` are actions; with 0, classes.
    """
    return guards.decided(strategy.rule, p, costs, parameters, n_actions)
