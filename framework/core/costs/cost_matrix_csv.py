"""A cost matrix as a CSV table: a header row of decisions, a first column of truths, costs in USD.

Decisions are the labels themselves, or actions: then the corner cell says so (``truth\\action``).
"""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import Any

from framework.core.costs.cost_matrix_cells import (
    DECISION,
    REFER,
    TRUTH,
    check_actions,
    place,
    table_of_numbers,
)
from framework.core.errors import CostMatrixError
from framework.core.shown import listed

DELIMITERS = ",;\t"
ACTION = "action"
# What people call the two sides.
_SIDES = {
    **dict.fromkeys((TRUTH, "true", "actual"), TRUTH),
    **dict.fromkeys((DECISION, "decided", "predicted", "prediction"), DECISION),
    **dict.fromkeys((ACTION, "actions"), ACTION),
}
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def csv_fields(text: str, name: str) -> dict[str, Any]:
    """The fields of the matrix called ``name`` in a table; a column "refer" prices a referral.

    Cells are apart by commas, semicolons or tabs; by the latter two, numbers may have a decimal
    comma. The corner cell may say ``truth\\decision``, or the reverse; where decisions are no labels
    but actions, it must say ``truth\\action``, or the reverse.

    Raises
    ------
    CostMatrixError
        Naming the cell.
    """
    rows, delimiter = _table(text)
    across = [cell.strip() for cell in rows[0][1:]]
    down = [row[0].strip() for row in rows[1:]]
    by_decision, has_actions = _sides_of(rows[0][0])
    truths, decisions = (across, down) if by_decision else (down, across)
    refers = REFER in decisions and (has_actions or REFER not in truths)
    named = [name for name in decisions if not (refers and name == REFER)]
    labels, actions = tuple(name for name in across if name in truths), tuple[str, ...]()
    if has_actions:
        labels, actions = tuple(truths), tuple(named)
        _check_once(truths, decisions)
        check_actions(actions)
    elif sorted(named) != sorted(truths) or len(set(decisions)) != len(decisions):
        raise CostMatrixError(
            f"the header row names {across} but the header column {down}; expected the same "
            f'labels, each once, on both sides (among the decisions also "{REFER}", if it has a '
            f"cost). If the decisions are actions and no labels, the corner cell says {TRUTH}\\{ACTION}"
            f" (or {ACTION}\\{TRUTH}, where the rows are the actions)"
        )
    comma = delimiter != "," and any("," in cell for row in rows[1:] for cell in row[1:])
    costs = {}
    for name_down, row in zip(down, rows[1:], strict=True):
        if len(row) != len(rows[0]):
            raise CostMatrixError(
                f'row "{name_down}": expected {len(across)} numbers, received {len(row) - 1}'
            )
        for name_across, cell in zip(across, row[1:], strict=True):
            pair = (name_across, name_down) if by_decision else (name_down, name_across)
            costs[pair] = _number(cell, *pair, comma)
    table = [[costs[truth, decision] for decision in actions or labels] for truth in labels]
    fields = {
        "name": name,
        "labels": labels,
        "actions": actions,
        "costs": table_of_numbers(table, labels, "costs", actions),
    }
    if refers:
        fields[REFER] = [costs[truth, REFER] for truth in labels]
    return fields


def _table(text: str) -> tuple[list[list[str]], str]:
    """Rows that are not empty, and what cells are apart by: the delimiter that makes a table."""
    found = {}
    for delimiter in DELIMITERS:
        try:
            rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise CostMatrixError(f"cannot be read as CSV ({error})") from None
        found[delimiter] = [row for row in rows if any(cell.strip() for cell in row)]
    if not found[","]:
        raise CostMatrixError("the file is empty; expected a table with a header row")

    def fits(delimiter: str) -> tuple[bool, int]:
        rows = found[delimiter] or [[]]
        width = len(rows[0])
        return width > 2 and all(len(row) == width for row in rows), width

    best = max(DELIMITERS, key=fits)
    return found[best], best


def _check_once(truths: list[str], decisions: list[str]) -> None:
    for names in (truths, decisions):
        if len(set(names)) != len(names):
            raise CostMatrixError(f"the table names {listed(names)}; expected each name once")


def _sides_of(corner: str) -> tuple[bool, bool]:
    """Of a table's corner cell: whether its rows are decisions, and whether decisions are actions."""
    sides = [side.strip().lower() for side in re.split(r"[\\/]", corner)]
    meant = [_SIDES.get(side) for side in sides]
    if sides == [""] or meant in ([TRUTH], [TRUTH, DECISION], [TRUTH, ACTION]):
        return False, ACTION in meant
    if meant in ([DECISION], [DECISION, TRUTH], [ACTION], [ACTION, TRUTH]):
        return True, ACTION in meant
    raise CostMatrixError(
        f"its corner cell says {corner!r}; expected nothing, {TRUTH}\\{DECISION} (a row for each "
        f"truth) or {DECISION}\\{TRUTH} (a row for each decision); {TRUTH}\\{ACTION} or "
        f"{ACTION}\\{TRUTH} where what is decided is an action and no label"
    )


def _number(cell: str, truth: str, decision: str, comma: bool) -> float:
    """Of a cell; with ``comma`` the table's decimals are commas, and a point is none."""
    text = cell.strip()
    if comma:
        text = text.replace(".", "?").replace(",", ".")
    if _NUMBER.fullmatch(text) is None:
        expected = "1300,5" if comma else "1300 or 1.3e3"
        raise CostMatrixError(
            f"{place(truth, decision)}: expected a finite number, as {expected}, received {cell!r}"
        )
    return float(text)
