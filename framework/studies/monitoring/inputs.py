"""Drift of the cases' own columns, week by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import IntArray
from framework.core.cases.table import DATES, Table, as_text
from framework.core.errors import DataError
from framework.core.monitoring.drift import Drift, drift_of
from framework.data.reading import read_table
from framework.studies.monitoring.decisions import Decision

ID = "id"
FEWEST = 20  # cases of a week, to be compared


@dataclass(frozen=True, eq=False)
class InputDrift:
    """By column, the drift of every week; None of a week that is not compared.

    ``against`` says what with.
    """

    against: str
    columns: Mapping[str, tuple[Drift | None, ...]]

    def to_json(self) -> dict[str, Any]:
        return {
            "against": self.against,
            "columns": {
                name: [
                    None if one is None else {"moved": one.moved, "p_value": one.p_value}
                    for one in drifts
                ]
                for name, drifts in self.columns.items()
            },
        }


def input_drift(
    cases: Sequence[Decision],
    week: IntArray,
    given: Path | None,
    reference: Path | None,
) -> InputDrift | None:
    """Of the columns of ``cases``, decided in a ``week`` (n,) each.

    ``given`` is a table of inputs with their "id" (default: those that were captured), ``reference`` one of
    cases to compare with, such as the training table (default: the first week). None where no inputs are
    told.

    Raises
    ------
    DataError
        When a table cannot be read, or the two have no column in common.
    """
    table, rows = (_captured(cases) if given is None else _given(cases, given)) or (None, None)
    if table is None or rows is None:
        if reference is not None:
            raise DataError(
                f"{reference}: there are no inputs to compare it with; give them with --inputs"
            )
        return None
    weeks = [rows[week[rows[:, 0]] == number, 1] for number in range(int(week.max()) + 1)]
    start = 0
    if reference is None:
        start = next((k for k, one in enumerate(weeks) if len(one) >= FEWEST), len(weeks))
        if start == len(weeks):
            return None
        before, against, start = table[weeks[start]], "the first week", start + 1
    else:
        before, against = read_table(reference), str(reference)
    names = [name for name in before.names if name in table.columns and name != ID]
    if not names:
        raise DataError(
            f"{reference}: its columns are {', '.join(before.names[:5])}; none of them is among the inputs"
        )
    found = {}
    for name in names:
        old, new = _alike(before, table, name)
        drifts: list[Drift | None] = [None] * len(weeks)
        for k in range(start, len(weeks)):
            if len(weeks[k]) >= FEWEST:
                drifts[k] = drift_of(old, new[weeks[k]])
        found[name] = tuple(drifts)
    return InputDrift(against, found)


def _given(cases: Sequence[Decision], path: Path) -> tuple[Table, Any] | None:
    table = read_table(path, text=(ID,))
    if ID not in table.columns:
        raise DataError(f'{path}: expected a column "{ID}", as in the decisions')
    place = {case.id: k for k, case in enumerate(cases)}
    names = as_text(table.columns[ID]).tolist()
    rows = [(place[name], row) for row, name in enumerate(names) if name in place]
    if not rows:
        raise DataError(f"{path}: none of its ids is among the decisions")
    return table, np.array(rows)


def _captured(cases: Sequence[Decision]) -> tuple[Table, Any] | None:
    told = [k for k, case in enumerate(cases) if case.inputs]
    if not told:
        return None
    keys = dict.fromkeys(key for k in told for key in (cases[k].inputs or {}))
    table = Table.of_objects(
        {key: [_plain((cases[k].inputs or {}).get(key)) for k in told] for key in keys}
    )
    return table, np.column_stack([told, np.arange(len(told))])


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _alike(before: Table, now: Table, name: str) -> tuple[Any, Any]:
    """A column of both: numbers, or else texts."""
    pair = [before.columns[name], now.columns[name]]
    if all(values.dtype.kind == "f" for values in pair):
        return pair[0], pair[1]
    if all(values.dtype == DATES for values in pair):
        days = [values.astype("datetime64[D]").astype(np.float64) for values in pair]
        return days[0], days[1]
    texts = [np.array([str(one) for one in as_text(values).tolist()]) for values in pair]
    return texts[0], texts[1]
