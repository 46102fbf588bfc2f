"""Cases with truths and prices: what a mean of their dollars is, and how sure it is.

Every figure per case, its interval and every difference of two models goes through here, so that groups
of cases, and the shares of the classes in the population that is meant, are in all of them alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.costs.prevalence import at_target, case_weights, shares_of_counts
from framework.core.uncertainty import intervals
from framework.core.uncertainty.intervals import Difference, Interval
from framework.core.uncertainty.sampled_mean import SampledMean


@dataclass(frozen=True, eq=False)
class JudgedCases:
    """n cases that judge.

    Parameters
    ----------
    y : array (n,)
        Truths.
    costs : array (N, M) or (n, N, M)
        Dollars of every decision, positive = bad.
    groups : array (n,), optional
        Cases of one group are not independent.
    target : array (N,), optional
        Shares of the classes in the population that figures are about (default: those of the cases).
        A class without a case is left out.
    totals : array (N,), optional
        Cases of each class in a larger sample that these are drawn from class by class, in which the
        ``target`` was counted (default: it is known).
    """

    y: IntArray
    costs: FloatArray
    groups: NDArray[Any] | None = None
    target: FloatArray | None = None
    totals: IntArray | None = None

    @classmethod
    def of_part(
        cls,
        y: IntArray,
        costs: FloatArray,
        groups: NDArray[Any] | None,
        target: FloatArray | None,
        totals: IntArray | None,
    ) -> JudgedCases:
        """Of a part that has ``totals`` (N,) cases of each class (default: these), at the shares ``target``
        (default: the part's)."""
        if target is not None or totals is None:
            return cls(y, costs, groups, target)
        return cls(y, costs, groups, shares_of_counts(totals), totals)

    @cached_property
    def weights(self) -> FloatArray:
        """What each class's cases stand for (N,); their mean over the cases is 1."""
        return case_weights(self.y, self.costs.shape[-2], self.target)

    @property
    def observations(self) -> int:
        """Cases, or groups of them: what figures are means of."""
        return len(self.y if self.groups is None else np.unique(self.groups))

    @property
    def weighted_costs(self) -> FloatArray:
        """``costs`` of cases that count as their classes do in the population."""
        return self.costs if self.target is None else self.costs * self.weights[:, None]

    def values(self, dollars: FloatArray) -> FloatArray:
        """``dollars`` (n,) or (S, n) so that their plain mean is that of the population."""
        return at_target(dollars, self.y, self.target)

    def mean(self, dollars: FloatArray) -> float:
        """Of ``dollars`` (n,) or (S, n), per case of the population."""
        if self.target is None:
            return float(np.mean(dollars))
        return float(np.mean(dollars * self.weights[self.y]))

    def interval(self, dollars: FloatArray, level: float = 0.95) -> Interval:
        """Of the mean of what decisions brought, (n,), or (S, n) with S seeds; negative = a loss."""
        lows, highs = intervals.support_of_truths(self.costs)
        return intervals.interval_of(self.sampled(dollars, lows, highs), level)

    def gap(self, first: FloatArray, second: FloatArray, level: float = 0.95) -> Interval:
        """Of the mean of ``first`` less ``second``, where each may lie anywhere in the support."""
        low, high = intervals.support(self.costs)
        most = np.full(self.costs.shape[-2], high - low)
        return intervals.interval_of(self.sampled(first - second, -most, most), level)

    def difference(
        self, first: FloatArray, second: FloatArray, level: float = 0.95, times: float = 1.0
    ) -> Difference:
        """First minus second of two decisions on the same cases, (n,) or (S, n) each.

        ``times`` the most that two decisions on a case can differ by is what may come.
        """
        return intervals.difference_of(self._between(first, second, times), level)

    def between(
        self, first: FloatArray, second: FloatArray, level: float = 0.95, times: float = 1.0
    ) -> Interval:
        """The interval of the same."""
        return intervals.interval_of(self._between(first, second, times), level)

    def unpaired(
        self, first: FloatArray, other: JudgedCases, second: FloatArray, level: float = 0.95
    ) -> Difference:
        """First minus second, ``second`` (n',) being of ``other`` cases; wider than a paired one."""
        one = self.sampled(first, *intervals.support_of_truths(self.costs))
        two = other.sampled(second, *intervals.support_of_truths(other.costs))
        return intervals.difference_of(one.plus(two.mirrored()), level)

    def not_excluded(
        self, interval: Interval, dollars: FloatArray, money: Callable[[float], str]
    ) -> str | None:
        """See ``intervals.not_excluded``."""
        return intervals.not_excluded(interval, dollars, intervals.support(self.costs), money)

    def _between(self, first: FloatArray, second: FloatArray, times: float) -> SampledMean:
        most = times * intervals.reach_of_truths(self.costs)
        return self.sampled(np.asarray(first, dtype=np.float64) - second, -most, most)

    def sampled(self, values: FloatArray, lows: FloatArray, highs: FloatArray) -> SampledMean:
        """The mean of ``values`` (n,) or (S, n), of which a case of class k may bring ``lows[k]`` to
        ``highs[k]``.

        At the shares of a target, a stratified mean: where the shares are known, only what varies
        within the classes counts. Each class is a sample of its own, unless groups have cases of
        several ones; then it is the one sample of ``values``. Shares that were counted vary besides, as
        the mean of so many cases that bring what those of their class do in the mean (double sampling for
        stratification; Cochran, "Sampling Techniques", 1977, section 12.2).
        """
        support = float(lows.min()), float(highs.max())
        if self.target is None:
            return SampledMean.of(values, support, self.groups)
        moved, weights = self.values(values), self.weights
        means = np.array([values[..., self.y == k].mean() for k in self._present])
        heavy, mean = weights[self._present], float(moved.mean())
        reach = (
            mean + float((heavy * (lows[self._present] - means)).min()),
            mean + float((heavy * (highs[self._present] - means)).max()),
        )
        whole = SampledMean.of(moved, reach, self.groups)
        between = self._between_classes(means)
        error = float(np.hypot(whole.standard_error, sum(of.standard_error for of in between)))
        counted = tuple(of.cases[0] for of in between)
        if self._groups_cross:
            return replace(whole, standard_error=error, cases=(*whole.cases, *counted))
        strata = tuple(
            SampledMean.of(
                self._share(k) * (values if values.ndim == 1 else values.mean(axis=0))[self.y == k],
                (self._share(k) * lows[k], self._share(k) * highs[k]),
                None if self.groups is None else self.groups[self.y == k],
            ).cases[0]
            for k in self._present
        )
        return SampledMean(whole.mean, whole.n, error, (*strata, *counted), whole.seeds)

    def _between_classes(self, means: FloatArray) -> list[SampledMean]:
        """What counted shares add, where the classes at hand bring their ``means``; [] of known ones.

        Cases of one group come together: as many fewer count as a group of the largest class has.
        """
        if self.totals is None:
            return []
        together = 1.0
        if self.groups is not None:
            together = max(_size_of_groups(self.groups[self.y == k]) for k in self._present)
        counts = np.round(self.totals[self._present] / together).astype(np.int64)
        ends = float(means.min()), float(means.max())
        return [SampledMean.of(means, ends, counts=counts)]

    @cached_property
    def _present(self) -> IntArray:
        """The classes with a case."""
        return np.unique(self.y)

    def _share(self, k: int) -> float:
        """The population's share of a class."""
        return float(self.weights[k] * (self.y == k).mean())

    @cached_property
    def _groups_cross(self) -> bool:
        if self.groups is None:
            return False
        _, of_case = np.unique(self.groups, return_inverse=True)
        pairs = np.unique(np.stack([of_case, self.y]), axis=1)
        return pairs.shape[1] > len(np.unique(of_case))


def _size_of_groups(groups: NDArray[Any]) -> float:
    """Of the group that a case is in, in the mean over the cases."""
    sizes = np.unique(groups, return_counts=True)[1].astype(np.float64)
    return float(sizes @ sizes / sizes.sum())
