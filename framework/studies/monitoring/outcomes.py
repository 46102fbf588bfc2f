"""Outcomes that come late, partly, and more than once, joined with decisions by their ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.cases.table import DATES, Table, as_text
from framework.core.errors import DataError
from framework.core.frames import lacks
from framework.core.labels import label_name
from framework.core.monitoring.decided_cases import UNKNOWN
from framework.core.words import plural, quoted
from framework.data.reading import read_table
from framework.studies.monitoring.decisions import EPOCH, day_of

ID, TIME = "id", "time"


@dataclass(frozen=True, eq=False)
class Joined:
    """Of n decisions: truths (n,), -1 unknown; when they came, in days, NaN unknown; further columns (n,).

    ``unmatched`` outcomes have no decision, ``conflicts`` ids came with several outcomes: the last is taken.
    """

    y: IntArray
    known_on: FloatArray
    columns: Mapping[str, FloatArray]
    unmatched: int = 0
    conflicts: tuple[str, ...] = ()

    def notes(self) -> list[str]:
        told = []
        if self.conflicts:
            told.append(
                f"{plural(len(self.conflicts), 'case')} came with outcomes that contradict each other "
                f"({quoted(self.conflicts[0])}, say): the last of each is taken"
            )
        if self.unmatched:
            told.append(
                f"{plural(self.unmatched, 'outcome')} belong to no decision that was logged"
            )
        return told


def no_outcomes(n: int) -> Joined:
    return Joined(np.full(n, UNKNOWN), np.full(n, np.nan), {})


def read_outcomes(
    path: Path,
    outcome: str,
    ids: Sequence[str],
    labels: Sequence[str],
    columns: Sequence[str] = (),
) -> Joined:
    """The outcomes in a table, joined with the decisions ``ids`` (n).

    Parameters
    ----------
    path : Path
        A table with the columns "id" and ``outcome``, and perhaps "time": when the outcome came. What comes
        later, by its time or its place, corrects what came before; an empty cell tells nothing yet.
    outcome : str
        The column of labels.
    ids, labels : sequences of str
    columns : sequence of str
        Numbers that costs depend on, known only afterwards.

    Raises
    ------
    DataError
        When a column is missing, an outcome is no label, or a time is none.
    """
    table = read_table(path, text=(ID, outcome, TIME))
    wanted = (ID, outcome, *columns)
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise DataError(f"{path} {lacks(missing, wanted, table.names)}; the outcomes: --outcome")
    try:
        return _joined(table, outcome, ids, labels, columns)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _joined(
    table: Table, outcome: str, ids: Sequence[str], labels: Sequence[str], columns: Sequence[str]
) -> Joined:
    place = {name: k for k, name in enumerate(ids)}
    index = {name: k for k, name in enumerate(labels)}
    told = as_text(table.columns[outcome]).tolist()
    days = _days(table)
    order = range(len(table)) if days is None else np.argsort(days, kind="stable").tolist()
    names = as_text(table.columns[ID]).tolist()
    found = no_outcomes(len(ids))
    rows = np.full(len(ids), -1)
    conflicts: dict[str, None] = {}
    unmatched = 0
    for row in order:
        if told[row] is None:
            continue
        label = label_name(told[row])
        if label not in index:
            raise DataError(
                f'case {row + 1}, "{outcome}": {quoted(label)} is no label; expected one of '
                f"{', '.join(labels)}"
            )
        k = place.get(str(names[row]))
        if k is None:
            unmatched += 1
            continue
        if found.y[k] not in (UNKNOWN, index[label]):
            conflicts[str(names[row])] = None
        if found.y[k] != index[label]:  # the first time that it is told
            found.known_on[k] = np.nan if days is None else days[row]
        found.y[k], rows[k] = index[label], row
    known = rows >= 0
    numbers = {name: np.zeros(len(ids)) for name in columns}
    for name, values in numbers.items():
        values[known] = table[rows[known]].numbers(name)
    return Joined(found.y, found.known_on, numbers, unmatched, tuple(conflicts))


def _days(table: Table) -> NDArray[Any] | None:
    if TIME not in table.columns:
        return None
    values = table.columns[TIME]
    if values.dtype == DATES:
        start = np.datetime64(EPOCH.replace(tzinfo=None))
        days: NDArray[Any] = (values - start) / np.timedelta64(1, "D")
    else:
        found = [day_of(text) for text in as_text(values).tolist()]
        days = np.array([np.nan if one is None else one for one in found])
    if np.isnan(days).any():
        row = int(np.isnan(days).argmax())
        raise DataError(
            f'case {row + 1}, "{TIME}": expected when the outcome came, as 2026-01-31 or '
            "2026-01-31T12:30:00Z"
        )
    return days
