"""A mean of cases and what varies in it: the cases, or whole groups of them, and the seeds.

- Cases: the limits of their empirical likelihood (``empirical_likelihood.py``), with half a case
  added at the dearest value possible for the dear limit and at the cheapest for the other.
- Groups of cases: a group is one observation, by its total (Owen, "Empirical Likelihood", 2001,
  chapter 4, for ratios). Half a group is added, whose cases correlate by two thirds at least: a dear
  mistake comes with other cases of its group.
- Seeds: Student's t.

Each source has limits of its own; together they are joined by their squared distances from the
mean (MOVER: Zou, Donner, "Construction of confidence limits about effect measures", Statistics in
Medicine, 2008), and so are two means on different cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.roots import root
from framework.core.uncertainty.empirical_likelihood import highest_mean

NORMAL = NormalDist()
SUPPOSED = 0.5  # cases, or groups of cases, at the dearest value
CORRELATED = 2 / 3  # correlation of the cases of the group that is supposed
SUREST = 6.0  # standard deviations; nothing is called surer than that


@dataclass(frozen=True, eq=False)
class Observations:
    """Values (K,) with their weights (K,), cases or groups of cases, and what may come besides.

    ``share`` of the way from the mean to an end of ``support`` is how far the supposed one goes.
    """

    values: FloatArray
    weights: FloatArray
    support: tuple[float, float]
    share: float = 1.0

    def below(self, drop: float) -> float:
        """How far the lower limit lies from the mean; ``drop`` of the log likelihood."""
        mean = float(np.average(self.values, weights=self.weights))
        dearest = min(mean + self.share * (self.support[0] - mean), float(self.values.min()))
        values, weights = np.append(self.values, dearest), np.append(self.weights, SUPPOSED)
        return max(mean + highest_mean(-values, weights, drop), 0.0)

    def mirrored(self) -> Observations:
        low, high = self.support
        return Observations(-self.values, self.weights, (-high, -low), self.share)


@dataclass(frozen=True, eq=False)
class SampledMean:
    """A mean, or the sum of two, of ``n`` observations.

    ``cases`` are the samples it rests on; ``seeds`` the standard errors and degrees of freedom of
    what seeds add to it.
    """

    mean: float
    n: int
    standard_error: float
    cases: tuple[Observations, ...]
    seeds: tuple[tuple[float, int], ...] = ()

    @classmethod
    def of(
        cls,
        values: FloatArray,
        support: tuple[float, float],
        groups: IntArray | None = None,
        counts: IntArray | None = None,
    ) -> SampledMean:
        """Of ``values`` (n,), or (S, n) with S seeds; ``counts`` (n,) without groups and seeds."""
        values = np.asarray(values, dtype=np.float64)
        seeds: tuple[tuple[float, int], ...] = ()
        if values.ndim == 2:
            if len(values) > 1:
                seeds = (_of_seeds(np.stack([of_groups(row, groups)[0] for row in values])),)
            values = values.mean(axis=0)
        mean = float(np.average(values, weights=counts))
        totals, share = of_groups(values, groups)
        seen, of_value = np.unique(totals, return_inverse=True)
        weights = np.bincount(of_value, weights=counts).astype(np.float64)
        n = float(weights.sum())
        variance = float(weights @ (seen - mean) ** 2) / max(n - 1, 1) / n
        error = float(np.linalg.norm([np.sqrt(variance), *(of_seed for of_seed, _ in seeds)]))
        return cls(mean, int(n), error, (Observations(seen, weights, support, share),), seeds)

    def plus(self, other: SampledMean) -> SampledMean:
        """The sum with a mean of other cases."""
        return SampledMean(
            self.mean + other.mean,
            min(self.n, other.n),
            float(np.hypot(self.standard_error, other.standard_error)),
            self.cases + other.cases,
            self.seeds + other.seeds,
        )

    def mirrored(self) -> SampledMean:
        """The same with all signs turned round."""
        cases = tuple(sample.mirrored() for sample in self.cases)
        return SampledMean(-self.mean, self.n, self.standard_error, cases, self.seeds)

    def limits(self, level: float) -> tuple[float, float]:
        """The lower and the upper limit, of which the mean is between with probability ``level``."""
        deviations = NORMAL.inv_cdf((1 + level) / 2)
        return self.mean - self._below(deviations), self.mean + self.mirrored()._below(deviations)

    def probability_above_zero(self) -> float:
        """The level of the one-sided limit that is 0, never 0 or 1.

        One half where the mean and what was supposed lie on different sides of 0.
        """
        if self.mean < 0:
            return 1 - self.mirrored().probability_above_zero()

        def limit(deviations: float) -> float:
            return self.mean - self._below(deviations)

        if limit(0.0) <= 0:
            return 0.5
        sure = SUREST if limit(SUREST) >= 0 else root(limit, 0.0, SUREST, 1e-4)
        return NORMAL.cdf(sure)

    def _below(self, deviations: float) -> float:
        """From the mean to its lower limit of so many deviations of a normal distribution."""
        away = [sample.below(deviations**2 / 2) for sample in self.cases]
        if self.seeds:
            from scipy.special import stdtrit

            level = NORMAL.cdf(deviations)
            away += [error * float(stdtrit(freedom, level)) for error, freedom in self.seeds]
        return float(np.linalg.norm(away))


def of_groups(values: FloatArray, groups: IntArray | None) -> tuple[FloatArray, float]:
    """One value for each group, with the mean that all the cases (n,) have; and the share of its
    way to the dearest value that a supposed group goes.

    A group counts by its total; groups of more cases move the mean more. The cases of the supposed
    group correlate by two thirds, or as much as those of the groups at hand if that is more (design
    effect; Kish, "Survey Sampling", 1965).
    """
    if groups is None:
        return values, 1.0
    _, of_case = np.unique(groups, return_inverse=True)
    sizes = np.bincount(of_case).astype(np.float64)
    n, n_groups = len(values), len(sizes)
    away = values - values.mean()
    totals = np.bincount(of_case, weights=away)
    size = float(sizes @ sizes) / n
    apart = float(away @ away)
    effect = max(1 + CORRELATED * (size - 1), float(totals @ totals) / apart if apart > 0 else 1.0)
    return float(values.mean()) + totals * n_groups / n, min(1.0, effect / size)


def _of_seeds(values: FloatArray) -> tuple[float, int]:
    """Standard error that seeds add to the mean of ``values`` (S, n), and degrees of freedom.

    What differs between seeds from case to case is in the variance of the cases already and taken
    off that of the seeds (two-way analysis of variance without replication).
    """
    of_seeds, (n_seeds, n) = values.mean(axis=1), values.shape
    rest = values - of_seeds[:, None] - values.mean(axis=0) + values.mean()
    by_case = float((rest**2).sum()) / (n_seeds - 1) / max(n - 1, 1) / n
    variance = max(float(of_seeds.var(ddof=1)) - by_case, 0.0)
    return float(np.sqrt(variance / n_seeds)), n_seeds - 1
