"""The cost matrix: what each kind of mistake costs, and how strongly to train against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.costs import cost_matrix_columns
from framework.core.costs.actions import class_costs
from framework.core.costs.cost_matrix_cells import (
    MISTAKES_THAT_PAY,
    check_same_labels,
    paying_mistakes,
)
from framework.core.costs.cost_matrix_columns import (
    AFTERWARDS,
    BEFORE,
    required,
)
from framework.core.costs.cost_matrix_fields import CostMatrixFields, regret
from framework.core.costs.cost_matrix_file import fields_of, fields_of_file, written
from framework.core.costs.cost_matrix_forms import in_file_format
from framework.core.errors import CostMatrixError
from framework.core.files import write_json
from framework.core.labels import label_name

READABLE = 100  # classes; of more, nobody reads the file of a matrix line by line


@dataclass(frozen=True, eq=False, repr=False)
class CostMatrix(CostMatrixFields):
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
    costs : array (N, N), or (N, M) with M ``actions``
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
    allow : sequence of str
        What is refused otherwise: ``"mistakes_that_pay"``, a mistake that costs less than the
        right decision for its truth; ``"unseen_classes"``, a label without a case in training.
    prevalence : mapping of str to float
        Shares of labels among the cases that will be decided (default: as in the data).
    actions : sequence of str, length M, optional
        What can be done, where that is not to name a label: the columns of ``costs``. Which is the
        best for a truth follows from the costs alone; the labels themselves are no actions.
    ranges : sequence
        Cells that nobody knows exactly, as a file or ``CostMatrix.of`` gives them; ``costs`` and ``refer``
        hold the number that is used there.

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

    @classmethod
    def of(
        cls,
        given: Any,
        labels: Sequence[Any] | None = None,
        name: str = "costs",
        actions: Sequence[Any] | None = None,
    ) -> CostMatrix:
        """The matrix that ``given`` means, if it means one.

        Parameters
        ----------
        given : CostMatrix, array (N, N), nested lists, data frame, mapping, or path of a file
            Rows the truth, positive = bad. Of a frame and of ``{true: {decision: cost}}``, both go by
            their labels; there may be a decision "refer".
        labels : sequence, optional
            The order of an array's rows; a matrix with labels is brought into it, by name.
        actions : sequence, optional
            The columns of an array (N, M), a frame or a mapping, where these are no labels: what can
            be done. A CostMatrix and a file say themselves what theirs are.

        Examples
        --------
        >>> CostMatrix.of({"ill": {"healthy": 50}, "healthy": {"ill": 1}}).labels
        ('ill', 'healthy')
        """
        names = None if labels is None else tuple(map(label_name, labels))
        if isinstance(given, (str, Path)):
            given = cls.from_file(given)
        elif not isinstance(given, cls):
            named = None if actions is None else tuple(map(label_name, actions))
            given = cls.from_dict(in_file_format(given, names, name, named))
        matrix: CostMatrix = given
        return matrix if names is None else matrix.aligned(names)

    @classmethod
    def from_file(cls, path: str | Path) -> CostMatrix:
        """Read a JSON or CSV file (format: docs/cost-matrix.md)."""
        try:
            return cls(**fields_of_file(Path(path)))
        except CostMatrixError as error:
            raise CostMatrixError(f"{path}: {error}") from error

    @classmethod
    def from_dict(cls, data: object) -> CostMatrix:
        """The matrix that a parsed JSON object of that format describes."""
        return cls(**fields_of(data))

    def to_file(self, path: Path) -> None:
        """Write the JSON object that ``from_file`` reads."""
        write_json(path, self.to_dict(), 2 if self.n_classes <= READABLE else None)

    @classmethod
    def equal(cls, labels: tuple[str, ...]) -> CostMatrix:
        """Every mistake costs 1 and a right decision nothing: what plain training assumes."""
        return cls("equal", labels, 1.0 - np.eye(len(labels)), unit="mistake")

    def for_decisions(self, y_train: IntArray, columns: Mapping[str, np.ndarray]) -> CostMatrix:
        """This matrix as far as it is known when a case is decided.

        A cell whose column is known only afterwards becomes a constant: ``plus`` and ``factor``
        times the column's mean over the training cases of the cell's truth (over all training
        cases where it has none). What is judged and trained by is the matrix itself.

        Parameters
        ----------
        y_train : array (n,)
            Truths of the training cases, in the order of ``labels``.
        columns : mapping of str to array (n,)
            Of the same cases, at least the ``columns_known_afterwards``.
        """
        later = self.column_costs_known(AFTERWARDS)
        if not later:
            return self
        known = required(self.name, self.columns_known_afterwards, columns)
        costs = cost_matrix_columns.at_their_means(self.costs, later, self.sides, y_train, known)
        # Means may happen to pay for a mistake, which is no slip of the person who wrote it.
        return replace(
            self,
            costs=costs,
            column_costs=self.column_costs_known(BEFORE),
            allow=self.allowing(costs),
        )

    def allowing(self, *tables: FloatArray) -> tuple[str, ...]:
        """``allow``, with mistakes that pay where some do in costs that were worked out."""
        square = [table for table in tables if table.shape[0] == table.shape[1]]
        if self.actions or not any(paying_mistakes(table).any() for table in square):
            return self.allow
        return tuple(dict.fromkeys((*self.allow, MISTAKES_THAT_PAY)))

    def dollar_costs(self, columns: Mapping[str, np.ndarray] | None = None) -> FloatArray:
        """Cost in dollars (positive = bad) of every decision: (N, M), or (n, N, M) per case.

        M columns, one for each of ``decision_labels``. ``columns`` holds the data columns, (n,) each,
        that ``self.columns`` names.
        """
        costs = self._cell_costs(columns)
        if self.refer is not None:
            refer = np.broadcast_to(self.refer[:, None], (*costs.shape[:-1], 1))
            costs = np.concatenate([costs, refer], axis=-1)
        return costs * self.dollars_per_unit

    def loss_table(
        self,
        y: IntArray,
        columns: Mapping[str, np.ndarray] | None = None,
        normalize: bool = True,
    ) -> FloatArray:
        """What a loss is given: (N, N), row the truth, or (n, N) where costs depend on the case.

        The regret of ``training_costs`` when the matrix has them, else of ``costs``: what a decision
        costs above the best one for the same truth. Where the truth is the best decision (Elkan 2001,
        "reasonable" matrices) this is ``costs[i, j] - costs[i, i]``; subtracting a constant from
        a row changes neither a decision nor a gradient. With actions, ``costs`` are here those of
        acting as if a class were true (``induced_costs``).

        With ``normalize``, in units of the average mistake on the cases ``y``: neither currency
        nor size of the costs then matters, and equal costs become 1 off the diagonal.
        """
        if self.training_costs is not None or not self.column_costs:
            table = self.loss_weights
            of_cases = table[y]
        else:
            costs = class_costs(self._cell_costs(columns), self.n_actions)[np.arange(len(y)), y]
            table = of_cases = regret(costs)
        if not normalize:
            return table
        average = float(of_cases.sum(axis=1).mean()) / (self.n_classes - 1)
        if average == 0:
            same = ", for all labels have the same best action" if self.actions else ""
            raise CostMatrixError(
                f'cost matrix "{self.name}": no mistake has a training cost{same}'
            )
        return table / average

    def _cell_costs(self, columns: Mapping[str, np.ndarray] | None) -> FloatArray:
        """(N, M), or (n, N, M) where costs depend on the case; in ``unit``."""
        if not self.column_costs:
            return self.costs
        known = required(self.name, self.columns, columns)
        return cost_matrix_columns.of_each_case(self.costs, self.column_costs, self.sides, known)

    @property
    def induced_costs(self) -> FloatArray:
        """What it costs to act as if a class were true, (N, N): ``costs[i, best action of j]``.

        Where labels are decided these are the ``costs``.
        """
        return class_costs(self.costs, self.n_actions)

    @property
    def loss_weights(self) -> FloatArray:
        """What a loss is given, (N, N), non-negative: the regret of ``training_costs``, or ``costs``.

        What the best decision for a truth costs anyway is nothing that training could save.
        """
        given = self.training_costs
        return regret(self.induced_costs if given is None else given)

    def aligned(self, labels: tuple[str, ...]) -> CostMatrix:
        """This matrix with rows and columns in the order of ``labels``, matched by name.

        Raises
        ------
        CostMatrixError
            If a label is missing or extra; the message lists both sides.
        """
        check_same_labels(self.name, self.labels, labels)
        order = [self.labels.index(label) for label in labels]
        square = np.ix_(order, order)
        training = None if self.training_costs is None else self.training_costs[square]
        return replace(
            self,
            labels=tuple(labels),
            costs=self.costs[order] if self.actions else self.costs[square],
            training_costs=training,
            refer=None if self.refer is None else self.refer[order],
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the file format; ``from_file`` reads it back."""
        return written(vars(self))

    def __repr__(self) -> str:
        from framework.core.costs.cost_matrix_display import matrix_text

        return matrix_text(self)

    def _repr_html_(self) -> str:
        from framework.core.costs.cost_matrix_display import matrix_html

        return matrix_html(self)
