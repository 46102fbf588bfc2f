"""Fixed decisions judged by one cost that is varied: their dollars are straight lines in it.

``dollars(t) = constant + slope * t`` per case (negative = a loss), so that break-even points and
the cheapest of many models are exact, from counts alone. Which model is cheapest where is the upper
envelope of the lines; for two classes and a ratio of costs these are the cost lines of Drummond
and Holte, "Cost curves: An improved method for visualizing classifier performance", 2006.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray
from framework.core.case_costs import case_costs
from framework.core.roots import root
from framework.core.uncertainty.intervals import FEWEST, reach
from framework.core.uncertainty.sampled_mean import NORMAL, Observations, of_groups

# Sums of the same costs in another order differ by this share of the largest, at most.
ROUNDING = 1e-9
FAR = 1e9  # standard errors of a break-even point; what is not settled there never is


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


def reach_along(at_zero: FloatArray, at_one: FloatArray) -> Callable[[float], float]:
    """The most that two decisions on one case can differ by, as a function of the varied cost.

    ``at_zero`` and ``at_one`` are dollar costs, (N, M) or (n, N, M), with that cost at 0 and 1.
    """
    n_decisions = at_zero.shape[-1]
    rows, slopes = (x.reshape(-1, n_decisions) for x in (at_zero, at_one - at_zero))
    varied = (slopes != 0).any(axis=1)
    fixed = reach(rows[~varied]) if not varied.all() else 0.0
    if not varied.any():
        return lambda _: fixed
    lines = np.unique(np.concatenate([rows[varied], slopes[varied]], axis=1), axis=0)
    constant, slope = lines[:, :n_decisions], lines[:, n_decisions:]
    return lambda value: max(fixed, reach(constant + slope * value))


def break_even_interval(
    constant: FloatArray,
    slope: FloatArray,
    reach: Callable[[float], float],
    groups: NDArray[np.int64] | None = None,
    *,
    level: float = 0.95,
    floor: float = 0.0,
) -> tuple[float, float] | None:
    """Interval of the value above which a first model is cheaper than a second.

    Values at which the mean difference may be 0: those whose own interval (``intervals.py``) holds
    it, as in Fieller, "Some Problems in Interval Estimation", JRSS B, 1954. Inside, the cases
    cannot tell the two apart; it may reach down to ``floor`` and up to infinity.

    Parameters
    ----------
    constant, slope : array (n,)
        Of every case, first minus second; the mean of ``slope`` is positive.
    reach : function
        The most that a difference on one case can be, at a value (``reach_along``).
    groups : array (n,), optional
        Cases of one group are not independent; None is returned for fewer than ten.
    """
    lines = [of_groups(_without_rounding(part), groups) for part in (constant, slope)]
    share = max(share for _, share in lines)
    rows, weights = np.unique([line for line, _ in lines], axis=1, return_counts=True)
    n = int(weights.sum())
    if n < FEWEST:
        return None
    (a, b), drop = rows, NORMAL.inv_cdf((1 + level) / 2) ** 2 / 2
    means = rows @ weights / n
    at = max(float(-means[0] / means[1]), floor)

    def lower(value: float, sign: int = 1) -> float:
        """The lower limit of the difference, or minus the upper one."""
        most = reach(value)
        seen = Observations(sign * (a + b * value), weights.astype(float), (-most, most), share)
        return sign * float(means[0] + means[1] * value) - seen.below(drop)

    spread = float(np.sqrt(weights @ (a + b * at - (means[0] + means[1] * at)) ** 2)) + reach(at)
    step = max(spread / n / float(means[1]), ROUNDING * max(abs(at), 1.0))
    high = positive_from(lower, at, step, np.inf)
    low = -positive_from(lambda minus: lower(-minus, -1), -at, step, -floor)
    return low, high


def positive_from(limit: Callable[[float], float], start: float, step: float, end: float) -> float:
    """The value from which up to ``end`` a concave ``limit`` is positive; ``end`` where none is."""
    far = min(end, start + FAR * step)
    if far <= start or limit(far) <= 0:
        return end
    if limit(start) > 0:
        return start
    before, after = start, min(start + step, far)
    while limit(after) <= 0:
        before, after = after, min(start + 4 * (after - start), far)
    return root(limit, before, after, 1e-6 * max(abs(before), abs(after)))


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
