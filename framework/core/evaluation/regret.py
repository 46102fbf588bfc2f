"""Regret: what decisions lose above a perfect oracle, and what would save it.

Three steps lead from the decisions taken to the oracle, each a set of decisions on the same cases; what
each saves adds up to the regret, case by case:

- **rule**: the cheapest decision on the same stated probabilities, in place of the one taken;
- **calibration**: the cheapest decision on those probabilities recalibrated, ``softmax(log p / temperature
  + bias)``, cross-fitted: every case by what was fitted to other cases. The family is that of Ferrer,
  "Analysis and Comparison of Classification Metrics", arXiv 2209.05355, 2022, which measures calibration
  by the same difference of expected costs;
- **separation**: the truth in place of any probability. Only better probabilities save of it.

The last is never negative. Of true probabilities neither is the first, but for chance; a threshold that
makes up for probabilities that are off has a rule below 0 and as much more in calibration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import case_costs, costs_of_truths
from framework.core.cases.splitting import fold_of_cases
from framework.core.costs.prevalence import moved
from framework.core.decisions import calibration
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.uncertainty.intervals import FEWEST, Interval, interval_of, reach_of_truths

FOLDS, SEED = 5, 0
SUPPOSED = 0.5  # cases of each class besides those at hand: no share is 0
PARTS = ("rule", "calibration", "separation")


@dataclass(frozen=True)
class Regret:
    """Dollars per case lost above a perfect oracle, and what would save them; the parts add up."""

    total: Interval
    rule: Interval
    calibration: Interval
    separation: Interval

    def to_json(self) -> dict[str, Any]:
        """The mean and the interval of each."""
        return {
            name: {"mean": part.mean, "interval": part.to_json()}
            for name in ("total", *PARTS)
            for part in (getattr(self, name),)
        }


def regret(
    cases: JudgedCases, decisions: IntArray, probabilities: FloatArray, known: FloatArray
) -> Regret | None:
    """The regret of ``decisions`` (n,) and its parts; None of too few cases or groups to recalibrate.

    Parameters
    ----------
    cases : JudgedCases
        Truths and costs; their target, if any, is what the probabilities are at as well.
    decisions : array (n,)
        Indices of the M decisions, as taken.
    probabilities : array (n, N)
        Stated: what the model believes.
    known : array (N, M) or (n, N, M)
        Costs in dollars as far as they are known when a case is decided.

    Examples
    --------
    Ten well and ten ill, told apart by nothing, all sent home; a miss costs 9 dollars, a false alarm 1:

    >>> y = np.repeat([0, 1], 10)
    >>> costs = np.array([[0.0, 1.0], [9.0, 0.0]])
    >>> found = regret(JudgedCases(y, costs), np.zeros(20, int), np.full((20, 2), 0.5), costs)
    >>> found.total.mean, found.rule.mean, found.calibration.mean, found.separation.mean
    (4.5, 4.0, 0.0, 0.5)
    """
    fold = folds(cases.y, cases.groups)
    if fold is None:
        return None
    better = recalibrated(probabilities, cases.y, fold, cases.target)
    cost = [
        case_costs(cases.y, made, cases.costs)
        for made in (
            decisions,
            minimum_expected_cost(probabilities, known),
            minimum_expected_cost(better, known),
        )
    ]
    cost.append(costs_of_truths(cases.y, cases.costs).min(axis=1))
    most = reach_of_truths(cases.costs)

    def saved(before: int, after: int) -> Interval:
        lows = (
            np.zeros_like(most) if after == len(cost) - 1 else -most
        )  # no decision beats the oracle
        return interval_of(cases.sampled(cost[before] - cost[after], lows, most), 0.95)

    return Regret(saved(0, 3), saved(0, 1), saved(1, 2), saved(2, 3))


def folds(y: IntArray, groups: NDArray[Any] | None) -> IntArray | None:
    """The fold of each case (n,) to cross-fit on, groups whole; None of too few cases or groups."""
    observations = len(y) if groups is None else len(np.unique(groups))
    k = min(FOLDS, observations, int(np.bincount(y).max()))
    return None if observations < FEWEST or k < 2 else fold_of_cases(y, groups, k, SEED)


def recalibrated(
    probabilities: FloatArray, y: IntArray, fold: IntArray, target: FloatArray | None = None
) -> FloatArray:
    """``probabilities`` (n, N), those of each ``fold`` (n,) recalibrated on the truths ``y`` of the others.

    At the shares ``target`` they are fitted at those of the cases, where every case counts alike, and
    moved back: the same family, and the more sure of the two ways.
    """
    if target is not None:
        counts = np.bincount(y, minlength=len(target)) + SUPPOSED
        sample: FloatArray = counts / counts.sum()
        here = recalibrated(moved(probabilities, target, sample), y, fold)
        return moved(here, sample, target)
    found = np.empty_like(probabilities)
    for number in np.unique(fold):
        own = fold == number
        found[own] = calibration.fit("bias", probabilities[~own], y[~own])(probabilities[own])
    return found
