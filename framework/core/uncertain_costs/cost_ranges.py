"""What plausible costs come to: how often each model is the cheapest, and what is worth asking for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NO_MODEL = "no model (best constant decision)"
LIKELY, EXPECTED, REGRET = "likely", "expected", "regret"


@dataclass(frozen=True)
class ModelUnderRanges:
    """Dollars per case lost by one model over the plausible costs, on cases with truths.

    ``anew``: decided anew for each matrix. ``likely`` at the likely costs, ``mean`` over all, ``low`` and
    ``high`` for 95 of 100. ``cheapest`` is the share in which no other loses less, equals sharing it;
    ``regret`` what it loses above the cheapest, in the mean and at most.
    """

    name: str
    anew: bool
    likely: float
    mean: float
    low: float
    high: float
    cheapest: float
    regret: float
    largest_regret: float


@dataclass(frozen=True)
class UncertainNumber:
    """One number that nobody knows exactly: dollars, and what it is worth to know it, per case."""

    name: str
    low: float
    likely: float
    mean: float
    high: float
    worth: float


@dataclass(frozen=True)
class WayToDecide:
    """How to decide before the costs are known: by the likely costs, the mean ones, or the least regret.

    ``differs`` is the share of cases that are decided otherwise than by the likely costs. ``lost`` came, in
    dollars per case, mean over the plausible costs. Expected to be lost above decisions made with the costs
    known: ``regret`` in the mean, ``worst_draw`` by the worst of the matrices that were drawn, and
    ``largest_regret`` where each case meets its own worst costs.
    """

    name: str
    differs: float
    lost: float
    regret: float
    worst_draw: float
    largest_regret: float


@dataclass(frozen=True)
class CostRanges:
    """What plausible costs come to; dollars are lost ones per case, positive = bad.

    ``numbers`` come with what is worth asking for first; ``worth`` is the value of knowing all of them.
    ``numbers``, ``ways`` and ``worth`` are of ``model``, by its probabilities. ``people`` names the
    cheapest model by each person's own likely costs, where there are several.
    """

    model: str
    models: tuple[ModelUnderRanges, ...]
    numbers: tuple[UncertainNumber, ...]
    ways: tuple[WayToDecide, ...]
    worth: float
    n: int
    draws: int
    seed: int
    currency: str = "USD"
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def cheapest(self) -> ModelUnderRanges:
        """That of the largest share."""
        return max(self.models, key=lambda one: one.cheapest)

    @property
    def minimax(self) -> ModelUnderRanges:
        """That whose largest regret is the least."""
        return min(self.models, key=lambda one: one.largest_regret)

    def way(self, name: str) -> WayToDecide:
        return next(one for one in self.ways if one.name == name)

    def to_json(self) -> dict[str, Any]:
        """Plain values; dollars of models and ways are negative = a loss, as everywhere."""
        return {
            "model": self.model,
            "currency": self.currency,
            "n": self.n,
            "draws": self.draws,
            "seed": self.seed,
            "worth_dollars_per_case": self.worth,
            "minimax_regret_model": self.minimax.name,
            "models": [
                {
                    "name": one.name,
                    "decided_anew": one.anew,
                    "cheapest_share": one.cheapest,
                    "likely_dollars_per_case": 0.0 - one.likely,
                    "dollars_per_case": 0.0 - one.mean,
                    "dollars_per_case_95": [0.0 - one.high, 0.0 - one.low],
                    "regret": one.regret,
                    "largest_regret": one.largest_regret,
                }
                for one in self.models
            ],
            "numbers": [
                {
                    "name": one.name,
                    "low": one.low,
                    "likely": one.likely,
                    "mean": one.mean,
                    "high": one.high,
                    "worth_dollars_per_case": one.worth,
                }
                for one in self.numbers
            ],
            "ways_to_decide": [
                {
                    "name": one.name,
                    "decides_differently": one.differs,
                    "dollars_per_case": 0.0 - one.lost,
                    "regret": one.regret,
                    "worst_draw": one.worst_draw,
                    "largest_regret": one.largest_regret,
                }
                for one in self.ways
            ],
            "cheapest_by_person": dict(self.people),
        }
