"""The fields of a cost matrix, checked: what is written down, apart from what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from framework.core.arrays import BoolArray, FloatArray
from framework.core.costs import cost_matrix_columns
from framework.core.costs.cost_matrix_cells import (
    LARGEST,
    MISTAKES_THAT_PAY,
    REFER,
    cheapest_of_row,
    check_actions,
    check_allowed,
    check_exchange_rate,
    check_labels,
    check_no_mistake_pays,
    check_non_negative,
    is_currency,
    refer_costs,
    table_of_numbers,
)
from framework.core.costs.cost_matrix_columns import (
    AFTERWARDS,
    ColumnCost,
    Sides,
    check_column_costs,
)
from framework.core.costs.cost_matrix_ranges import RangedCell, check_ranges, largest_plausible
from framework.core.costs.prevalence import problem as problem_of_shares
from framework.core.errors import CostMatrixError


@dataclass(frozen=True, eq=False)
class CostMatrixFields:
    """What is told of a matrix: see ``framework.core.costs.cost_matrix.CostMatrix``, which has them.

    Raises
    ------
    CostMatrixError
        If a shape, a label or a cell is not acceptable; the message names the cell.
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
    allow: tuple[str, ...] = ()
    prevalence: Mapping[str, float] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    ranges: tuple[RangedCell, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.labels, str):
            raise CostMatrixError(
                f'"labels": expected a list of names, received the string {self.labels!r}'
            )
        object.__setattr__(self, "labels", tuple(self.labels))
        check_labels(self.labels)
        self._set_costs()
        if self.training_costs is not None:
            training = table_of_numbers(self.training_costs, self.labels, "training_costs")
            object.__setattr__(self, "training_costs", training)
            check_non_negative(training, self.labels)
        if self.refer is not None:
            object.__setattr__(self, "refer", refer_costs(self.refer, self.labels))
        object.__setattr__(self, "column_costs", tuple(self.column_costs))
        check_column_costs(self.column_costs, self.sides)
        object.__setattr__(self, "ranges", tuple(self.ranges))
        check_ranges(self.ranges, self.column_costs, self.sides, self.refer is not None)
        object.__setattr__(self, "allow", check_allowed(self.allow))
        if MISTAKES_THAT_PAY not in self.allow:
            if not self.actions:  # of actions none is the right one by its name
                check_no_mistake_pays(self.costs, self.labels, "costs", self.of_the_case)
            if self.training_costs is not None:
                nowhere = np.zeros(self.training_costs.shape, dtype=bool)
                check_no_mistake_pays(self.training_costs, self.labels, "training_costs", nowhere)
        check_exchange_rate(self.dollars_per_unit)
        self._check_dollars()
        told = problem_of_shares(self.prevalence, self.labels)
        if told is not None:
            raise CostMatrixError(f'"prevalence": {told}')

    def _check_dollars(self) -> None:
        """Raise CostMatrixError where a cell is worth more dollars than are reckoned with."""
        tables = [self.costs, *([] if self.refer is None else [self.refer])]
        largest = max(float(np.abs(table).max()) for table in tables)
        factors = [abs(cell.factor) for cell in self.column_costs]
        largest = max(largest, largest_plausible(self.ranges))
        if max([largest, *factors]) * self.dollars_per_unit > LARGEST:
            raise CostMatrixError(
                f'"dollars_per_unit": expected cells worth at most {LARGEST:g} dollars, received one of '
                f"{largest:g} at {self.dollars_per_unit:g} dollars each"
            )

    def _set_costs(self) -> None:
        """``actions`` and ``costs``, checked; actions that are the labels themselves are none."""
        if isinstance(self.actions, str):
            raise CostMatrixError(
                f'"actions": expected a list of names, received the string {self.actions!r}'
            )
        actions = tuple(self.actions)
        if actions:
            check_actions(actions)
        costs = table_of_numbers(self.costs, self.labels, "costs", actions)
        if sorted(actions) == sorted(self.labels):
            costs, actions = costs[:, [actions.index(label) for label in self.labels]], ()
            costs.flags.writeable = False
        object.__setattr__(self, "actions", actions)
        object.__setattr__(self, "costs", costs)

    @property
    def n_classes(self) -> int:
        return len(self.labels)

    @property
    def n_actions(self) -> int:
        """How many actions there are; 0 where labels are decided (see ``framework.core.costs.actions``)."""
        return len(self.actions)

    @property
    def acts(self) -> tuple[str, ...]:
        """The columns of ``costs``: the actions, or the labels where none are named."""
        return self.actions or self.labels

    @property
    def sides(self) -> Sides:
        """The names of rows and of columns."""
        return self.labels, self.acts

    @property
    def decision_labels(self) -> tuple[str, ...]:
        """What may be decided: the actions, or the labels; and "refer" where the matrix prices it."""
        return self.acts if self.refer is None else (*self.acts, REFER)

    @property
    def right_decisions(self) -> BoolArray:
        """Which decisions (N, M) are no mistake: naming the truth; of actions, the cheapest for it.

        "refer" never is. Of a truth whose costs depend on the case none is, for which action is the
        cheapest differs from case to case.
        """
        right = np.zeros((self.n_classes, len(self.decision_labels)), dtype=bool)
        if self.actions:
            varying = self.of_the_case.any(axis=1, keepdims=True)
            right[:, : self.n_actions] = cheapest_of_row(self.costs) & ~varying
        else:
            np.fill_diagonal(right, True)
        return right

    @property
    def values(self) -> FloatArray:
        """Value per case in ``unit``, (N, M): ``-costs`` (negative = a loss)."""
        return -self.costs

    @property
    def cell_dollars(self) -> FloatArray:
        """Value per case in dollars, (N, M): negative = a loss, as everywhere in reports."""
        return -self.costs * self.dollars_per_unit

    @property
    def currency(self) -> str:
        """What ``dollar_costs`` are counted in: "USD", or the unit where that is a currency.

        A unit that is a currency's code (ISO 4217: three capitals) or sign, and was given no
        exchange rate, stays what it is: 100 EUR at one dollar a unit are 100 EUR, not 100 USD.
        """
        stays = self.dollars_per_unit == 1 and is_currency(self.unit)
        return self.unit if stays else "USD"

    @property
    def money(self) -> tuple[str, float]:
        """What ``framework.core.words.currency`` is told: the ``currency``, and the largest cost in it."""
        largest = max(
            [float(np.abs(self.costs).max()), *(abs(c.factor) for c in self.column_costs)]
        )
        return self.currency, largest * self.dollars_per_unit

    @property
    def regret(self) -> FloatArray:
        """Cost in ``unit`` above the best decision for each truth, (N, M), non-negative."""
        return regret(self.costs)

    @property
    def of_the_case(self) -> BoolArray:
        """Which cells depend on the case, (N, M)."""
        return cost_matrix_columns.where(self.column_costs, self.sides)

    def position(self, cell: ColumnCost) -> tuple[int, int]:
        """Row and column of a cell that depends on the case."""
        return cell.position(self.sides)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the data columns that the costs depend on."""
        return cost_matrix_columns.names_of(self.column_costs)

    @property
    def columns_known_afterwards(self) -> tuple[str, ...]:
        """Those of ``columns`` that are not known yet when a case is decided."""
        return cost_matrix_columns.names_of(self.column_costs_known(AFTERWARDS))

    def column_costs_known(self, when: str) -> tuple[ColumnCost, ...]:
        """Those of ``column_costs`` that are known before, or only after the decision."""
        return tuple(cell for cell in self.column_costs if cell.known == when)


def regret(costs: FloatArray) -> FloatArray:
    """Costs (..., M) above those of the best decision for the same truth, non-negative."""
    above: FloatArray = costs - costs.min(axis=-1, keepdims=True)
    return above
