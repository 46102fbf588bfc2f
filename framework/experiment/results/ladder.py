"""What each family of a pool brought: the pool against the same pool without it, on the test part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from framework.core.case_costs import case_costs
from framework.core.uncertainty.intervals import Difference
from framework.experiment.choosing.validation import Validation
from framework.experiment.fitting.recipe import AnyRecipe, Recipe
from framework.experiment.fitting.strategy import ChosenStrategy, decide
from framework.experiment.results.held_out import HeldOut


@dataclass(frozen=True, eq=False)
class Rung:
    """A family in a pool.

    Parameters
    ----------
    family : str
    members : tuple of str
        Its recipes.
    share : float
        What they count for, from 0 to 1.
    log_loss : float
        Of the best of them in validation, nats a case, calibrated.
    alone : float
        Dollars per test case of that one alone, calibrated, deciding as the pool does.
    brought : Difference
        Dollars per test case of the pool, less those of the same pool without the family.
    """

    family: str
    members: tuple[str, ...]
    share: float
    log_loss: float
    alone: float
    brought: Difference

    def to_json(self) -> dict[str, Any]:
        return {
            "family": self.family,
            "members": list(self.members),
            "share": self.share,
            "validation_log_loss": self.log_loss,
            "alone_dollars_per_case": self.alone,
            "brought": self.brought.to_json(),
        }


def ladder(
    choice: ChosenStrategy, validation: Validation, test: HeldOut, told: Sequence[np.ndarray]
) -> tuple[Rung, ...]:
    """One rung for each family, the one that counts most first; none unless there are several.

    ``told`` are the members' probabilities (n, N) of the test cases, first seed.
    """
    strategy, pool = choice.strategy, choice.pools[0]
    families: dict[str, list[int]] = {}
    for number, recipe in enumerate(strategy.recipes):
        families.setdefault(_family(recipe), []).append(number)
    if pool is None or len(families) < 2:
        return ()

    def dollars(numbers: Sequence[int]) -> np.ndarray:
        """What each test case brings with these members (n,)."""
        way = replace(strategy, recipes=tuple(strategy.recipes[number] for number in numbers))
        p = validation.combination(way)([told[number] for number in numbers])
        parameters = validation.decision(way).parameters
        decisions = decide(way, p, test.known, parameters, test.judge.n_actions)
        return 0.0 - case_costs(test.y, decisions, test.costs)

    whole = dollars(range(len(told)))
    rungs = []
    for family, numbers in families.items():
        rest = [number for number in range(len(told)) if number not in numbers]
        best = min(numbers, key=lambda number: validation.log_loss(strategy.recipes[number]))
        brought = test.cases.difference(whole[None], dollars(rest)[None])
        rungs.append(
            Rung(
                family,
                tuple(str(strategy.recipes[number]) for number in numbers),
                float(pool.shares[numbers].sum()),
                validation.log_loss(strategy.recipes[best]),
                test.cases.mean(dollars([best])),
                brought,
            )
        )
    return tuple(sorted(rungs, key=lambda rung: -rung.share))


def _family(recipe: AnyRecipe) -> str:
    """A classifier's name; of a network, its loss."""
    return f"network, {recipe.loss.name}" if isinstance(recipe, Recipe) else recipe.model
