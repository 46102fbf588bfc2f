"""What a sweep shows: dollars of every model along the axis, which one to use where, break-evens.

Models are chosen on the validation part alone; the test part shows what the choice brought.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from framework.core.bootstrap import mean_interval, mean_replicates, paired_difference
from framework.core.break_even import (
    FloatArray,
    Lines,
    break_even,
    break_even_interval,
    cheapest,
    envelope,
)
from framework.core.cost_matrix import CostMatrix
from framework.core.evaluation import case_costs
from framework.sweep.axis import Axis
from framework.sweep.models import CONSTANT, EQUAL, MOVED, TRAINED, SweepModel

REPLICATES = 2_000
LEVEL = (0.025, 0.975)


@dataclass(frozen=True, eq=False)
class Part:
    """Cases all models decided: truths (n,), decisions (K, n), cost columns, groups of cases."""

    y: np.ndarray
    decisions: np.ndarray
    columns: dict[str, np.ndarray]
    groups: np.ndarray | None

    def lines(self, axis: Axis, judge: CostMatrix) -> Lines:
        at_zero, at_one = (
            axis.matrix(judge, value).dollar_costs(self.columns) for value in (0.0, 1.0)
        )
        return Lines.of(self.y, self.decisions, at_zero, at_one)

    def dollars(self, judge: CostMatrix) -> FloatArray:
        """Of every case and model at the costs of ``judge`` itself, (n, K)."""
        costs = judge.dollar_costs(self.columns)
        return np.stack([-case_costs(self.y, made, costs) for made in self.decisions], axis=1)

    def oracle(self, judge: CostMatrix) -> FloatArray:
        """Dollars (n,) of the best decision for every case."""
        costs = judge.dollar_costs(self.columns)
        of_cases = costs[np.arange(len(self.y)), self.y] if costs.ndim == 3 else costs[self.y]
        best: FloatArray = -of_cases.min(axis=1)
        return best


@dataclass(frozen=True, eq=False)
class Analysis:
    """Of K models along an axis, judged by ``judge`` with the axis at every one of its values."""

    models: Sequence[SweepModel]
    axis: Axis
    judge: CostMatrix
    validation: Part
    test: Part

    @cached_property
    def lines(self) -> dict[str, Lines]:
        return {
            "validation": self.validation.lines(self.axis, self.judge),
            "test": self.test.lines(self.axis, self.judge),
        }

    @cached_property
    def now(self) -> int:
        """The model that is recommended at the costs of ``judge`` itself."""
        return cheapest(self.validation.dollars(self.judge).mean(axis=0))

    @cached_property
    def _replicates(self) -> tuple[FloatArray, FloatArray]:
        """Constants and slopes of the models on resampled test cases, (replicates, K) each."""
        lines = self.lines["test"]
        drawn = mean_replicates(
            np.concatenate([lines.constant, lines.slope], axis=1),
            self.test.groups,
            replicates=REPLICATES,
        )
        return drawn[:, : len(self.models)], drawn[:, len(self.models) :]

    def segments(self) -> list[dict[str, Any]]:
        """Which model is recommended from where to where."""
        constant, slope = self.lines["validation"].means
        values = self.axis.values
        return [
            {"low": segment.low, "high": segment.high, "model": self.models[segment.model].name}
            for segment in envelope(constant, slope, values[0], values[-1])
        ]

    def ways(self) -> dict[str, list[dict[str, Any]]]:
        """Test dollars at every value, of the recommended model and of what it competes with."""
        numbers = self._numbers()
        return {
            way: [
                {"model": self.models[k].name, **told}
                for k, told in zip(chosen, self._told(chosen), strict=True)
            ]
            for way, chosen in numbers.items()
        }

    def training_against_moving(self) -> list[dict[str, Any]]:
        """Test dollars of training with costs minus those of moving the decision alone, paired."""
        numbers = self._numbers()
        return self._told(numbers[TRAINED], numbers[MOVED])

    def present(self) -> list[dict[str, Any]]:
        """The same at the costs of ``judge`` itself, with the paired saving against no model."""
        chosen = self._present
        test, groups = self.test.dollars(self.judge), self.test.groups
        constant = test[:, chosen[CONSTANT]]
        found = []
        for way, k in chosen.items():
            interval = mean_interval(test[:, k], groups)
            saved = paired_difference(test[:, k], constant, groups)
            found.append(
                {
                    "way": way,
                    "model": self.models[k].name,
                    "dollars_per_case": interval.mean,
                    "interval": [interval.low, interval.high],
                    "saved_against_constant": saved.interval.mean,
                    "saved_interval": [saved.interval.low, saved.interval.high],
                    "probability_cheaper": saved.probability_cheaper,
                }
            )
        return found

    def present_break_evens(self) -> list[dict[str, Any]]:
        """Break-even points of the models that ``present`` tells of, on the test part."""
        numbers = dict.fromkeys(self._present.values())
        pairs = (self.break_even(i, j) for i, j in combinations(numbers, 2))
        return [pair for pair in pairs if pair is not None]

    def oracle(self) -> list[dict[str, Any]]:
        """Test dollars of a perfect oracle at every value, and what the recommended model falls short."""
        lines, found = self.lines["test"], []
        for value, k in zip(self.axis.values, self._numbers()["recommended"], strict=True):
            best = self.test.oracle(self.axis.matrix(self.judge, value))
            short = best - lines.constant[:, k] - lines.slope[:, k] * value
            told = mean_interval(short, self.test.groups, replicates=REPLICATES)
            found.append(
                {
                    "dollars_per_case": float(best.mean()),
                    "recommended_short_by": told.mean,
                    "interval": [told.low, told.high],
                }
            )
        return found

    def break_evens(self) -> list[dict[str, Any]]:
        """For every pair but the moved ones: above which value the first is the cheaper one."""
        kept = [k for k, model in enumerate(self.models) if model.family != MOVED]
        pairs = (self.break_even(i, j) for i, j in combinations(kept, 2))
        return [pair for pair in pairs if pair is not None]

    def break_even(self, i: int, j: int) -> dict[str, Any] | None:
        """On the test part, with its interval; None where the two always cost the same apart."""
        constant, slope = self.lines["test"].means
        if slope[i] < slope[j]:
            i, j = j, i
        at = break_even((constant[i], slope[i]), (constant[j], slope[j]))
        if at is None:
            return None
        constants, slopes = self._replicates
        low, high = break_even_interval(
            constants[:, i] - constants[:, j], slopes[:, i] - slopes[:, j]
        )
        return {
            "above": self.models[i].name,
            "below": self.models[j].name,
            "at": at,
            "interval": [_finite(low), _finite(high)],
        }

    @cached_property
    def _present(self) -> dict[str, int]:
        """Per way, the model that validation prefers at the costs of ``judge`` itself."""
        dollars = self.validation.dollars(self.judge).mean(axis=0)
        return {"recommended": self.now} | {
            family: among[cheapest(dollars[among])] for family, among in self._families.items()
        }

    @property
    def _families(self) -> dict[str, list[int]]:
        return {
            family: [k for k, model in enumerate(self.models) if model.family == family]
            for family in (CONSTANT, EQUAL, MOVED, TRAINED)
        }

    def _numbers(self) -> dict[str, list[int]]:
        """Per way, the model it uses at every value: chosen on validation."""
        constant, slope = self.lines["validation"].means
        dollars = constant[:, None] + slope[:, None] * self.axis.values
        of = self._families

        def best(among: list[int]) -> list[int]:
            return [among[cheapest(column)] for column in dollars[among].T]

        return {
            "recommended": best(list(range(len(self.models)))),
            TRAINED: best(of[TRAINED]),
            "trained at this value": of[TRAINED],
            MOVED: of[MOVED],
            EQUAL: of[EQUAL] * len(self.axis.values),
            CONSTANT: best(of[CONSTANT]),
        }

    def _told(self, first: list[int], second: list[int] | None = None) -> list[dict[str, Any]]:
        """Test dollars per case at every value, or those of a paired difference, with intervals."""
        constant, slope = self.lines["test"].means
        constants, slopes = self._replicates
        values = self.axis.values
        dollars = constant[first] + slope[first] * values
        drawn = constants[:, first] + slopes[:, first] * values
        if second is not None:
            dollars = dollars - constant[second] - slope[second] * values
            drawn = drawn - constants[:, second] - slopes[:, second] * values
        low, high = np.quantile(drawn, LEVEL, axis=0)
        return [
            {"dollars_per_case": float(mean), "interval": [float(a), float(b)]}
            for mean, a, b in zip(dollars, low, high, strict=True)
        ]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
