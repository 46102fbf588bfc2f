"""A part of the cases that judge, and what its means are, beside those of all others.

Classes count as they do in the population that is meant, at the weights of all cases: a part keeps the
mix of classes that it would have there. Its mean then is a ratio, ``sum w x / sum w``; it varies as the mean
of ``m + w / mean(w) (x - m)`` (Cochran, "Sampling Techniques", 1977, section 6.3). Without a prevalence all
``w`` are 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import BoolArray, FloatArray
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.uncertainty.sampled_mean import SampledMean


@dataclass(frozen=True, eq=False)
class Part:
    """Those of n ``cases`` that are ``inside`` (n,)."""

    cases: JudgedCases
    inside: BoolArray

    @property
    def groups(self) -> NDArray[Any] | None:
        return None if self.cases.groups is None else self.cases.groups[self.inside]

    @property
    def observations(self) -> int:
        """Cases, or groups of them."""
        return int(self.inside.sum()) if self.groups is None else len(np.unique(self.groups))

    @cached_property
    def weights(self) -> FloatArray:
        """What each of its cases stands for (n_part,); their mean is 1."""
        found = self.cases.weights[self.cases.y[self.inside]]
        normed: FloatArray = found / found.mean()
        return normed

    @property
    def share(self) -> float:
        """Of the population."""
        of_all = self.cases.weights[self.cases.y]
        return float(of_all[self.inside].sum() / of_all.sum())

    def mean(self, values: FloatArray) -> float:
        """Of ``values`` (n,), of all cases, those inside."""
        return float(np.average(values[self.inside], weights=self.weights))

    def sampled(self, values: FloatArray, lows: FloatArray, highs: FloatArray) -> SampledMean:
        """The same as a sample: a case of class k may bring ``lows[k]`` to ``highs[k]``."""
        mean = self.mean(values)
        varied = mean + self.weights * (values[self.inside] - mean)
        return SampledMean.of(varied, self._reach(mean, lows, highs), self.groups)

    def less_others(
        self, others: Part, values: FloatArray, lows: FloatArray, highs: FloatArray
    ) -> SampledMean:
        """Its mean less that of the ``others``, which are not inside.

        Two samples; one where groups have cases in both, whose means then depend on each other.
        """
        first, second = (part.sampled(values, lows, highs) for part in (self, others))
        if not self._shares_groups(others):
            return first.plus(second.mirrored())
        gap, n = first.mean - second.mean, len(self.inside)
        varied = np.full(n, gap)
        ends = [gap]
        for part, sign in ((self, 1.0), (others, -1.0)):
            factor, mean = sign * n / int(part.inside.sum()), part.mean(values)
            varied[part.inside] += factor * part.weights * (values[part.inside] - mean)
            ends += [gap + factor * (end - mean) for end in part._reach(mean, lows, highs)]
        return SampledMean.of(varied, (min(ends), max(ends)), self.cases.groups)

    def _reach(self, mean: float, lows: FloatArray, highs: FloatArray) -> tuple[float, float]:
        there = np.unique(self.cases.y)
        of_class = self.cases.weights[there] / self.cases.weights[self.cases.y[self.inside]].mean()
        return (
            mean + float((of_class * (lows[there] - mean)).min()),
            mean + float((of_class * (highs[there] - mean)).max()),
        )

    def _shares_groups(self, others: Part) -> bool:
        return (
            self.groups is not None
            and others.groups is not None
            and bool(len(np.intersect1d(self.groups, others.groups)))
        )
