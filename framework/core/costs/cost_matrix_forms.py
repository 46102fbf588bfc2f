"""A cost matrix as people have it in Python: numbers, a data frame, or mappings by label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from framework.core.costs.cost_matrix_cells import REFER, place
from framework.core.errors import CostMatrixError
from framework.core.frames import is_frame
from framework.core.labels import label_name
from framework.core.shown import listed


def is_bare(given: Any) -> bool:
    """Whether ``given`` is a table of numbers, whose rows have no names."""
    rows = given if isinstance(given, (list, tuple, np.ndarray)) else ()
    return len(rows) > 0 and all(isinstance(row, (list, tuple, np.ndarray)) for row in rows)


def in_file_format(
    given: Any,
    labels: Sequence[str] | None,
    name: str,
    actions: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The JSON object of the file format that ``given`` means: see ``CostMatrix.of``.

    Raises
    ------
    CostMatrixError
        For anything else, rows without names, or labels that differ between rows and columns.
    """
    if is_bare(given):
        return _of_numbers([list(row) for row in given], labels, name, actions)
    if is_frame(given):
        return _of_frame(given, name, actions)
    if isinstance(given, Mapping):
        if "labels" in given and not isinstance(given["labels"], Mapping):
            return {"name": name, **given}
        return _of_mapping(given, name, actions)
    raise CostMatrixError(
        "expected a cost matrix as a CostMatrix, an array (N, N), nested lists, a data frame, "
        f"{{true: {{decision: cost}}}}, or the path of a file; received {_short(given)}"
    )


def _of_numbers(
    rows: Sequence[Sequence[Any]],
    labels: Sequence[str] | None,
    name: str,
    actions: Sequence[str] | None,
) -> dict[str, Any]:
    if labels is None:
        raise CostMatrixError(
            "a cost matrix of bare numbers does not say whose costs they are; give labels= in the "
            "order of its rows, or a data frame or {true: {decision: cost}}"
        )
    if len(labels) != len(rows):
        raise CostMatrixError(
            f"a cost matrix of {len(rows)} rows without labels cannot be that of {len(labels)} "
            f"classes ({listed(labels)}); expected a row and a column for each (labels= says which)"
        )
    data = {"name": name, "labels": list(labels), "costs": rows}
    if actions is None:
        return data
    named = [action for action in actions if action != REFER]
    data = {"name": name, "labels": list(labels), "actions": named, "costs": rows}
    if len(named) < len(actions) and all(len(row) == len(actions) for row in rows):
        at = list(actions).index(REFER)
        data["costs"] = [[*row[:at], *row[at + 1 :]] for row in rows]
        data[REFER] = [row[at] for row in rows]
    return data


def _of_mapping(
    given: Mapping[Any, Any], name: str, actions: Sequence[str] | None
) -> dict[str, Any]:
    rows = {label_name(truth): row for truth, row in given.items()}
    for truth, row in rows.items():
        if not isinstance(row, Mapping):
            raise CostMatrixError(
                f'row "{truth}" (truth): expected {{decision: cost}}, received {_short(row)}'
            )
    named = {
        truth: {label_name(decision): cost for decision, cost in row.items()}
        for truth, row in rows.items()
    }
    return _of_cells(named, name, actions)


def _of_frame(frame: Any, name: str, actions: Sequence[str] | None) -> dict[str, Any]:
    columns = list(frame.columns)
    decisions = [label_name(column) for column in columns]
    values = [np.asarray(frame[column]).tolist() for column in columns]
    truths = [label_name(label) for label in getattr(frame, "index", ())]
    expected = set(truths) if actions is None else set(actions)
    if set(decisions) - {REFER} != expected - {REFER}:
        # Of polars, and as pandas reads a file: the labels are the first column.
        truths = [label_name(label) for label in values[0]] if values else []
        decisions, values = decisions[1:], values[1:]
    if len(set(truths)) != len(truths):
        raise CostMatrixError(f"rows of the data frame: {listed(truths)}; expected each label once")
    rows = {
        truth: {decision: column[i] for decision, column in zip(decisions, values, strict=True)}
        for i, truth in enumerate(truths)
    }
    return _of_cells(rows, name, actions)


def _of_cells(
    rows: Mapping[str, Mapping[str, Any]], name: str, actions: Sequence[str] | None
) -> dict[str, Any]:
    """Matched by label: the order of decisions may be another one in each row."""
    if actions is not None:
        return _of_actions(rows, name, actions)
    truths, decisions = list(rows), _once(d for row in rows.values() for d in row)
    refers = REFER in decisions and REFER not in truths
    unknown = [d for d in decisions if d not in truths and not (refers and d == REFER)]
    if unknown or not truths:
        raise CostMatrixError(
            f"the decision {listed(unknown)} is no truth; its rows (truths) are {listed(truths)}. "
            f'Expected the same labels on both sides (and "{REFER}" among the decisions); if they are '
            "actions, name them: CostMatrix.of(..., actions=[...])"
        )
    for truth, row in rows.items():
        wanted = [d for d in (*truths, *([REFER] if refers else [])) if d != truth]
        for decision in wanted:
            if decision not in row:
                raise CostMatrixError(f"{place(truth, decision)}: there is no cost")
    data = {
        "name": name,
        "labels": truths,
        "costs": [[row.get(d, 0) if d == t else row[d] for d in truths] for t, row in rows.items()],
    }
    return data | ({REFER: [row[REFER] for row in rows.values()]} if refers else {})


def _of_actions(
    rows: Mapping[str, Mapping[str, Any]], name: str, actions: Sequence[str]
) -> dict[str, Any]:
    """Columns in the order of ``actions``; a decision "refer" prices a referral, named there or not."""
    named = [action for action in actions if action != REFER]
    for truth, row in rows.items():
        unknown = [decision for decision in row if decision not in (*named, REFER)]
        if unknown:
            raise CostMatrixError(
                f"{place(truth, unknown[0], 'action')}: no such action is named; expected costs of "
                f'{listed(named)} (and "{REFER}")'
            )
    refers = any(REFER in row for row in rows.values())
    for truth, row in rows.items():
        for decision in [*named, *([REFER] if refers else [])]:
            if decision not in row:
                raise CostMatrixError(f"{place(truth, decision, 'action')}: there is no cost")
    data: dict[str, Any] = {
        "name": name,
        "labels": list(rows),
        "actions": named,
        "costs": [[row[action] for action in named] for row in rows.values()],
    }
    return data | ({REFER: [row[REFER] for row in rows.values()]} if refers else {})


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
