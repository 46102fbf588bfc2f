"""Decisions as they were logged, with what is known of them now; and cases to compare them with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import BoolArray, FloatArray, IntArray
from framework.core.case_costs import case_costs, expected_costs
from framework.core.costs.prevalence import moved, shares

MONDAY = 4  # days from the first of 1970, a Thursday, to a Monday
UNKNOWN = -1


@dataclass(frozen=True, eq=False)
class DecidedCases:
    """n cases as they were decided, and what is known of them now.

    Parameters
    ----------
    probabilities : array (n, N)
        Calibrated, as stated when deciding.
    decisions : array (n,)
        Indices of what was decided.
    costs : array (N, M) or (n, N, M)
        Dollars, positive = bad.
    days : array (n,)
        When each was decided, in days since 1970 (UTC).
    y : array (n,)
        Truths; -1 where none is known.
    known_on : array (n,)
        When the truth came, in days; NaN: when it was decided.
    expected_by : array, optional
        Costs as far as they were known when deciding (default: ``costs``).
    rule : array (n,), optional
        What would have been decided without exploring.
    odds : array (n, M), optional
        With which probability each decision was taken; without: the decision was certain.
    """

    probabilities: FloatArray
    decisions: IntArray
    costs: FloatArray
    days: FloatArray
    y: IntArray
    known_on: FloatArray
    expected_by: FloatArray | None = None
    rule: IntArray | None = None
    odds: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.y)

    @cached_property
    def known(self) -> BoolArray:
        result: BoolArray = self.y != UNKNOWN
        return result

    @cached_property
    def expected(self) -> FloatArray:
        """Expected costs (n, M) of every decision."""
        return expected_costs(self.probabilities, self.known_before)

    @property
    def known_before(self) -> FloatArray:
        """Costs as far as they were known when deciding."""
        return self.costs if self.expected_by is None else self.expected_by

    @property
    def planned(self) -> IntArray:
        return self.decisions if self.rule is None else self.rule

    @cached_property
    def promised(self) -> FloatArray:
        """Of the decisions that were taken: expected costs (n,)."""
        return self.of(self.expected, self.decisions)

    def of(self, costs: FloatArray, decisions: IntArray) -> FloatArray:
        result: FloatArray = costs[np.arange(len(self)), decisions]
        return result

    @cached_property
    def lost(self) -> FloatArray:
        """Costs (n,) of the decisions that were taken; NaN where no truth is known."""
        return self.cost_of(self.decisions)

    def cost_of(self, decisions: IntArray) -> FloatArray:
        found = case_costs(np.maximum(self.y, 0), decisions, self.costs)
        return np.where(self.known, found, np.nan)

    @cached_property
    def telling(self) -> BoolArray:
        """Whether an outcome ever came of each decision (M,)."""
        counts = np.bincount(self.decisions[self.known], minlength=self.expected.shape[1])
        result: BoolArray = counts > 0
        return result

    @cached_property
    def chance_to_know(self) -> FloatArray:
        """That a decision was taken which tells an outcome (n,)."""
        if self.odds is None:
            return self.telling[self.decisions].astype(np.float64)
        result: FloatArray = self.odds @ self.telling
        return result

    def week_of(self) -> tuple[IntArray, list[str]]:
        """Of each case (n,), counted from that of the first; and the Mondays they begin on."""
        week = np.floor((self.days - MONDAY) / 7).astype(np.int64)
        first = int(week.min())
        return week - first, [
            date_of(7 * one + MONDAY) for one in range(first, int(week.max()) + 1)
        ]


@dataclass(frozen=True, eq=False)
class Reference:
    """Cases with truths that new ones are compared with: a test part, or the first weeks.

    ``at`` are the shares (N,) that probabilities are stated at, if those are not the sample's own.
    """

    probabilities: FloatArray
    y: IntArray
    decisions: IntArray
    expected: FloatArray
    groups: NDArray[Any] | None = None
    at: FloatArray | None = None

    def shares(self) -> FloatArray:
        return shares(self.y, self.probabilities.shape[1])

    def own(self, probabilities: FloatArray) -> FloatArray:
        """Probabilities at the shares of these cases."""
        return probabilities if self.at is None else moved(probabilities, self.at, self.shares())


def date_of(days: float) -> str:
    """The ISO date of a number of days since 1970."""
    return (dt.date(1970, 1, 1) + dt.timedelta(days=int(days))).isoformat()
