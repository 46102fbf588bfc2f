"""Strategies: loss x calibration x decision rule, and the choice among them by validation dollars.

Everything here happens on the training part. Cases are judged by networks that were not trained
on them; calibration and tuned thresholds are fitted on other folds than those they are judged on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from framework.core import calibration, decision
from framework.core.artifact import Decision
from framework.core.calibration import Calibration
from framework.core.cost_matrix import CostMatrix
from framework.core.dataset import Split, folds
from framework.core.evaluation import case_costs
from framework.fitting import Progress, Recipe, Request, Task
from framework.plugins.specs import DecisionRuleSpec

# Cross-validation up to this many training cases of a table; beyond, one held-out part serves.
CROSS_VALIDATE_UP_TO = 5_000
FOLDS = 5
HOLD_OUT_SHARE = 5  # one in five
AVERAGED = 3  # recipes in an average at least; of many, a quarter of them


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
    def needs_validation(self) -> bool:
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
        if len(self.recipes) > AVERAGED:
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
class Choice:
    """The strategy that is used, its decision as fitted, and all that were tried, cheapest first."""

    strategy: Strategy
    decision: Decision
    trials: tuple[Trial, ...] = ()
    validation: str = ""


@dataclass(frozen=True, eq=False)
class Validation:
    """Cases of the training part that some networks were not trained on."""

    rows: np.ndarray
    fold: np.ndarray
    y: np.ndarray
    costs: np.ndarray
    probabilities: Mapping[int, np.ndarray]  # by id of the recipe

    def of(self, strategy: Strategy) -> np.ndarray:
        """Probabilities (n, N), averaged over the strategy's recipes."""
        return np.mean([self.probabilities[id(recipe)] for recipe in strategy.recipes], axis=0)


Tried = tuple[Strategy, Trial, np.ndarray]  # with the dollars of each validation case


def choose(
    task: Task,
    rows: np.ndarray,
    strategies: Sequence[Strategy],
    judge: CostMatrix,
    seed: int,
    name: str,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Choice:
    """The steadiest strategy that validation dollars by ``judge`` do not speak against.

    ``rows`` are the training part. With one strategy that needs no validation, nothing is run
    unless ``folds`` or validation data ask for it.
    """
    asked = task.config.folds is not None or task.dataset.validation is not None
    if len(strategies) == 1 and not strategies[0].needs_validation and not asked:
        only = strategies[0]
        return Choice(only, Decision(only.rule.name, dict(only.parameters)))
    recipes = list({id(r): r for strategy in strategies for r in strategy.recipes}.values())
    validation, text = validate(task, rows, recipes, judge, seed, name, progress)
    tried = [_try(strategy, validation) for strategy in strategies]
    size = max(AVERAGED, len(recipes) // 4)
    if size < len(recipes):
        ranked = sorted(recipes, key=lambda recipe: log_loss(validation, recipe))
        tried += [_try(average, validation) for average in _averages(strategies, ranked[:size])]
    dearest = float(np.ptp(validation.costs, axis=-1).max())
    best = steadiest(tried, dearest)
    fitted, parameters = fit_decision(best, validation.of(best), validation.y, validation.costs)
    trials = tuple(
        sorted((trial for _, trial, _ in tried), key=lambda trial: -trial.dollars_per_case)
    )
    return Choice(best, Decision(best.rule.name, parameters, fitted), trials, text)


def _try(strategy: Strategy, validation: Validation) -> Tried:
    decisions = cross_fitted_decisions(strategy, validation.of(strategy), validation)
    dollars = -case_costs(validation.y, decisions, validation.costs)
    trial = Trial(str(strategy), strategy.losses, float(dollars.mean()), _standard_error(dollars))
    return strategy, trial, dollars


def log_loss(validation: Validation, recipe: Recipe) -> float:
    """Mean log loss (nats a case) of a recipe's probabilities, calibrated on the other folds.

    What recipes are ranked by, and not their dollars: where a few dear mistakes make up most of
    the costs, dollars of a few hundred cases tell who was lucky with two or three of them. The log
    loss is as proper, and hears every case.
    """
    p = validation.probabilities[id(recipe)]
    calibrated = np.empty_like(p)
    for fold in np.unique(validation.fold):
        here = validation.fold == fold
        calibrated[here] = calibration.fit("bias", p[~here], validation.y[~here])(p[here])
    of_truth = calibrated[np.arange(len(p)), validation.y]
    return float(-np.log(np.maximum(of_truth, calibration.TINY)).mean())


def _averages(strategies: Sequence[Strategy], recipes: Sequence[Recipe]) -> list[Strategy]:
    """The average of ``recipes`` with every calibration tried, deciding by least expected cost."""
    ways = {s.calibration: s for s in strategies if s.rule.name == "minimum_expected_cost"}
    return [replace(way, recipes=tuple(recipes)) for way in ways.values()]


def steadiest(tried: Sequence[Tried], dearest: float) -> Strategy:
    """The steadiest strategy whose validation dollars do not speak against it.

    Averages of many recipes and calibrated decisions of least expected cost vary less from sample
    to sample. Of k strategies that are equally good, the best one on the validation cases is
    expected to be sqrt(2 log k) standard errors ahead of the mean (Boucheron, Lugosi, Massart,
    "Concentration Inequalities", 2013, theorem 2.5): only what is further ahead than that, in
    standard errors of the paired difference, speaks against a steadier one. After the
    one-standard-error rule of Breiman, Friedman, Olshen, Stone, "Classification and Regression
    Trees", 1984, section 3.4.3.

    A mistake of the ``dearest`` kind that no case happened to show is no proof that there will be
    none: as for a proportion by Agresti and Coull (1998), one more case is supposed either way.
    """
    best = max(tried, key=lambda item: item[1].dollars_per_case)
    allowance = np.sqrt(2 * np.log(len(tried)))
    close = [
        item
        for item in tried
        if best[1].dollars_per_case - item[1].dollars_per_case
        <= allowance * _standard_error(np.append(best[2] - item[2], (dearest, -dearest)))
    ]
    return max(close, key=lambda item: (_steadiness(item[0]), item[1].dollars_per_case))[0]


def _steadiness(strategy: Strategy) -> tuple[int, bool, int]:
    return (
        len(strategy.recipes),
        strategy.rule.name == "minimum_expected_cost",
        calibration.METHODS.index(strategy.calibration),
    )


def _standard_error(dollars: np.ndarray) -> float:
    return float(dollars.std(ddof=1) / np.sqrt(len(dollars)))


def validate(
    task: Task,
    rows: np.ndarray,
    recipes: Sequence[Recipe],
    judge: CostMatrix,
    seed: int,
    name: str,
    progress: Callable[[Progress], None],
) -> tuple[Validation, str]:
    """Probabilities of every recipe for cases its networks have not seen."""
    dataset, config = task.dataset, task.config
    small = dataset.X.ndim == 2 and len(rows) <= CROSS_VALIDATE_UP_TO
    k = config.folds or (FOLDS if small else 1)
    if dataset.validation is not None:
        k, parts = 1, [Split(rows, np.flatnonzero(dataset.validation))]
        text = f"{len(parts[0].test)} cases of the validation data"
    elif k == 1:
        parts = folds(dataset, rows, HOLD_OUT_SHARE, seed)[:1]
        text = f"{len(parts[0].test)} held-out cases of the training part"
    else:
        parts = folds(dataset, rows, k, seed)
        text = f"{k}-fold cross-validation on the training part"
    requests = [
        Request(recipe, seed, part.train, f"{name}, validation")
        for recipe in recipes
        for part in parts
    ]
    networks = iter(task.fit(requests, progress))
    probabilities = {
        id(recipe): np.concatenate([task.predict(next(networks), part.test) for part in parts])
        for recipe in recipes
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
    return Validation(seen, fold, dataset.y[seen], costs, probabilities), text


def cross_fitted_decisions(strategy: Strategy, p: np.ndarray, validation: Validation) -> np.ndarray:
    """Decisions on every validation case, by what was fitted on the other folds."""
    if not strategy.needs_validation:
        return decide(strategy, p, validation.costs, strategy.parameters)
    decisions = np.empty(len(p), dtype=np.int64)
    for fold in np.unique(validation.fold):
        here = validation.fold == fold
        fitted, parameters = fit_decision(
            strategy, p[~here], validation.y[~here], _of_cases(validation.costs, ~here)
        )
        decisions[here] = decide(
            strategy, fitted(p[here]), _of_cases(validation.costs, here), parameters
        )
    return decisions


def fit_decision(
    strategy: Strategy, p: np.ndarray, y: np.ndarray, costs: np.ndarray
) -> tuple[Calibration, dict[str, float]]:
    """The strategy's calibration and parameters of its rule, fitted on validation cases."""
    fitted = calibration.fit(strategy.calibration, p, y)
    parameters = dict(strategy.parameters)
    if strategy.threshold == "tuned":
        parameters["threshold"] = decision.tuned_threshold(fitted(p), y, costs)
    elif strategy.threshold == "natural_break":
        parameters["threshold"] = decision.natural_break(fitted(p)[:, 1])
    return fitted, parameters


def decide(
    strategy: Strategy, p: np.ndarray, costs: np.ndarray, parameters: Mapping[str, float]
) -> np.ndarray:
    """Decisions (n,) by the strategy's rule for calibrated probabilities ``p`` (n, N)."""
    decisions: Any = strategy.rule.function(p, costs, **parameters)
    return np.asarray(decisions)


def _of_cases(costs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return costs[mask] if costs.ndim == 3 else costs
