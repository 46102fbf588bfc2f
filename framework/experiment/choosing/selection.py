"""What is used: the strategy of a row, and the model that is served. By validation cases alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from framework.core.decisions import calibration
from framework.core.steps import counted
from framework.core.uncertainty.intervals import reach
from framework.core.uncertainty.multiple_comparisons import clearly_ahead, standard_error
from framework.experiment.choosing.search_space import Search
from framework.experiment.choosing.validation import Validation
from framework.experiment.fitting.recipe import AnyRecipe, Recipe
from framework.experiment.fitting.strategy import ChosenStrategy, Strategy, Trial

# Members of a pool that count for less are not kept.
LEAST_SHARE = 0.02
# What a compact pool may lose of its log loss in validation.
COMPACT = 1.01


@dataclass(frozen=True)
class Served:
    """The model that is loaded, served and explained unless another is named, and why it is."""

    model: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        return {"model": self.model, "reason": self.reason}


Tried = tuple[Strategy, Trial, np.ndarray]  # with the dollars of each validation case


def choose_strategy(option: Strategy | Search, validation: Validation) -> ChosenStrategy:
    """The strategy itself; or the pool of what ``option`` searches, by likelihood."""
    if isinstance(option, Strategy):
        strategy, tried = option, []
    else:
        strategy = _pool(option, validation)
        alone = [replace(option.way, recipes=(recipe,)) for recipe in strategy.recipes]
        tried = [_try(way, validation)[1] for way in counted(alone, "judging members")]
    _, trial, dollars = _try(strategy, validation)
    seeds = range(validation.seeds)
    return ChosenStrategy(
        strategy=strategy,
        decisions=tuple(validation.decision(strategy, seed) for seed in seeds),
        pools=tuple(validation.combination(strategy, seed).pool for seed in seeds),
        trial=trial,
        dollars=dollars,
        trials=(trial, *tried) if tried else (),
        validation=validation.method,
    )


def _pool(search: Search, validation: Validation) -> Strategy:
    """The pool of the best of every family that could be fitted in time; who hardly counts is left out."""
    members: list[AnyRecipe] = []
    for family in search.families:
        told = [recipe for recipe in family.recipes if recipe in validation.probabilities]
        members += sorted(told, key=validation.log_loss)[: family.best]
    whole = replace(search.way, recipes=tuple(members))
    pool = validation.combination(whole).pool
    assert pool is not None
    counting = [
        recipe for recipe, share in zip(members, pool.shares, strict=True) if share >= LEAST_SHARE
    ]
    pooled = replace(search.way, recipes=tuple(counting))
    return _compact(pooled, validation) if search.compact else pooled


def _compact(strategy: Strategy, validation: Validation) -> Strategy:
    """As few of its members as keep the log loss of validation near that of all."""

    def without(recipe: AnyRecipe, of: Strategy) -> Strategy:
        return replace(of, recipes=tuple(other for other in of.recipes if other != recipe))

    limit = COMPACT * _log_loss(strategy, validation)
    while len(strategy.recipes) > 1:
        smaller = [without(recipe, strategy) for recipe in strategy.recipes]
        losses = [_log_loss(way, validation) for way in smaller]
        if min(losses) > limit:
            break
        strategy = smaller[losses.index(min(losses))]
    return strategy


def _log_loss(strategy: Strategy, validation: Validation) -> float:
    p = validation.combination(strategy).raw(validation.of(strategy))
    return float(-np.log(p[np.arange(len(p)), validation.y]).mean())


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
    strategy = steadiest(tried, reach(validation.weighted_costs), validation.groups)
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


def steadiest(tried: Sequence[Tried], dearest: float, groups: np.ndarray | None = None) -> Strategy:
    """The steadiest strategy whose validation dollars do not speak against it.

    Averages of many recipes and calibrated decisions of least expected cost vary less from sample
    to sample. What speaks against one: see ``framework.core.uncertainty.multiple_comparisons``.
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


def _steadiness(strategy: Strategy) -> tuple[int, bool, int]:
    # Validation trains one network of a recipe, what is served has all of its members.
    networks = (recipe.members if isinstance(recipe, Recipe) else 1 for recipe in strategy.recipes)
    return (
        sum(networks),
        strategy.rule.name in ("minimum_expected_cost", "minimax_regret"),
        calibration.METHODS.index(strategy.calibration),
    )
