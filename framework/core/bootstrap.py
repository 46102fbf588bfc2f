"""How sure dollars per case are: the bootstrap over cases, or over groups of cases.

Resampling n cases with replacement draws how often each DISTINCT value occurs from a multinomial
distribution. Decisions of a matrix have few distinct values, so ten thousand replicates of ten
million cases take a moment, in memory that does not grow with the cases.

Source: Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics, 1979;
percentile intervals. They hold for cases drawn like these; they know nothing of the choice of the
split, of the seed, or of a drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# More distinct values than this are pooled into about as many groups of neighbours.
MAX_DISTINCT = 400
CHUNK = 500  # replicates drawn at once
CHUNK_CELLS = 10_000_000  # counts drawn at once, where cases hardly repeat


@dataclass(frozen=True)
class Interval:
    """A mean per case with its percentile interval (dollars; negative = a loss)."""

    mean: float
    low: float
    high: float
    standard_error: float


@dataclass(frozen=True)
class Difference:
    """Of two models on the same cases, first minus second (positive: the first is cheaper)."""

    interval: Interval
    probability_cheaper: float

    def reversed(self) -> Difference:
        """Second minus first."""
        mean, low, high = -self.interval.mean, -self.interval.high, -self.interval.low
        interval = Interval(mean, low, high, self.interval.standard_error)
        return Difference(interval, 1 - self.probability_cheaper)

    def to_json(self) -> dict[str, Any]:
        return {
            "mean": self.interval.mean,
            "interval": [self.interval.low, self.interval.high],
            "probability_cheaper": self.probability_cheaper,
        }


def mean_interval(
    dollars: FloatArray,
    groups: NDArray[np.int64] | None = None,
    *,
    counts: NDArray[np.int64] | None = None,
    replicates: int = 10_000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Interval of the mean of ``dollars`` (n,); with ``groups`` (n,), whole groups are drawn.

    With ``counts`` (n,) instead, each value stands for that many cases: the cells of a confusion
    matrix, say, where the cases themselves are too many to be kept.
    """
    dollars = np.asarray(dollars, dtype=np.float64)
    means = _replicates(dollars, groups, counts, replicates, seed)
    return _interval(float(np.average(dollars, weights=counts)), means, level)


def paired_difference(
    first: FloatArray,
    second: FloatArray,
    groups: NDArray[np.int64] | None = None,
    *,
    replicates: int = 10_000,
    level: float = 0.95,
    seed: int = 0,
) -> Difference:
    """Interval of the mean difference on the same cases, and how often the first came out cheaper.

    Replicates in which both cost the same count one half.
    """
    difference = np.asarray(first, dtype=np.float64) - second
    means = _replicates(difference, groups, None, replicates, seed)
    cheaper = float((means > 0).mean() + (means == 0).mean() / 2)
    return Difference(_interval(float(difference.mean()), means, level), cheaper)


def unpaired_difference(
    first: FloatArray,
    second: FloatArray,
    groups: tuple[NDArray[np.int64] | None, NDArray[np.int64] | None] = (None, None),
    *,
    replicates: int = 10_000,
    level: float = 0.95,
    seed: int = 0,
) -> Difference:
    """The same for two models on different cases, resampled apart; wider than a paired one."""
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    means = _replicates(first, groups[0], None, replicates, seed)
    means = means - _replicates(second, groups[1], None, replicates, seed + 1)
    cheaper = float((means > 0).mean() + (means == 0).mean() / 2)
    return Difference(_interval(float(first.mean() - second.mean()), means, level), cheaper)


def mean_replicates(
    values: FloatArray,
    groups: NDArray[np.int64] | None = None,
    *,
    replicates: int = 2_000,
    seed: int = 0,
) -> FloatArray:
    """Means of several values of each case, ``values`` (n, m), in resampled cases: (replicates, m).

    All columns see the same cases, so that their differences are paired.
    """
    rng = np.random.default_rng(seed)
    if groups is not None:
        _, of_case = np.unique(groups, return_inverse=True)
        sizes = np.bincount(of_case).astype(np.float64)
        rows = np.zeros((len(sizes), values.shape[1]))
        np.add.at(rows, of_case, values)
        return _draw_groups(rng, rows, sizes, replicates)
    rows, counts = np.unique(values, axis=0, return_counts=True)
    n = len(values)
    chunk = max(1, min(CHUNK, CHUNK_CELLS // len(rows)))
    means = [
        rng.multinomial(n, counts / n, size=min(chunk, replicates - done)) @ rows / n
        for done in range(0, replicates, chunk)
    ]
    return np.concatenate(means)


def _interval(mean: float, means: FloatArray, level: float) -> Interval:
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(mean, float(low), float(high), float(means.std(ddof=1)))


def _replicates(
    dollars: FloatArray,
    groups: NDArray[np.int64] | None,
    counts: NDArray[np.int64] | None,
    replicates: int,
    seed: int,
) -> FloatArray:
    """Means of resampled cases, (replicates,)."""
    rng = np.random.default_rng(seed)
    if groups is not None:
        _, of_case = np.unique(groups, return_inverse=True)
        sizes = np.bincount(of_case).astype(np.float64)
        totals = np.bincount(of_case, weights=dollars).astype(np.float64)
        return _draw_groups(rng, totals, sizes, replicates)
    if counts is None:
        values, counts = np.unique(dollars, return_counts=True)
    else:
        values, of_value = np.unique(dollars, return_inverse=True)
        counts = np.bincount(of_value, weights=counts).astype(np.int64)
    if len(values) > MAX_DISTINCT:
        values, counts = _pooled(values, counts)
    n = int(counts.sum())
    shares = counts / n
    means = [
        rng.multinomial(n, shares, size=min(CHUNK, replicates - done)) @ values / n
        for done in range(0, replicates, CHUNK)
    ]
    return np.concatenate(means)


def _draw_groups(
    rng: np.random.Generator, totals: FloatArray, sizes: FloatArray, replicates: int
) -> FloatArray:
    n_groups = len(totals)
    shares = np.full(n_groups, 1 / n_groups)
    means = []
    for done in range(0, replicates, CHUNK):
        drawn = rng.multinomial(n_groups, shares, size=min(CHUNK, replicates - done))
        means.append(((drawn @ totals).T / (drawn @ sizes)).T)
    return np.concatenate(means)


def _pooled(values: FloatArray, counts: NDArray[np.int64]) -> tuple[FloatArray, NDArray[np.int64]]:
    """Neighbouring values as groups, each by its mean.

    No group holds more than a small share of the cases, nor of the absolute deviations from the
    mean: a few very dear cases are not pooled with the many that cost nothing.
    """
    far = counts * np.abs(values - np.average(values, weights=counts))
    shares = (counts / counts.sum() + far / far.sum()) / 2
    group = ((np.cumsum(shares) - shares) * MAX_DISTINCT).astype(np.int64)
    totals = np.bincount(group, weights=counts)
    sums = np.bincount(group, weights=counts * values)
    kept = totals > 0
    return sums[kept] / totals[kept], totals[kept].astype(np.int64)
