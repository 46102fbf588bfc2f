"""What is swept: a ratio of two costs, or the cost of a group of cells, over a range of values."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_cells import LARGEST
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.core.costs.cost_matrix_rules import select, select_decisions
from framework.core.errors import ConfigError, CostMatrixError
from framework.core.plain_numbers import number_in

DEFAULT_RATIO = "fn:fp=1:1..1000:1"
# Mistakes at N = 2, the second class being the positive one: (truth, decision).
_MISTAKES = {"fn": (1, 0), "fp": (0, 1)}
_RATIO = re.compile(r"(fn|fp):(fn|fp)=(.+)\.\.(.+)")
_CELLS = re.compile(r"cell=(.+)->(.+):(.+?)\.\.(.+)")


@dataclass(frozen=True, eq=False)
class Axis:
    """One number that is varied, and what it does to a cost matrix. All costs are linear in it.

    Parameters
    ----------
    kind : "ratio", "cost" or "factor"
        ratio: what the swept mistake costs above the right decision, relative to what the mistake
        ``against`` costs above its own (only these decide; Elkan 2001). cost: what each swept cell
        costs, in the matrix's unit. factor: what the swept cells are multiplied by.
    name : str
        As the user wrote it: ``fn:fp``, ``stop->speed_*``.
    option : str
        What to give ``fw sweep`` for it.
    values : array (K,)
        Positive, ascending.
    swept : bool array (N, N), or (N, M) where decisions are actions
        Mistakes (of actions, cells) that are varied, rows the truth.
    unit : str
        Of a cost.
    """

    kind: Literal["ratio", "cost", "factor"]
    name: str
    option: str
    values: FloatArray
    swept: NDArray[np.bool_]
    against: tuple[int, int] = (0, 1)
    unit: str = "USD"

    def matrix(self, base: CostMatrix, value: float) -> CostMatrix:
        """``base`` with the swept cells at ``value``, for training as for evaluation."""
        costs, training = base.costs.copy(), base.training_costs
        columns = base.column_costs
        if self.kind == "ratio":
            self._set_ratio(costs, value)
            if training is not None:
                training = training.copy()
                self._set_ratio(training, value)
        elif self.kind == "cost":
            costs[self.swept] = value
            training = None  # relative costs have no place for one in the unit: the regret serves
        else:
            costs[self.swept] *= value
            if base.actions:
                training = None  # weights of classes have no place for the cost of an action
            if training is not None:
                training = np.where(self.swept, training * value, training)
            columns = tuple(
                replace(cell, factor=cell.factor * value) if self._touches(base, cell) else cell
                for cell in columns
            )
        # A range the user asked for may end where the swept mistake costs less than no mistake.
        tables = [costs, *([] if training is None else [training])]
        return replace(
            base,
            name=f"{base.name} at {self.label(value)}",
            costs=costs,
            training_costs=training,
            column_costs=columns,
            allow=base.allowing(*tables),
        )

    def present(self, base: CostMatrix) -> float | None:
        """Where ``base`` itself stands; None when its swept cells differ."""
        if self.kind == "factor":
            return 1.0
        if self.kind == "ratio":
            (i, _), (k, _) = np.argwhere(self.swept)[0], self.against
            swept = base.costs[self.swept][0] - base.costs[i, i]
            return float(swept / (base.costs[self.against] - base.costs[k, k]))
        cells = base.costs[self.swept]
        return float(cells[0]) if (cells == cells[0]).all() else None

    def label(self, value: float) -> str:
        """A value in words: 37:1, 5,000 USD, 2.5 x."""
        return axis_value(self.kind, self.unit, value)

    def check(self, base: CostMatrix) -> None:
        """Raise ConfigError where ``base`` cannot be swept so."""
        if self.kind == "factor":
            return
        cells = [base.position(cell) for cell in base.column_costs]
        if self.kind == "ratio":
            if cells:
                raise ConfigError(
                    f'--ratio: the costs of "{base.name}" depend on a column of the data; multiply '
                    'them instead, for example --scale "cell='
                    f'{base.labels[1]}->{base.acts[0]}:x0.1..x10"'
                )
            for what, table in (("costs", base.costs), ("training_costs", base.training_costs)):
                k, j = self.against
                if table is not None and table[k, j] <= table[k, k]:
                    raise ConfigError(
                        f'--ratio {self.name}: in "{what}" of "{base.name}", taking '
                        f'"{base.labels[k]}" for "{base.labels[j]}" costs no more than the right '
                        "decision; there is nothing to take a ratio to"
                    )
        elif any(self.swept[cell] for cell in cells):
            raise ConfigError(
                f'--scale {self.name}: some of these costs of "{base.name}" depend on a column of '
                "the data; multiply them instead, with a range such as x0.1..x10"
            )

    def _set_ratio(self, table: FloatArray, value: float) -> None:
        (i, j), (k, m) = np.argwhere(self.swept)[0], self.against
        table[i, j] = table[i, i] + value * (table[k, m] - table[k, k])

    def _touches(self, base: CostMatrix, cell: ColumnCost) -> bool:
        return bool(self.swept[base.position(cell)])


def read_axis(ratio: str | None, cells: str | None, points: int, matrix: CostMatrix) -> Axis:
    """The axis that ``--ratio`` or ``--scale`` names, ``points`` values equally spaced in logs.

    Neither: ``DEFAULT_RATIO`` for two classes, unless what is decided is an action.

    Raises
    ------
    ConfigError
        When the text cannot be read, or does not fit ``matrix``.
    """
    if points < 2:
        raise ConfigError(f"--points: expected at least 2, received {points}")
    if ratio is not None and cells is not None:
        raise ConfigError('give either --ratio or --scale "cell=...", not both')
    if cells is None and (ratio is not None or (matrix.n_classes == 2 and not matrix.actions)):
        axis = _ratio(ratio or DEFAULT_RATIO, points, matrix)
    elif cells is None:
        acts = f" and {matrix.n_actions} actions" if matrix.actions else ""
        raise ConfigError(
            f"name the cells to sweep among {matrix.n_classes} classes{acts}, for example --scale "
            f'"cell={matrix.labels[-1 if acts else 0]}->{matrix.acts[0 if acts else 1]}:1..100"'
        )
    else:
        axis = _cells(cells, points, matrix)
    axis.check(matrix)
    return axis


def _ratio(text: str, points: int, matrix: CostMatrix) -> Axis:
    if matrix.actions:
        raise ConfigError(
            f'--ratio is for two mistakes, and "{matrix.name}" has actions: use --scale '
            f'"cell=TRUE->ACTION:LOW..HIGH" (its actions: {", ".join(matrix.actions)})'
        )
    if matrix.n_classes != 2:
        raise ConfigError(
            f'--ratio is for two classes; "{matrix.name}" has {matrix.n_classes}: use --scale '
            '"cell=TRUE->PREDICTED:LOW..HIGH"'
        )
    found = _RATIO.fullmatch(text.replace(" ", ""))
    if found is None or found[1] == found[2]:
        raise ConfigError(f"--ratio: expected something like {DEFAULT_RATIO}, received {text!r}")
    swept = np.zeros((2, 2), dtype=bool)
    swept[_MISTAKES[found[1]]] = True
    values = _values([_quotient(end, text) for end in found.groups()[2:]], points, text)
    return Axis(
        "ratio", f"{found[1]}:{found[2]}", f"--ratio {text}", values, swept, _MISTAKES[found[2]]
    )


def _cells(text: str, points: int, matrix: CostMatrix) -> Axis:
    found = _CELLS.fullmatch(text)
    if found is None:
        raise ConfigError(
            '--scale: expected "cell=TRUE->PREDICTED:LOW..HIGH" (labels, patterns, groups or actions; costs '
            f"in the matrix's unit, or x0.1..x10 to multiply), received {text!r}"
        )
    true, predicted, *ends = (part.strip() for part in found.groups())
    labels = matrix.labels
    groups = {
        name: np.array([label in members for label in labels])
        for name, members in matrix.groups.items()
    }
    try:
        rows = select(_names(true), labels, groups, "--scale")
        columns = select_decisions(_names(predicted), labels, matrix.actions, groups, "--scale")
    except CostMatrixError as error:
        raise ConfigError(f"{error}; labels: {', '.join(labels)}") from error
    swept = np.outer(rows, columns)
    if not matrix.actions:
        np.fill_diagonal(swept, False)
    if not swept.any():
        raise ConfigError(f"--scale: {true}->{predicted} names no mistake")
    factors = [end.startswith("x") for end in ends]
    if factors[0] != factors[1]:
        raise ConfigError(
            f"--scale: expected both ends of the range with x or none, received {text!r}"
        )
    values = _values([_number(end.removeprefix("x"), text) for end in ends], points, text)
    kind: Literal["cost", "factor"] = "factor" if factors[0] else "cost"
    return Axis(
        kind, f"{true}->{predicted}", shlex.join(["--scale", text]), values, swept, unit=matrix.unit
    )


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _quotient(text: str, whole: str) -> float:
    above, _, below = text.partition(":")
    return _number(above, whole) / (_number(below, whole) if below else 1.0)


def _number(text: str, whole: str) -> float:
    value = number_in(text)
    if value is None or not 1 / LARGEST <= value <= LARGEST:
        raise ConfigError(f"expected positive numbers as a range, received {text!r} in {whole!r}")
    return value


def _values(ends: Sequence[float], points: int, text: str) -> FloatArray:
    low, high = ends
    if low >= high:
        raise ConfigError(f"expected a range from a smaller to a larger value, received {text!r}")
    return np.geomspace(low, high, points)


def axis_value(kind: str, unit: str, value: float) -> str:
    """A value of an axis: 37:1, 5,000 USD, 2.5 x."""
    value += 0.0  # no minus before a zero
    number = f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return {"ratio": f"{number}:1", "factor": f"{number} x"}.get(kind, f"{number} {unit}")
