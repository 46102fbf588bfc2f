"""``monitor_run``: what came of the decisions of a run's model, beside what it promised."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import ConfigError, DataError
from framework.core.evaluation.outcomes import OFF
from framework.core.evaluation.promise import Promise
from framework.core.monitoring.betting import LEVEL
from framework.core.monitoring.decided_cases import DecidedCases, Reference
from framework.core.monitoring.monitored import Monitored
from framework.core.monitoring.weekly import monitor_cases
from framework.core.shown import short
from framework.core.words import plural
from framework.experiment.stored_runs.run_data import ModelData, RunData
from framework.experiment.stored_runs.stored_run import read_run
from framework.studies.monitoring.decisions import Decision, read_decisions
from framework.studies.monitoring.inputs import InputDrift, input_drift
from framework.studies.monitoring.outcomes import Joined, no_outcomes, read_outcomes


@dataclass(frozen=True)
class Asked:
    """What is monitored, and how.

    Parameters
    ----------
    decisions : Path
        What fw serve --decisions wrote, or SageMaker's data capture: a file, or a folder.
    outcomes : Path, optional
        A table with "id", ``outcome`` and perhaps "time".
    outcome : str
        The column of labels.
    model : str, optional
        Of the run (default: the served one).
    promise : str or float, optional
        Dollars lost a case at most, one figure for all (default: what was stated of each case).
    wait : float
        Days after which an outcome counts, so that those which come early are not counted alone.
    level : float
        How often a promise that is kept raises an alarm, at most.
    inputs, reference : Path, optional
        Tables of the cases' own columns, and of cases to compare them with.
    """

    decisions: Path
    outcomes: Path | None = None
    outcome: str = "outcome"
    model: str | None = None
    promise: str | float | None = None
    wait: float = 0.0
    level: float = LEVEL
    inputs: Path | None = None
    reference: Path | None = None

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ConfigError(f"level: expected a share between 0 and 1, received {self.level:g}")
        if not 0 <= self.wait < 1e5:
            raise ConfigError(f"wait: expected days, 0 or more, received {self.wait:g}")


@dataclass(frozen=True, eq=False)
class MonitoredRun:
    """What was found of the decisions of ``model``; ``inputs`` is the drift of their own columns, if told."""

    model: str
    monitored: Monitored
    inputs: InputDrift | None

    def to_json(self) -> dict[str, Any]:
        """What ``fw monitor --json`` prints."""
        inputs = None if self.inputs is None else self.inputs.to_json()
        return {"model": self.model, **self.monitored.to_json(), "inputs": inputs}


def monitor_run(run_dir: Path, asked: Asked) -> MonitoredRun:
    """The dollars that came, week by week, beside those that a model of the run promised.

    Raises
    ------
    FrameworkError
        When the run, the decisions or the outcomes are not there, or do not fit each other.
    """
    run = read_run(run_dir)
    used = run.served_or(asked.model, run_dir)
    logged = read_decisions(asked.decisions, run.labels)
    told = tuple(case for case in logged.cases if not case.own_costs)
    if not told:
        raise DataError(f"{asked.decisions}: all cases were decided by cost matrices of requests")
    later = run.matrix.columns_known_afterwards
    joined = no_outcomes(len(told))
    if asked.outcomes is not None:
        ids = [case.id for case in told]
        joined = read_outcomes(asked.outcomes, asked.outcome, ids, run.labels, later)
    cases = _cases(run, told, joined, str(asked.decisions))
    cases, waiting = _waited(cases, asked.wait)
    notes = [*logged.notes(), *joined.notes(), *_notes(told, len(logged.cases) - len(told))]
    if waiting:
        notes.append(
            f"{plural(waiting, 'outcome')} of decisions of the last {asked.wait:g} days wait, so that what "
            "is known early does not count alone"
        )
    promise = None if asked.promise is None else Promise.of(asked.promise).most
    reference = _reference(run, used)
    found = monitor_cases(cases, reference, promise, asked.level)
    monitored = Monitored.of(found, cases, run.matrix, reference, tuple(notes))
    drift = input_drift(told, cases.week_of()[0], asked.inputs, asked.reference)
    if drift is not None:  # of the weeks that have a case
        weeks = np.unique(cases.week_of()[0])
        kept = {name: tuple(of[k] for k in weeks) for name, of in drift.columns.items()}
        drift = replace(drift, columns=kept)
    return MonitoredRun(used.name, monitored, drift)


def _cases(run: RunData, told: tuple[Decision, ...], joined: Joined, where: str) -> DecidedCases:
    index = {name: j for j, name in enumerate(run.decision_labels)}
    for case in told:
        for name in (case.decision, case.rule, *(case.odds or {})):
            if name is not None and name not in index:
                raise DataError(
                    f"{where}: case {case.id} was decided {short(name)}, which the run does not know; "
                    f"expected one of {', '.join(index)}"
                )
    decisions = np.array([index[case.decision] for case in told])
    columns = _columns(run.matrix, told, joined, where)
    known_before = {name: columns[name] for name in run.deciding.columns}
    explores = any(case.odds is not None for case in told)
    odds = np.zeros((len(told), len(index))) if explores else None
    rule = decisions.copy()
    for k, case in enumerate(told):
        if case.rule is not None:
            rule[k] = index[case.rule]
        for name, value in (case.odds or {case.decision: 1.0}).items():
            if odds is not None:
                odds[k, index[name]] = value
    later = run.matrix.columns_known_afterwards
    return DecidedCases(
        probabilities=_probabilities(run, told, where),
        decisions=decisions,
        costs=run.matrix.dollar_costs(columns),
        days=np.array([case.day for case in told]),
        y=joined.y,
        known_on=joined.known_on,
        expected_by=run.deciding.dollar_costs(known_before) if later else None,
        rule=rule if explores else None,
        odds=odds,
    )


def _probabilities(run: RunData, told: tuple[Decision, ...], where: str) -> FloatArray:
    found = np.empty((len(told), len(run.labels)))
    for k, case in enumerate(told):
        p = [case.probabilities.get(label) for label in run.labels]
        if None in p or len(case.probabilities) != len(p):
            raise DataError(
                f"{where}: case {case.id} has probabilities of {short(list(case.probabilities))}; expected "
                f"those of the run: {', '.join(run.labels)}"
            )
        found[k] = p
    if (found < 0).any() or (np.abs(found.sum(axis=1) - 1) > OFF).any():
        case = told[int(((found < 0).any(axis=1) | (np.abs(found.sum(axis=1) - 1) > OFF)).argmax())]
        raise DataError(f"{where}: the probabilities of case {case.id} do not sum to 1")
    return found


def _columns(
    matrix: CostMatrix, told: tuple[Decision, ...], joined: Joined, where: str
) -> dict[str, FloatArray]:
    """What costs depend on (n,): as logged, or known only with the outcomes."""
    found = dict(joined.columns)
    for name in matrix.columns:
        if name in matrix.columns_known_afterwards:
            found.setdefault(name, np.zeros(len(told)))
            continue
        values = [case.columns.get(name) for case in told]
        if None in values:
            case = told[values.index(None)]
            raise DataError(
                f'{where}: case {case.id} does not tell the column "{name}", which its costs depend on'
            )
        found[name] = np.array(values, dtype=np.float64)
    return found


def _waited(cases: DecidedCases, days: float) -> tuple[DecidedCases, int]:
    """Without the outcomes of the last days, and how many these are."""
    if not days:
        return cases, 0
    came = cases.known_on[cases.known & ~np.isnan(cases.known_on)]
    now = max(float(cases.days.max()), float(came.max()) if len(came) else -np.inf)
    young = cases.known & (cases.days + days > now)
    ripe = np.fmax(cases.known_on, cases.days + days)
    waited = replace(cases, y=np.where(young, -1, cases.y), known_on=ripe)
    return waited, int(young.sum())


def _notes(told: tuple[Decision, ...], own: int) -> list[str]:
    notes = []
    if own:
        notes.append(
            f"{plural(own, 'case')} were decided by a cost matrix of the request, and left out"
        )
    models = list(dict.fromkeys(case.model for case in told if case.model))
    if len(models) > 1:
        notes.append(f"the decisions are those of {len(models)} models: {', '.join(models[:5])}")
    return notes


def _reference(run: RunData, used: ModelData) -> Reference:
    """The run's test part: truths that no model has seen."""
    expected = -run.expected_dollars(used)[np.arange(len(run.y_true)), used.decisions]
    at = None if run.mix is None else run.mix.judged
    return Reference(used.stated, run.y_true, used.decisions, expected, run.groups, at)
