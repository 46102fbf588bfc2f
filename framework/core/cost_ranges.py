"""Models under all plausible costs: which is the cheapest how often, and what is worth asking for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.judged_cases import JudgedCases
from framework.core.minimax_regret import largest_regrets
from framework.core.redeciding import Redeciding
from framework.core.uncertain_costs import UncertainCosts
from framework.core.value_of_information import lost_by, of_each_number

DRAWS = 10_000
NO_MODEL = "no model (best constant decision)"
LIKELY, EXPECTED, REGRET = "likely", "expected", "regret"
# Models whose dollars differ by less than this share of the largest are equally cheap.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class ComparedModel:
    """n cases as a model decides them.

    ``probabilities`` (n, N) where it decides every case anew at the least expected cost of each plausible
    matrix; None where its ``decisions`` (n,) stay.
    """

    decisions: IntArray
    probabilities: FloatArray | None = None


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


@dataclass(frozen=True, eq=False)
class Plausible:
    """The costs by which models are compared.

    ``known`` and ``cases.costs`` are dollars (N, M) or (n, N, M), as far as they are known when a case is
    decided and as they judge, with the ``numbers`` at the values that are used.
    """

    cases: JudgedCases
    known: FloatArray
    numbers: UncertainCosts

    def redeciding(self, probabilities: FloatArray) -> Redeciding:
        weights = self.cases.weights[self.cases.y] / len(self.cases.y)
        return Redeciding(
            probabilities, self.cases.y, weights, self.known, self.cases.costs, self.numbers
        )


def compare_under_ranges(
    plausible: Plausible,
    models: Mapping[str, ComparedModel],
    model: str,
    stated: FloatArray,
    draws: int = DRAWS,
    seed: int = 0,
) -> CostRanges:
    """All ``models`` under ``draws`` plausible cost matrices, and what knowledge is worth to one of them.

    Parameters
    ----------
    plausible : Plausible
    models : mapping of str to ComparedModel
        Beside the constant decision that is the best for each matrix.
    model : str
        The one that is used.
    stated : array (n, N)
        Its probabilities that mean what they say: values of information and ways to decide go by them.
    draws, seed : int
        The same seed draws the same costs.
    """
    drawn = plausible.numbers.draws(draws, seed)
    used = plausible.redeciding(stated)
    n_decisions = plausible.known.shape[-1]
    constants = [used.fixed(np.full(len(stated), j)) for j in range(n_decisions)]
    likely = plausible.numbers.likely[None]
    anew = used.anew(drawn)
    lost, at_likely = {}, {}
    for name, one in models.items():
        if one.probabilities is None:
            linear = used.fixed(one.decisions)
            lost[name], at_likely[name] = linear(drawn)[:, 1], float(linear(likely)[0, 1])
        else:
            cases = plausible.redeciding(one.probabilities)
            same = np.array_equal(one.probabilities, stated)
            lost[name] = (anew if same else cases.anew(drawn))[:, 1]
            at_likely[name] = float(cases.fixed(cases.cheapest(likely[0]))(likely)[0, 1])
    lost[NO_MODEL] = np.min([of(drawn)[:, 1] for of in constants], axis=0)
    at_likely[NO_MODEL] = min(float(of(likely)[0, 1]) for of in constants)
    worth = lost_by(used, used.cheapest(plausible.numbers.means), drawn, anew)
    return CostRanges(
        model=model,
        models=_models(lost, at_likely, models),
        numbers=_numbers(used),
        ways=_ways(used, drawn, anew),
        worth=float(worth.mean()),
        n=len(stated),
        draws=draws,
        seed=seed,
    )


def cheapest_at(
    plausible: Plausible, models: Mapping[str, ComparedModel], known: FloatArray, costs: FloatArray
) -> str:
    """The model that loses least by one person's costs, decided by them."""
    cases = replace(plausible.cases, costs=costs)
    exact = Plausible(cases, known, _none_of(plausible.numbers))
    lost = {}
    for name, one in models.items():
        if one.probabilities is None:
            p = np.zeros((len(cases.y), known.shape[-2]))
            lost[name] = exact.redeciding(p).fixed(one.decisions).constant[1]
        else:
            found = exact.redeciding(one.probabilities)
            lost[name] = found.fixed(found.cheapest(np.array([]))).constant[1]
    return min(lost, key=lambda name: float(lost[name]))


def _none_of(numbers: UncertainCosts) -> UncertainCosts:
    return UncertainCosts((), (), numbers.cells[:0], numbers.used[:0])


def _models(
    lost: Mapping[str, FloatArray],
    at_likely: Mapping[str, float],
    models: Mapping[str, ComparedModel],
) -> tuple[ModelUnderRanges, ...]:
    every = np.stack(list(lost.values()))  # (K, D)
    least = every.min(axis=0)
    cheapest = every <= least + ROUNDING * np.abs(every).max(axis=0)
    shares = (cheapest / cheapest.sum(axis=0)).mean(axis=1)
    regrets = every - least
    found = []
    for k, name in enumerate(lost):
        low, high = np.quantile(every[k], [0.025, 0.975]).tolist()
        found.append(
            ModelUnderRanges(
                name,
                name == NO_MODEL or models[name].probabilities is not None,
                at_likely[name],
                float(every[k].mean()),
                low,
                high,
                float(shares[k]),
                float(regrets[k].mean()),
                float(regrets[k].max()),
            )
        )
    return tuple(found)


def _numbers(used: Redeciding) -> tuple[UncertainNumber, ...]:
    """What is worth most first; of equals in the order of the file."""
    numbers = used.numbers
    columns = (
        numbers.names,
        numbers.ends[:, 0].tolist(),
        numbers.likely.tolist(),
        numbers.means.tolist(),
        numbers.ends[:, 1].tolist(),
        of_each_number(used).tolist(),
    )
    found = [UncertainNumber(*values) for values in zip(*columns, strict=True)]
    return tuple(sorted(found, key=lambda one: -one.worth))


def _ways(used: Redeciding, drawn: FloatArray, anew: FloatArray) -> tuple[WayToDecide, ...]:
    numbers = used.numbers
    likely = used.cheapest(numbers.likely)
    largest = largest_regrets(used.p, used.known, numbers)
    ways: Sequence[tuple[str, IntArray]] = (
        (LIKELY, likely),
        (EXPECTED, used.cheapest(numbers.means)),
        (REGRET, largest.argmin(axis=1)),
    )
    found = []
    for name, decisions in ways:
        lost = lost_by(used, decisions, drawn, anew)
        figures = (
            used.weights @ (decisions != likely),
            used.fixed(decisions)(numbers.means[None])[0, 1],
            lost.mean(),
            lost.max(),
            used.weights @ largest[np.arange(len(largest)), decisions],
        )
        found.append(WayToDecide(name, *map(float, figures)))
    return tuple(found)
