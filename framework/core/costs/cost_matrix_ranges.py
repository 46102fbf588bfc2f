"""Cells of a cost matrix that nobody knows exactly: in a file, and as fields of the matrix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.costs.cost_matrix_cells import REFER, amount, expected_amount, place
from framework.core.costs.cost_matrix_columns import ColumnCost, Sides
from framework.core.costs.cost_range import CostRange, is_range
from framework.core.errors import CostMatrixError
from framework.core.shown import listed

NAME, USE = "name", "use"


@dataclass(frozen=True)
class RangedCell:
    """A cell whose cost is a range, in the matrix's unit, positive = bad.

    ``predicted`` may be "refer". Cells of one ``name`` are one number, drawn once; a cell without a name is
    a number of its own.
    """

    true: str
    predicted: str
    range: CostRange
    name: str = ""


def check_ranges(
    cells: Sequence[RangedCell], columns: Sequence[ColumnCost], sides: Sides, refers: bool
) -> None:
    """Raise CostMatrixError at a cell that is not there or has two costs, or a name of two numbers."""
    labels, acts = sides[0], [*sides[1], *([REFER] if refers else [])]
    taken = {(cell.true, cell.predicted) for cell in columns}
    named: dict[str, CostRange] = {}
    for cell in cells:
        where = place(cell.true, cell.predicted)
        if cell.true not in labels or cell.predicted not in acts:
            raise CostMatrixError(
                f"range of a cell that is not there: {where}; expected one of {listed(labels)}, and of "
                f"{listed(acts)}"
            )
        if (cell.true, cell.predicted) in taken:
            raise CostMatrixError(
                f"{where}: its cost is given twice; expected a range or a column, once"
            )
        taken.add((cell.true, cell.predicted))
        if cell.name and named.setdefault(cell.name, cell.range) != cell.range:
            raise CostMatrixError(
                f'{where}: the number "{cell.name}" has another range in another cell; expected the same, '
                "or another name"
            )


def read_range(cell: Any, where: str, name: str = "") -> tuple[float, CostRange, str]:
    """The number that stands for a range in a file, the range, and the name of the number."""
    rest = dict(cell)
    told = rest.pop(NAME, name)
    use = rest.pop(USE, None)
    if not isinstance(told, str):
        raise CostMatrixError(f'{where}, "{NAME}": expected a string, received {told!r}')
    if use is not None and amount(use) is None:
        raise CostMatrixError(f'{where}, "{USE}": {expected_amount(use)}')
    found = CostRange.of(rest, where)
    return found.likely if use is None else float(use), found, told


def ranges_out(written: Any, sides: Sides, key: str, sign: float) -> tuple[Any, list[RangedCell]]:
    """Cells as a file has them under ``key``: numbers in place of ranges, and the ranges."""
    if not isinstance(written, list) or not all(isinstance(row, list) for row in written):
        return written, []  # no table: told by the check that follows
    found: list[RangedCell] = []
    numbers = [list(row) for row in written]
    for true, row in zip(sides[0], numbers, strict=False):
        for j, (predicted, cell) in enumerate(zip(sides[1], row, strict=False)):
            if is_range(cell):
                where = f'"{key}", {place(true, predicted)}'
                row[j], told, name = read_range(cell, where)
                found.append(RangedCell(true, predicted, told.scaled(sign), name))
    return numbers, found


def refer_ranges_out(written: Any, labels: Sequence[str]) -> tuple[Any, list[RangedCell]]:
    """The same of what a referral costs: one range for all truths is one number."""
    if is_range(written):
        number, told, name = read_range(written, f'"{REFER}"', REFER)
        return number, [RangedCell(true, REFER, told, name) for true in labels]
    if not isinstance(written, list):
        return written, []
    found, numbers = [], list(written)
    for k, (true, cell) in enumerate(zip(labels, numbers, strict=False)):
        if is_range(cell):
            numbers[k], told, name = read_range(cell, f'"{REFER}", truth "{true}"')
            found.append(RangedCell(true, REFER, told, name))
    return numbers, found


def ranges_back(
    table: list[list[Any]], refer: list[Any] | None, cells: Iterable[RangedCell], sides: Sides
) -> None:
    """The reverse, in place: numbers of ``cells`` become what a file has for them."""
    for cell in cells:
        row: list[Any] = table[sides[0].index(cell.true)]
        j = -1
        if cell.predicted == REFER and REFER not in sides[1]:
            assert refer is not None
            row, j = refer, sides[0].index(cell.true)
        else:
            j = sides[1].index(cell.predicted)
        told = cell.range.to_json()
        if cell.name:
            told[NAME] = cell.name
        if row[j] != cell.range.likely:
            told[USE] = row[j]
        row[j] = told


def largest_plausible(cells: Iterable[RangedCell]) -> float:
    """The size of the largest plausible cost; 0 of none."""
    ends: FloatArray = np.array([0.0, *(end for cell in cells for end in cell.range.ends)])
    return float(np.abs(ends).max())
