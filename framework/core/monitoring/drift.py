"""Drift: whether values of now are spread over their range as those of before were.

Values fall into bins, tenths of the values of before or the commonest texts; ``moved`` is the share of
cases that would have to be in another bin for both to be alike (the total variation distance). Samples
differ by chance: ``p_value`` is that of Pearson's chi-squared test of homogeneity (Pearson 1900), rare bins
put together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray

BINS, COMMONEST = 10, 20
FEWEST_EXPECTED = 5.0  # in a bin, for the test to be a fair one


@dataclass(frozen=True)
class Drift:
    """The share of cases that lie elsewhere than before, and how probable so large a one is by chance."""

    moved: float
    p_value: float


def drift_of(before: NDArray[Any], now: NDArray[Any]) -> Drift:
    """Of values ``before`` (m,) and ``now`` (n,): numbers, with NaN where there are none, or texts.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> drift_of(rng.normal(size=500), rng.normal(size=500)).p_value > 0.01
    True
    >>> round(drift_of(np.array(["a", "b"] * 50), np.array(["a"] * 100)).moved, 3)
    0.5
    """
    if before.dtype.kind in "fiub":
        return drift_of_counts(*_binned(before.astype(np.float64), now.astype(np.float64)))
    kinds, counts = np.unique(before.astype(str), return_counts=True)
    common = kinds[np.argsort(-counts, kind="stable")][:COMMONEST]
    return drift_of_counts(*(_counts_of_texts(part.astype(str), common) for part in (before, now)))


def drift_of_counts(before: IntArray, now: IntArray) -> Drift:
    """Of how many cases fell into each bin (B,)."""
    if not before.sum() or not now.sum():
        return Drift(0.0, 1.0)
    moved = 0.5 * float(np.abs(before / before.sum() - now / now.sum()).sum())
    return Drift(moved, _p_value(before, now))


def _binned(before: FloatArray, now: FloatArray) -> tuple[IntArray, IntArray]:
    seen = before[np.isfinite(before)]
    tenths = np.arange(1, BINS) / BINS
    inner = np.unique(np.quantile(seen, tenths)) if len(seen) else np.zeros(1)

    def counts(values: FloatArray) -> IntArray:
        # A value that many cases have is an edge; a bin ends with it, and what lies above is another.
        told = values[np.isfinite(values)]
        places = np.searchsorted(inner, told, side="left")
        found = np.bincount(places, minlength=len(inner) + 1)
        return np.append(found, len(values) - len(told))

    return counts(before), counts(now)


def _counts_of_texts(values: NDArray[Any], common: NDArray[Any]) -> IntArray:
    found = np.array([(values == kind).sum() for kind in common], dtype=np.int64)
    return np.append(found, len(values) - found.sum())


def _p_value(before: IntArray, now: IntArray) -> float:
    from scipy.special import chdtrc

    table = np.stack([before, now]).astype(np.float64)
    table = table[:, table.sum(axis=0) > 0]
    share = table.sum(axis=1, keepdims=True) / table.sum()
    rare = (share * table.sum(axis=0)).min(axis=0) < FEWEST_EXPECTED
    if rare.any():
        together = table[:, rare].sum(axis=1, keepdims=True)
        table = np.hstack([table[:, ~rare], together])
    expected = share * table.sum(axis=0)
    if table.shape[1] < 2:
        return 1.0
    distance = float(((table - expected) ** 2 / expected).sum())
    return float(chdtrc(table.shape[1] - 1, distance))
