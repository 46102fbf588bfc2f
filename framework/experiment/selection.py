"""What is used: the strategy of a row, and the model that is served. By validation cases alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from framework.core import calibration
from framework.core.intervals import reach
from framework.core.multiple_comparisons import clearly_ahead, standard_error
from framework.core.steps import counted
from framework.experiment.recipe import Recipe
from framework.experiment.strategy import ChosenStrategy, Strategy, Trial
from framework.experiment.validation import Validation

AVERAGED = 6  # recipes in an average at least; of many, a quarter of them


@dataclass(frozen=True)
class Served:
    """The model that is loaded, served and explained unless another is named, and why it is."""

    model: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        return {"model": self.model, "reason": self.reason}


Tried = tuple[Strategy, Trial, np.ndarray]  # with the dollars of each validation case


def choose_strategy(strategies: Sequence[Strategy], validation: Validation) -> ChosenStrategy:
    """The steadiest of ``strategies``, and of averages of them, that dollars do not speak against."""
    recipes = list(dict.fromkeys(r for strategy in strategies for r in strategy.recipes))
    trying = counted(strategies, "calibrating and judging")
    tried = [_try(strategy, validation) for strategy in trying]
    if len(recipes) > 1:
        ranked = sorted(recipes, key=lambda recipe: log_loss(validation, recipe))
        averaged = ranked[: max(AVERAGED, len(recipes) // 4)]
        tried += [_try(average, validation) for average in _averages(strategies, averaged)]
    best = steadiest(tried, reach(validation.costs), validation.groups)
    strategy, trial, dollars = next(item for item in tried if item[0] is best)
    trials = sorted((trial for _, trial, _ in tried), key=lambda trial: -trial.dollars_per_case)
    return ChosenStrategy(
        strategy=strategy,
        decisions=tuple(validation.decision(strategy, seed) for seed in range(validation.seeds)),
        trial=trial,
        dollars=dollars,
        trials=tuple(trials) if len(trials) > 1 else (),
        validation=validation.method,
    )


def choose_served(
    rows: Sequence[tuple[str, ChosenStrategy]],
    validation: Validation,
    money: Callable[[float], str],
) -> Served:
    """The steadiest of the models that validation dollars do not speak against.

    ``rows`` are the models by name; ``money`` writes an amount.
    """
    tried = [(choice.strategy, choice.trial, choice.dollars) for _, choice in rows]
    best = max(rows, key=lambda row: row[1].trial.dollars_per_case)
    strategy = steadiest(tried, reach(validation.costs), validation.groups)
    name, choice = next(row for row in rows if row[1].strategy is strategy)

    lost = f"({money(choice.trial.dollars_per_case)} per case)"
    reason = f"it lost least of {len(rows)} models in {validation.method} {lost}"
    if name != best[0]:
        least = f"“{best[0]}” lost least ({money(best[1].trial.dollars_per_case)} per case)"
        reason = (
            f"in {validation.method} {least}, but by no more than luck gives one of {len(rows)} equally "
            f"good models; of those, it {lost} is the one whose decisions vary least from sample to sample"
        )
    return Served(name, reason)


def log_loss(validation: Validation, recipe: Recipe) -> float:
    """Mean log loss (nats a case) of a recipe's probabilities, calibrated on the other folds.

    What recipes are ranked by, and not their dollars: where a few dear mistakes make up most of
    the costs, dollars of a few hundred cases tell who was lucky with two or three of them. The log
    loss is as proper, and hears every case.
    """
    losses = []
    for seed, p in enumerate(validation.probabilities[recipe]):
        calibrated = np.empty_like(p)
        for fold, here, _ in validation.fits():
            calibrated[here] = validation.calibration("bias", (recipe,), seed, fold)(p[here])
        of_truth = calibrated[np.arange(len(p)), validation.y]
        losses.append(-np.log(np.maximum(of_truth, calibration.TINY)).mean())
    return float(np.mean(losses))


def steadiest(tried: Sequence[Tried], dearest: float, groups: np.ndarray | None = None) -> Strategy:
    """The steadiest strategy whose validation dollars do not speak against it.

    Averages of many recipes and calibrated decisions of least expected cost vary less from sample
    to sample. What speaks against one: see ``framework.core.multiple_comparisons``.
    """
    best = max(tried, key=lambda item: item[1].dollars_per_case)
    close = [
        item
        for item in tried
        if not clearly_ahead(best[2], item[2], len(tried), dearest, groups) or item is best
    ]
    return max(close, key=lambda item: (_steadiness(item[0]), item[1].dollars_per_case))[0]


def _try(strategy: Strategy, validation: Validation) -> Tried:
    dollars = validation.dollars(strategy)
    error = standard_error(dollars, validation.groups)
    return strategy, Trial(str(strategy), strategy.losses, float(dollars.mean()), error), dollars


def _averages(strategies: Sequence[Strategy], recipes: Sequence[Recipe]) -> list[Strategy]:
    """The average of ``recipes`` with every calibration tried, deciding by least expected cost."""
    ways = {s.calibration: s for s in strategies if s.rule.name == "minimum_expected_cost"}
    return [replace(way, recipes=tuple(recipes)) for way in ways.values()]


def _steadiness(strategy: Strategy) -> tuple[int, bool, int]:
    return (
        len(strategy.recipes),
        strategy.rule.name == "minimum_expected_cost",
        calibration.METHODS.index(strategy.calibration),
    )
