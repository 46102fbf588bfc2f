"""The dollars that really came, week by week, beside those that a model promised.

- *Promised* is what the model's calibrated probabilities expect of each decision, or one figure for all.
- *Came* is what decisions cost by the truths that are known, with intervals.
- *Estimated* is the mean of all cases. Those without an outcome count as expected, at the shares of the
  classes that their week's probabilities tell. Where the server explores, with the odds of every decision
  logged, it is the doubly robust estimate of the rule's decisions, ``m_i + O_i / rho_i (x_i - m_i)``: ``m_i``
  what is expected, ``x_i`` what came, ``O_i`` whether an outcome is known, ``rho_i`` how probable that was
  (Dudik, Langford, Li, "Doubly Robust Policy Evaluation and Learning", ICML 2011). It is right where either
  the probabilities are, or the odds.
- The alarm is ``framework.core.monitoring.alarm``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import expected_costs, of_cases
from framework.core.costs.prevalence import moved
from framework.core.errors import DataError
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.prevalence_estimation import ShareEstimate, estimate_shares
from framework.core.monitoring.alarm import Alarm, alarm_of
from framework.core.monitoring.betting import LEVEL
from framework.core.monitoring.decided_cases import DecidedCases, Reference
from framework.core.monitoring.drift import Drift, drift_of, drift_of_counts
from framework.core.monitoring.weekly_figures import Figures, Week
from framework.core.uncertainty.intervals import FEWEST, Interval, mean_interval

DRAWS = 60  # of the bootstrap of a week's class mix


@dataclass(frozen=True, eq=False)
class Monitoring:
    """Figures of all cases and of every week that has one, and the alarm."""

    figures: Figures
    weeks: tuple[Week, ...]
    alarm: Alarm


def monitor_cases(
    cases: DecidedCases,
    reference: Reference | None = None,
    promise: float | None = None,
    level: float = LEVEL,
) -> Monitoring:
    """What came of ``cases``, beside what was promised.

    Parameters
    ----------
    cases : DecidedCases
    reference : Reference, optional
        What weeks are compared with; without it there is no class mix and no drift.
    promise : float, optional
        Dollars lost a case at most, one figure for all (default: what was stated of each case).
    level : float
        How often a promise that is kept raises an alarm, at most, however often it is looked at.

    Raises
    ------
    DataError
        When there are no cases, or a promise that no case can keep.
    """
    if not len(cases):
        raise DataError("there are no decisions to monitor")
    of_case, starts = cases.week_of()
    expected = cases.of(cases.expected, cases.planned)
    weeks = [(start, np.flatnonzero(of_case == k)) for k, start in enumerate(starts)]
    weeks = [(start, which) for start, which in weeks if len(which)]
    mixes: list[ShareEstimate | None] = [None] * len(weeks)
    if reference is not None:
        for k, (_, which) in enumerate(weeks):
            if (mix := _mix(cases, which, reference)) is not None:
                mixes[k], expected[which] = mix, _at_mix(cases, which, reference, mix)
    found = [
        Week(
            start,
            _figures(cases, which, promise, expected),
            mix,
            *_drifts(cases, which, reference),
        )
        for (start, which), mix in zip(weeks, mixes, strict=True)
    ]
    of_all = _figures(cases, np.arange(len(cases)), promise, expected)
    return Monitoring(of_all, tuple(found), alarm_of(cases, promise, level))


def _figures(
    cases: DecidedCases, which: IntArray, promise: float | None, expected: FloatArray
) -> Figures:
    """Of some cases (positions); ``expected`` (n,) is what those without an outcome count as."""
    known = which[cases.known[which]]
    promised = cases.promised if promise is None else np.full(len(cases), promise)
    explored = float(np.mean(_given_up(cases, which))) if cases.odds is not None else 0.0
    came = None
    if len(known):
        judged = JudgedCases(cases.y[known], of_cases(cases.costs, known))
        came = judged.interval(0.0 - cases.lost[known])
    return Figures(
        n=len(which),
        known=len(known),
        promised=0.0 - float(promised[which].mean()),
        promised_of_known=0.0 - float(promised[known if len(known) else which].mean()),
        came=came,
        estimate=_estimate(cases, which, expected[which]),
        explored=explored,
    )


def _given_up(cases: DecidedCases, which: IntArray) -> FloatArray:
    """Dollars (negative = a loss) that exploring is expected to bring beside the rule's decisions."""
    assert cases.odds is not None
    expected = cases.expected[which]
    tried = (cases.odds[which] * expected).sum(axis=1)
    result: FloatArray = cases.of(cases.expected, cases.planned)[which] - tried
    return result


def _estimate(cases: DecidedCases, which: IntArray, expected: FloatArray) -> Interval:
    known = cases.known[which]
    if cases.odds is None:
        values = np.where(known, cases.lost[which], expected)
        return Interval(0.0 - float(values.mean()), None, None, None, len(which))
    told = cases.telling[cases.decisions[which]]
    so_far = known.sum() / max(told.sum(), 1)  # of those that will be known, who is known already
    chance = cases.chance_to_know[which] * so_far
    lost = np.where(known, cases.cost_of(cases.planned)[which], expected)
    weight = np.divide(1.0, chance, out=np.zeros(len(which)), where=known & (chance > 0))
    values = 0.0 - (expected + weight * (lost - expected))
    if known.sum() < FEWEST:
        return Interval(float(values.mean()), None, None, None, len(which))
    span = float(cases.costs.max() - cases.costs.min()) * max(float(weight.max()), 1.0)
    return mean_interval(values, (float(values.mean()) - span, float(values.mean()) + span))


def _mix(cases: DecidedCases, which: IntArray, reference: Reference) -> ShareEstimate | None:
    if len(which) < FEWEST or len(reference.y) < FEWEST:
        return None
    stated = reference.own(cases.probabilities[which])
    return estimate_shares(
        stated, reference.own(reference.probabilities), reference.y, reference.groups, DRAWS
    )


def _at_mix(
    cases: DecidedCases, which: IntArray, reference: Reference, mix: ShareEstimate
) -> FloatArray:
    """Expected costs of the rule's decisions where classes have the shares of their week."""
    there = moved(reference.own(cases.probabilities[which]), reference.shares(), mix.shares)
    expected = expected_costs(there, of_cases(cases.known_before, which))
    result: FloatArray = expected[np.arange(len(which)), cases.planned[which]]
    return result


def _drifts(
    cases: DecidedCases, which: IntArray, reference: Reference | None
) -> tuple[Drift | None, Drift | None]:
    if reference is None:
        return None, None
    actions = cases.expected.shape[1]
    counts = [
        np.bincount(part, minlength=actions) for part in (reference.decisions, cases.planned[which])
    ]
    now = cases.of(cases.expected, cases.planned)[which]
    return drift_of(reference.expected, now), drift_of_counts(*counts)
