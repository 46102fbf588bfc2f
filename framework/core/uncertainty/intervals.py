"""How sure dollars per case are, dear mistakes that did not happen to show included.

One method for all figures (``sampled_mean.py``). It is told what a case can bring: without that, a
test part of 500 cases in which a mistake of 250,000 dollars and a probability of .002 happened not
to occur would answer "0 to 0".

The limits hold for cases drawn like these; they know nothing of the choice of the split or of a
drift. docs/uncertainty.md shows how often they cover.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import by_case
from framework.core.uncertainty.sampled_mean import SampledMean

FEWEST = 10  # cases, or groups of cases: of fewer no interval is given
DEAR_LOSS = 0.5  # of the dearest possible: what a dear mistake costs at least


@dataclass(frozen=True)
class Interval:
    """A mean per case with its limits (dollars; negative = a loss), None of too few cases or groups.

    ``n`` are the observations: cases, or groups of cases.
    """

    mean: float
    low: float | None
    high: float | None
    standard_error: float | None
    n: int

    @property
    def ends(self) -> tuple[float, float] | None:
        return None if self.low is None or self.high is None else (self.low, self.high)

    def to_json(self) -> list[float] | None:
        """``[low, high]``, or None."""
        return None if self.ends is None else list(self.ends)


@dataclass(frozen=True)
class Difference:
    """Of two models, first minus second (positive: the first is cheaper).

    ``probability_cheaper`` lies between 0 and 1, and beyond .975 only where the 95% interval leaves
    out 0; None of too few cases or groups.
    """

    interval: Interval
    probability_cheaper: float | None

    def reversed(self) -> Difference:
        """Second minus first."""
        i, p = self.interval, self.probability_cheaper
        low, high = (None, None) if i.ends is None else (-i.ends[1], -i.ends[0])
        interval = Interval(-i.mean, low, high, i.standard_error, i.n)
        return Difference(interval, None if p is None else 1 - p)

    @classmethod
    def from_json(cls, told: Mapping[str, Any], n: int) -> Difference:
        """What ``to_json`` told, of ``n`` observations; its standard error is not known any more."""
        low, high = told["interval"] or (None, None)
        return cls(Interval(told["mean"], low, high, None, n), told["probability_cheaper"])

    def to_json(self) -> dict[str, Any]:
        return {
            "mean": self.interval.mean,
            "interval": self.interval.to_json(),
            "probability_cheaper": self.probability_cheaper,
        }


def support(costs: FloatArray) -> tuple[float, float]:
    """The lowest and the highest dollars a case can bring, by ``costs`` (N, M) or (n, N, M).

    Costs are positive = bad, dollars negative = a loss. Costs of the case: the extremes among
    these cases.
    """
    return -float(costs.max()), -float(costs.min())


def support_of_truths(costs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The same for the cases of each truth: the lowest and the highest, (N,) each."""
    rows = by_case(costs)
    return 0.0 - rows.max(axis=(0, -1)), 0.0 - rows.min(axis=(0, -1))


def reach(costs: FloatArray) -> float:
    """The most that two decisions on one case can differ by: the largest range of a truth's row."""
    return float(np.ptp(costs, axis=-1).max())


def reach_of_truths(costs: FloatArray) -> FloatArray:
    """The same for the cases of each truth (N,)."""
    ranges: FloatArray = np.ptp(by_case(costs), axis=-1).max(axis=0)
    return ranges


def mean_interval(
    dollars: FloatArray,
    support: tuple[float, float],
    groups: IntArray | None = None,
    *,
    counts: IntArray | None = None,
    level: float = 0.95,
) -> Interval:
    """Interval of the mean of ``dollars``, each of which may lie anywhere in ``support``.

    Parameters
    ----------
    dollars : array (n,) or (S, n)
        Of n cases, with S seeds: then of the mean over seeds, of which these are S.
    groups : array (n,), optional
        Cases of one group are not independent; fewer than ten groups give no limits.
    counts : array (n,), optional
        Cases that each value stands for: cells of a confusion matrix, say. Not with seeds or groups.

    Examples
    --------
    >>> none_seen = mean_interval(np.zeros(500), support=(-250_000.0, 0.0))
    >>> round(none_seen.low), none_seen.high
    (-1681, 0.0)
    """
    return interval_of(SampledMean.of(dollars, support, groups, counts), level)


def paired_difference(
    first: FloatArray,
    second: FloatArray,
    reach: float,
    groups: IntArray | None = None,
    *,
    level: float = 0.95,
) -> Difference:
    """First minus second on the same cases, (n,) each or (S, n) with seeds; ``reach`` as above."""
    difference = np.asarray(first, dtype=np.float64) - second
    return difference_of(SampledMean.of(difference, (-reach, reach), groups), level)


def unpaired_difference(
    first: FloatArray,
    second: FloatArray,
    supports: tuple[tuple[float, float], tuple[float, float]],
    groups: tuple[IntArray | None, IntArray | None] = (None, None),
    *,
    level: float = 0.95,
) -> Difference:
    """The same for two models on different cases; wider than a paired one."""
    one, other = (
        SampledMean.of(dollars, ends, of_cases)
        for dollars, ends, of_cases in zip((first, second), supports, groups, strict=True)
    )
    return difference_of(one.plus(other.mirrored()), level)


def not_excluded(
    interval: Interval,
    dollars: FloatArray,
    support: tuple[float, float],
    money: Callable[[float], str],
) -> str | None:
    """The sentence for a mean whose cases show no dear mistake; None where they show one.

    ``money`` writes an amount; a dear mistake costs half of the dearest possible at least.
    """
    if (
        interval.low is None
        or interval.low >= 0
        or float(np.min(dollars)) <= DEAR_LOSS * support[0]
    ):
        return None
    return (
        f"no dear mistake seen among {np.shape(dollars)[-1]:,}; up to {money(-interval.low)} a case "
        "cannot be excluded"
    )


def interval_of(mean: SampledMean, level: float) -> Interval:
    """With limits, unless it rests on too few observations."""
    if mean.n < FEWEST:
        return Interval(mean.mean, None, None, None, mean.n)
    return Interval(mean.mean, *mean.limits(level), mean.standard_error, mean.n)


def difference_of(mean: SampledMean, level: float) -> Difference:
    """Of a mean difference: its limits, and how probable it is that the first is cheaper."""
    probability = None if mean.n < FEWEST else mean.probability_above_zero()
    return Difference(interval_of(mean, level), probability)
