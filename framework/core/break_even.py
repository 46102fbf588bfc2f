"""Fixed decisions judged by one cost that is varied: their dollars are straight lines in it.

``dollars(t) = constant + slope * t`` per case (negative = a loss), so that break-even points and
the cheapest of many models are exact, from counts alone. Which model is cheapest where is the upper
envelope of the lines; for two classes and a ratio of costs these are the cost lines of Drummond
and Holte, "Cost curves: An improved method for visualizing classifier performance", 2006.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framework.core.evaluation import case_costs

FloatArray = NDArray[np.float64]
# Sums of the same costs in another order differ by this share of the largest, at most.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Lines:
    """Of K models on n cases: every case's dollars, ``constant + slope * t``, (n, K) each."""

    constant: FloatArray
    slope: FloatArray

    @classmethod
    def of(
        cls, y: np.ndarray, decisions: np.ndarray, at_zero: np.ndarray, at_one: np.ndarray
    ) -> Lines:
        """``decisions`` (K, n); dollar costs, (N, M) or (n, N, M), with the varied cost at 0 and 1."""
        constant = np.stack([-case_costs(y, made, at_zero) for made in decisions], axis=1)
        one = np.stack([-case_costs(y, made, at_one) for made in decisions], axis=1)
        return cls(constant, one - constant)

    @property
    def means(self) -> tuple[FloatArray, FloatArray]:
        """Constant and slope of the dollars per case, (K,) each."""
        return self.constant.mean(axis=0), self.slope.mean(axis=0)


@dataclass(frozen=True)
class Segment:
    """From ``low`` to ``high`` the model of number ``model`` is the cheapest."""

    low: float
    high: float
    model: int


def envelope(constant: FloatArray, slope: FloatArray, low: float, high: float) -> list[Segment]:
    """The cheapest of the lines (K,) everywhere from ``low`` to ``high``; ties go to the first."""
    at = low
    segments: list[Segment] = []
    now = cheapest(constant + slope * low)
    tiny = ROUNDING * np.abs(slope).max()
    while True:
        steeper = np.flatnonzero(slope > slope[now] + tiny)
        crossings = (constant[now] - constant[steeper]) / (slope[steeper] - slope[now])
        end = crossings.min(initial=np.inf)
        if end >= high:
            return [*segments, Segment(at, high, now)]
        if end > at:
            segments.append(Segment(at, float(end), now))
        # Of those that cross here, the steepest is the cheapest from here on.
        crossing = steeper[crossings <= end]
        at, now = max(at, float(end)), int(crossing[slope[crossing].argmax()])


def cheapest(dollars: FloatArray) -> int:
    """Index of the most dollars (K,); figures that differ by rounding alone are equal, first wins."""
    best = dollars.max()
    return int(np.flatnonzero(dollars >= best - ROUNDING * max(1.0, abs(best)))[0])


def break_even(first: tuple[float, float], second: tuple[float, float]) -> float | None:
    """Where two lines, (constant, slope) each, cost the same; None where they never do."""
    slopes = first[1] - second[1]
    if abs(slopes) <= ROUNDING * max(abs(first[1]), abs(second[1])):
        return None
    return -(first[0] - second[0]) / slopes


def break_even_interval(
    constant: FloatArray, slope: FloatArray, *, level: float = 0.95, floor: float = 0.0
) -> tuple[float, float]:
    """Interval of the value above which a first model is cheaper than a second.

    ``constant`` and ``slope`` (replicates,) are bootstrap replicates of first minus second. Inside
    the interval the cases cannot tell the two apart; it may reach to infinity. In a replicate
    whose slope is not positive the first does not win above some value; it then counts against
    both ends, which makes the interval wider rather than narrower.
    """
    constant, slope = _without_rounding(constant), _without_rounding(slope)
    rises = slope > 0
    crossing = np.maximum(-constant / np.where(rises, slope, 1.0), floor)
    always = (slope == 0) & (constant > 0)
    lower = np.where(rises, crossing, np.where(constant > 0, floor, np.inf))
    upper = np.where(rises, crossing, np.where(always, floor, np.inf))
    low = np.quantile(lower, (1 - level) / 2, method="lower")
    high = np.quantile(upper, (1 + level) / 2, method="higher")
    return float(low), float(high)


def pareto_front(first: np.ndarray, second: np.ndarray) -> NDArray[np.bool_]:
    """Which of K points (both coordinates bad) no other one beats; of equal points, the first."""
    order = np.lexsort((np.arange(len(first)), second, first))
    front = np.zeros(len(first), dtype=bool)
    lowest = np.inf
    for k in order:
        if second[k] < lowest:
            front[k], lowest = True, second[k]
    return front


def _without_rounding(values: FloatArray) -> FloatArray:
    """Values that are 0 but for rounding as 0."""
    return np.where(np.abs(values) > ROUNDING * np.abs(values).max(), values, 0.0)
