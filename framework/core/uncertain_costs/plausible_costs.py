"""Models compared under all plausible costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.uncertain_costs.cost_ranges import (
    EXPECTED,
    LIKELY,
    NO_MODEL,
    REGRET,
    CostRanges,
    ModelUnderRanges,
    UncertainNumber,
    WayToDecide,
)
from framework.core.uncertain_costs.minimax_regret import largest_regrets
from framework.core.uncertain_costs.redeciding import Redeciding
from framework.core.uncertain_costs.uncertain_costs import UncertainCosts
from framework.core.uncertain_costs.value_of_information import lost_by, of_each_number

DRAWS = 10_000
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
