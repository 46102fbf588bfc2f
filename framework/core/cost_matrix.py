"""The cost matrix: what each kind of mistake costs, and how strongly to train against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.errors import CostMatrixError

FloatArray = NDArray[np.float64]


REFER = "refer"


@dataclass(frozen=True)
class ColumnCost:
    """A cell that grows with a column of the data: ``factor`` times its value, per case.

    Added to the constant of the same cell in ``costs``; in the matrix's unit, positive = bad.
    """

    true: str
    predicted: str
    column: str
    factor: float


@dataclass(frozen=True, eq=False)
class CostMatrix:
    """What a decision costs, given the truth: ``costs[true, predicted]``, rows the truth.

    Two levers, kept apart:

    - ``costs``: for evaluation, per case, in ``unit`` (positive = bad, negative = a gain; the
      diagonal is free to be anything). One unit is worth ``dollars_per_unit`` dollars.
    - ``training_costs``: relative, non-negative weights for the loss. When absent, the regret
      derived from ``costs`` is used.

    Parameters
    ----------
    name : str
        Shown in tables and used for folder names.
    labels : sequence of str, length N
        Class names, in the order of rows and columns.
    costs : array (N, N)
        Cost per case in ``unit``.
    unit : str
        For example ``"USD"`` or ``"QALY"``.
    dollars_per_unit : float
        Dollars one unit is worth; positive.
    training_costs : array (N, N), optional
        Non-negative.
    untouched : sequence of str
        Labels that no rule speaks of, when the matrix was written with rules.
    groups : mapping of str to labels
        The groups its rules name, likewise.
    refer : array (N,), optional
        Cost of referring a case to a person instead of deciding, per truth, in ``unit``.
    column_costs : sequence of ColumnCost
        Cells that depend on the case.

    Raises
    ------
    CostMatrixError
        If a shape, a label or a cell is not acceptable; the message names the cell.

    Examples
    --------
    >>> matrix = CostMatrix("screening", ("healthy", "ill"), [[0, 1], [50, 0]])
    >>> matrix.cell_dollars.tolist()
    [[-0.0, -1.0], [-50.0, -0.0]]
    """

    name: str
    labels: tuple[str, ...]
    costs: FloatArray
    unit: str = "USD"
    dollars_per_unit: float = 1.0
    training_costs: FloatArray | None = None
    source: str = ""
    description: str = ""
    untouched: tuple[str, ...] = ()
    refer: FloatArray | None = None
    column_costs: tuple[ColumnCost, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.labels, str):
            raise CostMatrixError(
                f'"labels": expected a list of names, received the string {self.labels!r}'
            )
        object.__setattr__(self, "labels", tuple(self.labels))
        _check_labels(self.labels)
        object.__setattr__(self, "costs", square_of_numbers(self.costs, self.labels, "costs"))
        if self.training_costs is not None:
            training = square_of_numbers(self.training_costs, self.labels, "training_costs")
            object.__setattr__(self, "training_costs", training)
            _check_non_negative(training, self.labels)
        if self.refer is not None:
            object.__setattr__(self, "refer", _refer_costs(self.refer, self.labels))
        object.__setattr__(self, "column_costs", tuple(self.column_costs))
        for cell in self.column_costs:
            for label in (cell.true, cell.predicted):
                if label not in self.labels:
                    raise CostMatrixError(f'column cost of an unknown label "{label}"')
        dollars = self.dollars_per_unit
        if not _is_number(dollars) or not np.isfinite(dollars) or dollars <= 0:
            raise CostMatrixError(
                f'"dollars_per_unit": expected a positive number, received {dollars!r}'
            )

    @classmethod
    def from_file(cls, path: str | Path) -> CostMatrix:
        """Read a JSON or CSV file (format: docs/cost-matrix.md)."""
        from framework.core.cost_matrix_file import read

        return read(Path(path))

    @classmethod
    def equal(cls, labels: tuple[str, ...]) -> CostMatrix:
        """Every mistake costs 1 and a right decision nothing: what plain training assumes."""
        return cls("equal", labels, 1.0 - np.eye(len(labels)), unit="mistake")

    @property
    def n_classes(self) -> int:
        return len(self.labels)

    @property
    def values(self) -> FloatArray:
        """Value per case in ``unit``, (N, N): ``-costs`` (negative = a loss)."""
        return -self.costs

    @property
    def cell_dollars(self) -> FloatArray:
        """Value per case in dollars, (N, N): negative = a loss, as everywhere in reports."""
        return -self.costs * self.dollars_per_unit

    @property
    def decision_labels(self) -> tuple[str, ...]:
        """What may be decided: the labels, and "refer" where the matrix prices it."""
        return self.labels if self.refer is None else (*self.labels, REFER)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the data columns that the costs depend on."""
        return tuple(dict.fromkeys(cell.column for cell in self.column_costs))

    def dollar_costs(self, columns: Mapping[str, np.ndarray] | None = None) -> FloatArray:
        """Cost in dollars (positive = bad) of every decision: (N, M), or (n, N, M) per case.

        M is N, or N + 1 with a last column "refer". ``columns`` holds the data columns, (n,)
        each, that ``self.columns`` names.
        """
        costs = self._cell_costs(columns)
        if self.refer is not None:
            refer = np.broadcast_to(self.refer[:, None], (*costs.shape[:-1], 1))
            costs = np.concatenate([costs, refer], axis=-1)
        return costs * self.dollars_per_unit

    def loss_table(
        self,
        y: NDArray[np.int64],
        columns: Mapping[str, np.ndarray] | None = None,
        normalize: bool = True,
    ) -> FloatArray:
        """What a loss is given: (N, N), row the truth, or (n, N) where costs depend on the case.

        ``training_costs`` when the matrix has them; else the regret, the cost above that of the
        best decision for the same truth. Where the truth is the best decision (Elkan 2001,
        "reasonable" matrices) this is ``costs[i, j] - costs[i, i]``; subtracting a constant from
        a row changes neither a decision nor a gradient.

        With ``normalize``, in units of the average mistake on the cases ``y``: neither currency
        nor size of the costs then matters, and equal costs become 1 off the diagonal.
        """
        if self.training_costs is not None or not self.column_costs:
            table = self.loss_weights
            of_cases = table[y]
        else:
            costs = self._cell_costs(columns)[np.arange(len(y)), y]
            table = of_cases = costs - costs.min(axis=1, keepdims=True)
        if not normalize:
            return table
        average = float(of_cases.sum(axis=1).mean()) / (self.n_classes - 1)
        if average == 0:
            raise CostMatrixError(f'cost matrix "{self.name}": no mistake has a training cost')
        return table / average

    def _cell_costs(self, columns: Mapping[str, np.ndarray] | None) -> FloatArray:
        """(N, N), or (n, N, N) where costs depend on the case; in ``unit``."""
        if not self.column_costs:
            return self.costs
        missing = [name for name in self.columns if name not in (columns or {})]
        if columns is None or missing:
            raise CostMatrixError(
                f'cost matrix "{self.name}": its costs depend on the column {_listed(missing)}, '
                f"which the data do not have (they have: {_listed(tuple(columns or ()))})"
            )
        n = len(columns[self.columns[0]])
        costs = np.repeat(self.costs[None], n, axis=0)
        for cell in self.column_costs:
            i, j = self.labels.index(cell.true), self.labels.index(cell.predicted)
            costs[:, i, j] += cell.factor * np.asarray(columns[cell.column], dtype=np.float64)
        return costs

    @property
    def regret(self) -> FloatArray:
        """Cost in ``unit`` above the best decision for each truth, (N, N), non-negative."""
        regret: FloatArray = self.costs - self.costs.min(axis=1, keepdims=True)
        return regret

    @property
    def loss_weights(self) -> FloatArray:
        """What a loss is given, (N, N), non-negative: ``training_costs``, else ``regret``."""
        return self.regret if self.training_costs is None else self.training_costs

    def aligned(self, labels: tuple[str, ...]) -> CostMatrix:
        """This matrix with rows and columns in the order of ``labels``, matched by name.

        Raises
        ------
        CostMatrixError
            If a label is missing or extra; the message lists both sides.
        """
        missing = [label for label in labels if label not in self.labels]
        extra = [label for label in self.labels if label not in labels]
        if missing or extra:
            raise CostMatrixError(
                f'cost matrix "{self.name}": its labels do not match the dataset\'s; '
                f"missing in the matrix: {_listed(missing)}; unknown to the dataset: "
                f"{_listed(extra)}. The dataset's labels are {_listed(labels)}"
            )
        order = [self.labels.index(label) for label in labels]
        grid = np.ix_(order, order)
        training = None if self.training_costs is None else self.training_costs[grid]
        return replace(
            self,
            labels=tuple(labels),
            costs=self.costs[grid],
            training_costs=training,
            refer=None if self.refer is None else self.refer[order],
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the file format; ``from_file`` reads it back."""
        data: dict[str, Any] = {
            "name": self.name,
            "labels": list(self.labels),
            "costs": self._cells(),
            "unit": self.unit,
            "dollars_per_unit": self.dollars_per_unit,
        }
        if self.training_costs is not None:
            data["training_costs"] = self.training_costs.tolist()
        if self.refer is not None:
            data[REFER] = self.refer.tolist()
        for key in ("source", "description"):
            if getattr(self, key):
                data[key] = getattr(self, key)
        return data

    def _cells(self) -> list[list[Any]]:
        """Cells as a file has them: a number, or an object where they depend on the case."""
        cells: list[list[Any]] = self.costs.tolist()
        for cost in self.column_costs:
            i, j = self.labels.index(cost.true), self.labels.index(cost.predicted)
            cells[i][j] = {"column": cost.column, "factor": cost.factor, "plus": cells[i][j]}
        return cells


def _check_labels(labels: tuple[str, ...]) -> None:
    for label in labels:
        if not isinstance(label, str) or not label:
            raise CostMatrixError(f'"labels": expected non-empty names, received {label!r}')
    repeated = sorted({label for label in labels if labels.count(label) > 1})
    if repeated:
        raise CostMatrixError(f'"labels": {_listed(repeated)} given more than once')
    if len(labels) < 2:
        raise CostMatrixError(f'"labels": expected at least 2 names, received {len(labels)}')


def square_of_numbers(cells: object, labels: tuple[str, ...], key: str) -> FloatArray:
    """Cells as an (N, N) float array of finite numbers, or an error that names the cell."""
    n = len(labels)
    rows = list(cells) if isinstance(cells, (list, tuple, np.ndarray)) else None
    if rows is None or len(rows) != n:
        received = type(cells).__name__ if rows is None else f"{len(rows)} rows"
        raise CostMatrixError(
            f'"{key}": expected {n} rows of {n} numbers (one per label), received {received}'
        )
    for label, row in zip(labels, rows, strict=True):
        if not isinstance(row, (list, tuple, np.ndarray)) or len(row) != n:
            received = f"{len(row)}" if isinstance(row, (list, tuple, np.ndarray)) else repr(row)
            raise CostMatrixError(
                f'"{key}", row "{label}": expected {n} numbers, received {received}'
            )
        for column, cell in zip(labels, row, strict=True):
            if not _is_number(cell) or not np.isfinite(cell):
                raise CostMatrixError(
                    f'"{key}", row "{label}" (truth), column "{column}" (prediction): '
                    f"expected a finite number, received {cell!r}"
                )
    square = np.array(rows, dtype=np.float64)
    square.flags.writeable = False
    return square


def _check_non_negative(training: FloatArray, labels: tuple[str, ...]) -> None:
    if (training < 0).any():
        i, j = np.argwhere(training < 0)[0]
        raise CostMatrixError(
            f'"training_costs", row "{labels[i]}" (truth), column "{labels[j]}" (prediction): '
            f"expected a number of at least 0, received {training[i, j]:g}"
        )


def _refer_costs(refer: Any, labels: tuple[str, ...]) -> FloatArray:
    each = [refer] * len(labels) if _is_number(refer) else refer
    if not isinstance(each, (list, tuple, np.ndarray)) or len(each) != len(labels):
        raise CostMatrixError(
            f'"{REFER}": expected a number, or {len(labels)} numbers (one per truth), received {refer!r}'
        )
    for label, cost in zip(labels, each, strict=True):
        if not _is_number(cost) or not np.isfinite(cost):
            raise CostMatrixError(
                f'"{REFER}", truth "{label}": expected a finite number, received {cost!r}'
            )
    return np.array(each, dtype=np.float64)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names) if names else "none"
