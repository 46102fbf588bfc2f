"""What a sweep shows: dollars of every model along the axis, which one to use where, break-evens.

Models are chosen on the validation part alone; the test part shows what the choice brought.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.uncertainty.intervals import (
    Difference,
    mean_interval,
    not_excluded,
    paired_difference,
    reach,
    support,
)
from framework.core.uncertainty.multiple_comparisons import beyond_chance
from framework.core.words import money
from framework.studies.sweeping.axis import Axis
from framework.studies.sweeping.break_even import (
    Lines,
    break_even,
    break_even_interval,
    cheapest,
    envelope,
    reach_along,
)
from framework.studies.sweeping.models import CONSTANT, EQUAL, MOVED, TRAINED, SweepModel
from framework.studies.sweeping.part import Part
from framework.studies.sweeping.recommending import recommended


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
        dearest = reach(self.judge.dollar_costs(self.validation.columns))
        dollars = self.validation.dollars(self.judge)
        present = self.axis.present(self.judge)
        return recommended(self.models, present, dollars, dearest, self.validation.groups)

    def segments(self) -> list[dict[str, Any]]:
        """Which model lost least on validation, from where to where."""
        constant, slope = self.lines["validation"].means
        values = self.axis.values
        return [
            {"low": segment.low, "high": segment.high, "model": self.models[segment.model].name}
            for segment in envelope(constant, slope, values[0], values[-1])
        ]

    def ways(self) -> dict[str, list[dict[str, Any]]]:
        """Test dollars at every value, of the recommended model and of what it competes with."""
        return {
            way: [
                {"model": self.models[k].name, **self._told(at, k)} for at, k in enumerate(chosen)
            ]
            for way, chosen in self._numbers.items()
        }

    def training_against_moving(self) -> list[dict[str, Any]]:
        """Test dollars of training with costs minus those of moving the decision alone, paired.

        ``beyond_chance`` is 1 where training is the cheaper one, -1 where it is the dearer one and
        0 where the cases cannot tell, corrected for the number of values looked at.
        """
        lines, found = self.lines["test"], []
        numbers = zip(self.axis.values, self._numbers[TRAINED], self._numbers[MOVED], strict=True)
        for value, first, second in numbers:
            dollars = lines.constant + lines.slope * value
            found.append(self._paired(dollars[:, first], dollars[:, second], self._reach(value)))
        told = zip(found, beyond_chance(found), strict=True)
        return [
            {
                "dollars_per_case": difference.interval.mean,
                "interval": difference.interval.to_json(),
                "probability_cheaper": difference.probability_cheaper,
                "beyond_chance": said,
            }
            for difference, said in told
        ]

    def present(self) -> list[dict[str, Any]]:
        """The same at the costs of ``judge`` itself, with the paired saving against no model."""
        chosen = self._present
        test, groups = self.test.dollars(self.judge), self.test.groups
        costs = self.judge.dollar_costs(self.test.columns)
        constant = test[:, chosen[CONSTANT]]
        found = []
        for way, k in chosen.items():
            interval = mean_interval(test[:, k], support(costs), groups)
            saved = self._paired(test[:, k], constant, reach(costs))
            found.append(
                {
                    "way": way,
                    "model": self.models[k].name,
                    "dollars_per_case": interval.mean,
                    "interval": interval.to_json(),
                    "not_excluded": not_excluded(interval, test[:, k], support(costs), money),
                    "saved_against_constant": saved.interval.mean,
                    "saved_interval": saved.interval.to_json(),
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
        for value, k in zip(self.axis.values, self._numbers["recommended"], strict=True):
            best = self.test.oracle(self.axis.matrix(self.judge, value))
            short = best - lines.constant[:, k] - lines.slope[:, k] * value
            told = mean_interval(short, (0.0, self._reach(value)), self.test.groups)
            found.append(
                {
                    "dollars_per_case": float(best.mean()),
                    "recommended_short_by": told.mean,
                    "interval": told.to_json(),
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
        lines = self.lines["test"]
        constant, slope = lines.means
        if slope[i] < slope[j]:
            i, j = j, i
        at = break_even((constant[i], slope[i]), (constant[j], slope[j]))
        if at is None:
            return None
        ends = break_even_interval(
            lines.constant[:, i] - lines.constant[:, j],
            lines.slope[:, i] - lines.slope[:, j],
            self._reach,
            self.test.groups,
        )
        return {
            "above": self.models[i].name,
            "below": self.models[j].name,
            "at": at,
            "interval": None if ends is None else [_finite(end) for end in ends],
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

    @cached_property
    def _numbers(self) -> dict[str, list[int]]:
        """Per way, the model it uses at every value: chosen on validation."""
        part, lines = self.validation, self.lines["validation"]
        constant, slope = lines.means
        dollars = constant[:, None] + slope[:, None] * self.axis.values
        of, farthest = self._families, reach_along(*part.ends(self.axis, self.judge))

        def best(among: list[int]) -> list[int]:
            return [among[cheapest(column)] for column in dollars[among].T]

        def steady(value: float) -> int:
            of_cases = lines.constant + lines.slope * value
            return recommended(self.models, value, of_cases, farthest(value), part.groups)

        return {
            "recommended": [steady(value) for value in self.axis.values],
            TRAINED: best(of[TRAINED]),
            "trained at this value": of[TRAINED],
            MOVED: of[MOVED],
            EQUAL: of[EQUAL] * len(self.axis.values),
            CONSTANT: best(of[CONSTANT]),
        }

    @cached_property
    def _reach(self) -> Callable[[float], float]:
        """The most that two decisions on one test case can differ by, at a value of the axis."""
        return reach_along(*self.test.ends(self.axis, self.judge))

    def _paired(self, first: FloatArray, second: FloatArray, most: float) -> Difference:
        return paired_difference(first, second, most, self.test.groups)

    def _told(self, at: int, k: int) -> dict[str, Any]:
        """Test dollars per case of a model at one of the values, with their interval."""
        lines, value = self.lines["test"], self.axis.values[at]
        told = mean_interval(
            lines.constant[:, k] + lines.slope[:, k] * value, self._supports[at], self.test.groups
        )
        return {"dollars_per_case": told.mean, "interval": told.to_json()}

    @cached_property
    def _supports(self) -> list[tuple[float, float]]:
        """What a test case can bring, at every value."""
        at_zero, at_one = self.test.ends(self.axis, self.judge)
        return [support(at_zero + (at_one - at_zero) * value) for value in self.axis.values]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
