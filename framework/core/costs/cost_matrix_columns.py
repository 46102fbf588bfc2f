"""Cells of a cost matrix that depend on the case: they grow with a column of the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from framework.core.arrays import BoolArray, FloatArray, IntArray
from framework.core.costs.cost_matrix_cells import LARGEST, amount, expected_amount, place
from framework.core.errors import CostMatrixError
from framework.core.shown import listed, short

# The names of a matrix's rows and of its columns.
Sides = tuple[Sequence[str], Sequence[str]]
BEFORE, AFTERWARDS = "before", "afterwards"
KEYS = ("column", "factor", "plus", "known")


@dataclass(frozen=True)
class ColumnCost:
    """A cell that grows with a column of the data: ``factor`` times its value, per case.

    Added to the constant of the same cell in ``costs``; in the matrix's unit, positive = bad.
    ``known`` "afterwards" says that the column is not known yet when a case is decided: it judges
    and trains, and decisions go by its mean (``CostMatrix.for_decisions``).

    Raises
    ------
    CostMatrixError
        When ``factor`` is no finite number, or ``column`` or ``known`` no such word.
    """

    true: str
    predicted: str
    column: str
    factor: float
    known: str = BEFORE

    def __post_init__(self) -> None:
        where = place(self.true, self.predicted)
        if not isinstance(self.column, str) or not self.column:
            raise CostMatrixError(
                f'{where}, "column": expected the name of one, received {short(self.column)}'
            )
        factor = amount(self.factor)
        if factor is None:
            raise CostMatrixError(f'{where}, "factor": {expected_amount(self.factor)}')
        object.__setattr__(self, "factor", factor)
        if self.known not in (BEFORE, AFTERWARDS):
            raise CostMatrixError(
                f'{where}, "known": expected "{BEFORE}" or "{AFTERWARDS}" (the decision), '
                f"received {short(self.known)}"
            )

    def position(self, sides: Sides) -> tuple[int, int]:
        """Row and column of the cell."""
        return sides[0].index(self.true), sides[1].index(self.predicted)


def check_column_costs(cells: Sequence[ColumnCost], sides: Sides) -> None:
    taken = set()
    for cell in cells:
        for name, names in zip((cell.true, cell.predicted), sides, strict=True):
            if name not in names:
                raise CostMatrixError(
                    f'column cost of an unknown label or action "{name}"; expected one of '
                    f"{listed(names)}"
                )
        if (cell.true, cell.predicted) in taken:
            raise CostMatrixError(
                f"{place(cell.true, cell.predicted)}: two columns in one cell; expected one (a "
                "dataset's cost_columns may hold the sum)"
            )
        taken.add((cell.true, cell.predicted))


def names_of(cells: Iterable[ColumnCost]) -> tuple[str, ...]:
    """The columns that ``cells`` depend on, each once."""
    return tuple(dict.fromkeys(cell.column for cell in cells))


def required(
    matrix: str, names: tuple[str, ...], columns: Mapping[str, np.ndarray] | None
) -> Mapping[str, np.ndarray]:
    """``columns``, or an error that lists those of ``names`` that the ``matrix`` misses there."""
    missing = [name for name in names if name not in (columns or {})]
    if columns is None or missing:
        raise CostMatrixError(
            f'cost matrix "{matrix}": its costs depend on the column {listed(missing)}, '
            f"which the data do not have (they have: {listed(tuple(columns or ()))})"
        )
    return columns


def where(cells: Iterable[ColumnCost], sides: Sides) -> BoolArray:
    """Which cells (N, M) of a matrix they are."""
    mask = np.zeros((len(sides[0]), len(sides[1])), dtype=bool)
    for cell in cells:
        mask[cell.position(sides)] = True
    return mask


def of_each_case(
    costs: FloatArray,
    cells: Sequence[ColumnCost],
    sides: Sides,
    columns: Mapping[str, np.ndarray],
) -> FloatArray:
    """The constants ``costs`` (N, M) and what the cells add for each of n cases, (n, N, M)."""
    n = len(columns[cells[0].column])
    filled = np.repeat(costs[None], n, axis=0)
    for cell in cells:
        i, j = cell.position(sides)
        with np.errstate(over="ignore", invalid="ignore"):  # told below
            filled[:, i, j] += cell.factor * np.asarray(columns[cell.column], dtype=np.float64)
        beyond = np.flatnonzero(~(np.abs(filled[:, i, j]) <= LARGEST))  # NaN, too
        if len(beyond):
            value = np.asarray(columns[cell.column])[beyond[0]]
            raise CostMatrixError(
                f"{place(cell.true, cell.predicted)}: the cost of case {beyond[0]} (counting from 0), by "
                f'"{cell.column}" of {value:g}, is beyond {LARGEST:g}, which costs are reckoned up to'
            )
    return filled


def at_their_means(
    costs: FloatArray,
    cells: Iterable[ColumnCost],
    sides: Sides,
    y_train: IntArray,
    columns: Mapping[str, np.ndarray],
) -> FloatArray:
    """Constants (N, M) in place of ``cells``: each with its column's mean over its truth's cases.

    Over all cases where its truth has none. ``columns`` are those of the n training cases.
    """
    filled = costs.copy()
    for cell in cells:
        i, j = cell.position(sides)
        values = np.asarray(columns[cell.column], dtype=np.float64)
        of_truth = values[np.asarray(y_train) == i]
        filled[i, j] += cell.factor * float((of_truth if len(of_truth) else values).mean())
    return filled


def taken_out(
    written: Any, sides: Sides, key: str, sign: float
) -> tuple[Any, tuple[ColumnCost, ...]]:
    """Cells as a file has them under ``key``: constants in place of objects, and the objects."""
    if not isinstance(written, list) or not all(isinstance(row, list) for row in written):
        return written, ()  # no table: told by the check that follows
    found: list[ColumnCost] = []
    constants = [list(row) for row in written]
    for true, row in zip(sides[0], constants, strict=False):
        for j, (predicted, cell) in enumerate(zip(sides[1], row, strict=False)):
            if not isinstance(cell, dict):
                continue
            if not set(cell) <= set(KEYS) or "column" not in cell:
                raise CostMatrixError(
                    f'"{key}", {place(true, predicted)}: expected a number, or an object of "column" '
                    '(the name of one), "factor" (default 1), "plus" (default 0) and "known" (default '
                    f'"{BEFORE}"), or a range as {{"low": 800, "likely": 1300, "high": 4000}}; received '
                    f"{short(cell)}"
                )
            rest = {"factor": 1, **cell}
            row[j] = rest.pop("plus", 0)
            try:
                cost = ColumnCost(true, predicted, **rest)
            except CostMatrixError as error:
                raise CostMatrixError(f'"{key}", {error}') from None
            found.append(replace(cost, factor=sign * cost.factor))
    return constants, tuple(found)


def put_back(costs: FloatArray, cells: Iterable[ColumnCost], sides: Sides) -> list[list[Any]]:
    """The reverse: constants and ``cells`` as a file has them."""
    written: list[list[Any]] = costs.tolist()
    for cell in cells:
        i, j = cell.position(sides)
        written[i][j] = {"column": cell.column, "factor": cell.factor, "plus": written[i][j]}
        if cell.known != BEFORE:
            written[i][j]["known"] = cell.known
    return written
