"""Strategies: loss x calibration x decision rule, and the choice among them by validation dollars.

Everything here happens on the training part. Cases are judged by networks that were not trained
on them; calibration and tuned thresholds are fitted on other folds than those they are judged on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from framework.core import calibration, decision
from framework.core.artifact import Decision
from framework.core.calibration import Calibration
from framework.core.cost_matrix import CostMatrix
from framework.core.dataset import folds
from framework.core.evaluation import case_costs
from framework.fitting import Progress, Recipe, Request, Task
from framework.plugins.specs import DecisionRuleSpec

# Cross-validation up to this many training cases of a table; beyond, one held-out part serves.
CROSS_VALIDATE_UP_TO = 5_000
FOLDS = 5
HOLD_OUT_SHARE = 5  # one in five


@dataclass(frozen=True)
class Strategy:
    """A way to train and decide. ``threshold`` "tuned" or "natural_break" is found in validation."""

    recipe: Recipe
    rule: DecisionRuleSpec
    parameters: Mapping[str, float] = field(default_factory=dict)
    calibration: str = "none"
    threshold: str | None = None

    @property
    def needs_validation(self) -> bool:
        return self.calibration != "none" or self.threshold is not None

    def __str__(self) -> str:
        recipe = self.recipe
        parts = [recipe.loss.name]
        if recipe.cost_weight != 1:
            parts.append(f"cost weight {recipe.cost_weight:g}")
        if recipe.l2:
            parts.append(f"l2 {recipe.l2:g}")
        if self.calibration != "none":
            parts.append(f"{self.calibration} calibration")
        rule = self.rule.name
        if self.threshold is not None:
            rule = f"{self.threshold.replace('_', ' ')} {rule}"
        return ", ".join([*parts, rule])


@dataclass(frozen=True)
class Trial:
    """What a strategy came to on validation: dollars per case (negative = a loss), std. error."""

    strategy: str
    loss: str
    dollars_per_case: float
    standard_error: float


@dataclass(frozen=True, eq=False)
class Choice:
    """The strategy that is used, its decision as fitted, and all that were tried, best first."""

    strategy: Strategy
    decision: Decision
    trials: tuple[Trial, ...] = ()
    validation: str = ""


@dataclass(frozen=True, eq=False)
class _Validation:
    """Cases of the training part that some networks were not trained on."""

    rows: np.ndarray
    fold: np.ndarray
    y: np.ndarray
    costs: np.ndarray
    probabilities: Mapping[int, np.ndarray]  # by number of the recipe


def choose(
    task: Task,
    rows: np.ndarray,
    strategies: Sequence[Strategy],
    judge: CostMatrix,
    seed: int,
    name: str,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Choice:
    """The strategy of fewest validation dollars by ``judge``; of equals, the first.

    ``rows`` are the training part. With one strategy that needs no validation, nothing is run.
    """
    if len(strategies) == 1 and not strategies[0].needs_validation:
        only = strategies[0]
        return Choice(only, Decision(only.rule.name, dict(only.parameters)))
    recipes = list({id(s.recipe): s.recipe for s in strategies}.values())
    validation, text = _validate(task, rows, recipes, judge, seed, name, progress)
    number_of = {id(recipe): number for number, recipe in enumerate(recipes)}
    trials, best, best_dollars = [], None, -np.inf
    for strategy in strategies:
        p = validation.probabilities[number_of[id(strategy.recipe)]]
        dollars = -case_costs(
            validation.y, _cross_fitted_decisions(strategy, p, validation), validation.costs
        )
        error = float(dollars.std(ddof=1) / np.sqrt(len(dollars)))
        trials.append(Trial(str(strategy), strategy.recipe.loss.name, float(dollars.mean()), error))
        if dollars.mean() > best_dollars:
            best, best_dollars = strategy, dollars.mean()
    assert best is not None
    p = validation.probabilities[number_of[id(best.recipe)]]
    fitted, parameters = _fit_decision(best, p, validation.y, validation.costs)
    trials.sort(key=lambda trial: -trial.dollars_per_case)
    return Choice(best, Decision(best.rule.name, parameters, fitted), tuple(trials), text)


def _validate(
    task: Task,
    rows: np.ndarray,
    recipes: Sequence[Recipe],
    judge: CostMatrix,
    seed: int,
    name: str,
    progress: Callable[[Progress], None],
) -> tuple[_Validation, str]:
    """Probabilities of every recipe for cases its networks have not seen."""
    dataset, config = task.dataset, task.config
    small = dataset.X.ndim == 2 and len(rows) <= CROSS_VALIDATE_UP_TO
    k = config.folds or (FOLDS if small else 1)
    if k == 1:
        parts = folds(dataset, rows, HOLD_OUT_SHARE, seed)[:1]
        text = f"{len(parts[0].test)} held-out cases of the training part"
    else:
        parts = folds(dataset, rows, k, seed)
        text = f"{k}-fold cross-validation on the training part"
    requests = [
        Request(recipe, seed + member, part.train, f"{name}, validation")
        for recipe in recipes
        for part in parts
        for member in range(config.members)
    ]
    networks = iter(task.fit(requests, progress))
    probabilities = {
        number: np.concatenate(
            [
                np.mean(
                    [task.predict(next(networks), part.test) for _ in range(config.members)], axis=0
                )
                for part in parts
            ]
        )
        for number in range(len(recipes))
    }
    seen = np.concatenate([part.test for part in parts])
    if k == 1:  # folds of the held-out part, to cross-fit calibration and thresholds
        inner = folds(dataset, seen, FOLDS, seed)
        position = {row: at for at, row in enumerate(seen)}
        fold = np.empty(len(seen), dtype=int)
        for number, part in enumerate(inner):
            fold[[position[row] for row in part.test]] = number
    else:
        fold = np.repeat(np.arange(len(parts)), [len(part.test) for part in parts])
    costs = judge.dollar_costs(dataset.columns(judge.columns, seen))
    return _Validation(seen, fold, dataset.y[seen], costs, probabilities), text


def _cross_fitted_decisions(
    strategy: Strategy, p: np.ndarray, validation: _Validation
) -> np.ndarray:
    """Decisions on every validation case, by what was fitted on the other folds."""
    if not strategy.needs_validation:
        return _decide(strategy, p, validation.costs, strategy.parameters)
    decisions = np.empty(len(p), dtype=np.int64)
    for fold in np.unique(validation.fold):
        here = validation.fold == fold
        fitted, parameters = _fit_decision(
            strategy, p[~here], validation.y[~here], _of_cases(validation.costs, ~here)
        )
        decisions[here] = _decide(
            strategy, fitted(p[here]), _of_cases(validation.costs, here), parameters
        )
    return decisions


def _fit_decision(
    strategy: Strategy, p: np.ndarray, y: np.ndarray, costs: np.ndarray
) -> tuple[Calibration, dict[str, float]]:
    fitted = calibration.fit(strategy.calibration, p, y)
    parameters = dict(strategy.parameters)
    if strategy.threshold == "tuned":
        parameters["threshold"] = decision.tuned_threshold(fitted(p), y, costs)
    elif strategy.threshold == "natural_break":
        parameters["threshold"] = decision.natural_break(fitted(p)[:, 1])
    return fitted, parameters


def _decide(
    strategy: Strategy, p: np.ndarray, costs: np.ndarray, parameters: Mapping[str, float]
) -> np.ndarray:
    decisions: Any = strategy.rule.function(p, costs, **parameters)
    return np.asarray(decisions)


def _of_cases(costs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return costs[mask] if costs.ndim == 3 else costs
