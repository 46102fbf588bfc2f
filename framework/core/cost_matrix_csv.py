"""A cost matrix as a CSV table: a header row of decisions, a first column of truths, costs in USD."""

from __future__ import annotations

import csv
import re
from typing import Any

from framework.core.cost_matrix_cells import DECISION, REFER, TRUTH, place, square_of_numbers
from framework.core.errors import CostMatrixError

DELIMITERS = ",;\t"
# What people call the two sides.
_SIDES = {
    **dict.fromkeys((TRUTH, "true", "actual"), TRUTH),
    **dict.fromkeys((DECISION, "decided", "predicted", "prediction"), DECISION),
}
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def csv_fields(text: str, name: str) -> dict[str, Any]:
    """The fields of the matrix called ``name`` in a table; a column "refer" prices a referral.

    Cells are apart by commas, semicolons or tabs; by the latter two, numbers may have a decimal
    comma. The corner cell may say ``truth\\decision``, or the reverse.

    Raises
    ------
    CostMatrixError
        Naming the cell.
    """
    rows, delimiter = _table(text)
    across = [cell.strip() for cell in rows[0][1:]]
    down = [row[0].strip() for row in rows[1:]]
    by_decision = _rows_of(rows[0][0]) == DECISION
    truths, decisions = (across, down) if by_decision else (down, across)
    refers = REFER in decisions and REFER not in truths
    labels = tuple(label for label in across if label in truths)
    if sorted(decisions) != sorted([*truths, *([REFER] if refers else [])]) or (
        len(set(decisions)) != len(decisions)
    ):
        raise CostMatrixError(
            f"the header row names {across} but the header column {down}; expected the same "
            f'labels, each once, on both sides (among the decisions also "{REFER}", if it has a cost)'
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
    square = [[costs[truth, decision] for decision in labels] for truth in labels]
    fields = {"name": name, "labels": labels, "costs": square_of_numbers(square, labels, "costs")}
    if refers:
        fields[REFER] = [costs[truth, REFER] for truth in labels]
    return fields


def _table(text: str) -> tuple[list[list[str]], str]:
    """Rows that are not empty, and what cells are apart by: the delimiter that makes a table."""
    found = {}
    for delimiter in DELIMITERS:
        rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
        found[delimiter] = [row for row in rows if any(cell.strip() for cell in row)]
    if not found[","]:
        raise CostMatrixError("the file is empty; expected a table with a header row")

    def fits(delimiter: str) -> tuple[bool, int]:
        rows = found[delimiter]
        width = len(rows[0])
        return width > 2 and all(len(row) == width for row in rows), width

    best = max(DELIMITERS, key=fits)
    return found[best], best


def _rows_of(corner: str) -> str:
    """What the rows of a table are, by its corner cell: ``truth\\decision`` or the reverse."""
    sides = [side.strip().lower() for side in re.split(r"[\\/]", corner)]
    meant = [_SIDES.get(side) for side in sides]
    if sides == [""] or meant in ([TRUTH], [TRUTH, DECISION]):
        return TRUTH
    if meant in ([DECISION], [DECISION, TRUTH]):
        return DECISION
    raise CostMatrixError(
        f"its corner cell says {corner!r}; expected nothing, {TRUTH}\\{DECISION} (a row for each "
        f"truth) or {DECISION}\\{TRUTH} (a row for each decision)"
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
