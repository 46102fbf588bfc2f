"""``monitor``: of any model's decisions, what came of them beside what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.case_costs import expected_costs
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import DataError
from framework.core.evaluation.case_columns import case_columns
from framework.core.evaluation.outcomes import decided, labels_of, positions, probabilities_of
from framework.core.monitoring.betting import LEVEL
from framework.core.monitoring.decided_cases import UNKNOWN, DecidedCases, Reference
from framework.core.monitoring.monitored import Monitored
from framework.core.monitoring.weekly import monitor_cases
from framework.core.words import currency

NANOSECONDS_A_DAY = 86_400 * 10**9


class MonitoredDecisions(Monitored):
    """What ``monitor`` found out: ``alarm``, ``weeks``, ``figures``; printed, in sentences."""

    def __repr__(self) -> str:
        with currency(*self.currency):
            return "\n".join(self.sentences())


def monitor(
    y_true: Any,
    probabilities: Any,
    decisions: Any = None,
    *,
    times: Any,
    cost_matrix: Any,
    labels: Sequence[Any] | None = None,
    columns: Any = None,
    reference: tuple[Any, Any] | None = None,
    promise: float | None = None,
    level: float = LEVEL,
) -> MonitoredDecisions:
    """The dollars that came, week by week, beside those promised, and an alarm that may be looked at daily.

    Parameters
    ----------
    y_true : array (n,)
        Labels; None or NaN where no outcome is known (yet).
    probabilities : as in ``evaluate``
        As they were when deciding; calibrated ones.
    decisions : array (n,), optional
        Labels, actions or "refer" (default: those of least expected cost).
    times : array (n,) of datetime64, datetimes or ISO texts
        When each case was decided (UTC).
    cost_matrix, labels, columns
        As in ``evaluate``.
    reference : (y_true, probabilities), optional
        Of cases that weeks are compared with, such as a test part: tells drift and the class mix. With
        costs of the case, class mix alone.
    promise : float, optional
        Dollars lost a case at most, one figure for all (default: what the probabilities state of each).
    level : float
        How often a promise that is kept raises an alarm, at most, however often it is looked at.

    Raises
    ------
    DataError
        When arrays do not fit each other, or hold what they should not.

    Notes
    -----
    See ``framework.core.monitoring.betting`` and docs/monitor.md, also for how often it raises a false alarm.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> p = rng.beta(1, 4, 4000)
    >>> y = np.where(rng.random(4000) < np.where(np.arange(4000) < 1400, p, 0.2), "bad", "good")
    >>> times = np.datetime64("2026-01-05") + np.arange(4000) // 100
    >>> costs = {"good": {"bad": 1}, "bad": {"good": 5}}
    >>> found = monitor(y, 1 - p, times=times, cost_matrix=costs, labels=["bad", "good"])
    >>> print(found)
    Alarm since 2026-01-19: −$0.73 a case came, −$0.51 was promised; at least $0.14 a case more is lost ...

    That is when, after two weeks, the probabilities have nothing to do with the truth any more.
    """
    names = labels_of(cost_matrix, _known(y_true)) if labels is None else list(labels)
    matrix = CostMatrix.of(cost_matrix, names)
    p, days = probabilities_of(probabilities, names), _days(times)
    y = _truths(y_true, matrix)
    costs = matrix.dollar_costs(case_columns(matrix.columns, len(p), columns))
    taken = expected_costs(p, costs).argmin(axis=1)
    if decisions is not None:
        taken = decided(decisions, matrix, costs, "decisions")
    if not len(p) == len(y) == len(days) == len(taken):
        raise DataError(
            "expected a truth, probabilities, a decision and a time for each case: received "
            f"{len(y)}, {len(p)}, {len(taken)} and {len(days)}"
        )
    cases = DecidedCases(p, taken, costs, days, y, np.full(len(y), np.nan))
    compared = None if reference is None else _reference(reference, names, matrix, costs)
    found = monitor_cases(cases, compared, promise, level)
    return MonitoredDecisions.of(found, cases, matrix, compared)


def _known(y_true: Any) -> list[Any] | None:
    values = [value for value in np.asarray(y_true, dtype=object) if not _missing(value)]
    return values or None


def _missing(value: Any) -> bool:
    return value is None or value != value


def _truths(y_true: Any, matrix: CostMatrix) -> Any:
    values = np.asarray(y_true, dtype=object)
    known = np.array([not _missing(value) for value in values], dtype=bool)
    y = np.full(len(values), UNKNOWN)
    if known.any():
        y[known] = positions(values[known], matrix.labels, "y_true")
    return y


def _days(times: Any) -> FloatArray:
    try:
        stamps = np.asarray(times, dtype="datetime64[ns]")
    except (TypeError, ValueError):
        raise DataError(
            "times: expected datetimes, or texts as 2026-01-31 or 2026-01-31T12:30, one a case"
        ) from None
    if stamps.ndim != 1 or np.isnat(stamps).any():
        raise DataError("times: expected a time for each case, (n,), none of them missing")
    days: FloatArray = stamps.astype(np.int64) / NANOSECONDS_A_DAY
    return days


def _reference(
    given: tuple[Any, Any], names: list[Any], matrix: CostMatrix, costs: FloatArray
) -> Reference:
    y, p = positions(given[0], matrix.labels, "reference"), probabilities_of(given[1], names)
    if len(y) != len(p):
        raise DataError(
            f"reference: expected as many truths as probabilities: received {len(y)} and {len(p)}"
        )
    # Of costs of the case, those of a mean case: the reference has no columns.
    expected = expected_costs(p, costs if costs.ndim == 2 else costs.mean(axis=0))
    taken = expected.argmin(axis=1)
    return Reference(p, y, taken, expected[np.arange(len(y)), taken])
