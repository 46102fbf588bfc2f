"""The alarm: whether more is lost than was promised, by bets against the promise (see ``betting``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import costs_of_decisions
from framework.core.errors import DataError
from framework.core.monitoring.betting import LEVEL, Bets, least_excess, log_wealth, scale_of
from framework.core.monitoring.decided_cases import DecidedCases, date_of


@dataclass(frozen=True, eq=False)
class Alarm:
    """Whether more is lost than was promised, as sure as ``level`` says, however often it is looked at.

    ``log_wealth`` (L,) is the logarithm of a bettor's wealth at the end of each of the days ``looks``;
    ``raised`` is the first at which it reached ``1 / level``, or None. ``at_least`` so many dollars a case
    more are lost, over all known cases (a confidence sequence of ``1 - level``).
    """

    level: float
    looks: tuple[str, ...]
    log_wealth: FloatArray
    raised: str | None
    at_least: float

    def to_json(self) -> dict[str, Any]:
        return {
            "raised": self.raised is not None,
            "since": self.raised,
            "level": self.level,
            "at_least_dollars_per_case_more_lost": self.at_least,
            "looks": list(self.looks),
            "log_wealth": self.log_wealth.tolist(),
        }


def alarm_of(cases: DecidedCases, promise: float | None = None, level: float = LEVEL) -> Alarm:
    """Whether more is lost than was promised of each case, or than the ``promise``, dollars lost a case."""
    weeks, _ = cases.week_of()
    known = np.flatnonzero(cases.known)
    if not len(known):
        return Alarm(level, (), np.zeros(0), None, 0.0)
    bets = _stated(cases, known) if promise is None else _one_figure(cases, known, promise)
    days = np.floor(np.where(np.isnan(cases.known_on), cases.days, cases.known_on))[known]
    looks, look = np.unique(days, return_inverse=True)
    wealth = log_wealth(bets.log_factors(), weeks[known], look, len(looks))
    dates = tuple(map(date_of, looks.tolist()))
    reached = np.flatnonzero(wealth >= -np.log(level))
    raised = dates[reached[0]] if len(reached) else None
    return Alarm(level, dates, wealth, raised, least_excess(bets, level))


def _stated(cases: DecidedCases, known: IntArray) -> Bets:
    """Against what the model stated of each case."""
    by_truth = costs_of_decisions(cases.decisions, cases.known_before)
    # What is known only afterwards may be less than was supposed, but not less than the least there is.
    lowest = np.minimum(
        by_truth.min(axis=1), costs_of_decisions(cases.decisions, cases.costs).min(axis=1)
    )
    squares = (cases.probabilities * (by_truth - lowest[:, None]) ** 2).sum(axis=1)
    above, early = cases.promised - lowest, np.argsort(cases.days, kind="stable")
    scale = scale_of(above[early], squares[early])
    return Bets((cases.lost - cases.promised)[known], -above[known], scale)


def _one_figure(cases: DecidedCases, known: IntArray, promise: float) -> Bets:
    """Against one figure for all; known cases stand for those that had the same chance to be known."""
    lowest = float(cases.costs.min())
    if promise < lowest:
        raise DataError(
            f"promise: {promise:g} dollars lost a case is less than any case can cost ({lowest:g})"
        )
    weight, lost = np.ones(len(known)), cases.lost[known]
    if cases.odds is not None:
        weight, lost = 1 / cases.chance_to_know[known], cases.cost_of(cases.planned)[known]
    heaviest = float(weight.max())
    by_truth = costs_of_decisions(cases.planned, cases.known_before)
    squares = (cases.probabilities * (by_truth - lowest) ** 2).sum(axis=1)
    above = np.maximum(cases.of(cases.expected, cases.planned) - lowest, 0.0)
    early = np.argsort(cases.days, kind="stable")
    scale = scale_of(above[early], squares[early]) / heaviest
    least = np.full(len(known), heaviest * (lowest - promise))
    return Bets(weight * (lost - promise), least, scale)
