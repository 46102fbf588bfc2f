"""Cases that all models of a sweep decided, and what each decision costs there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.case_costs import case_costs
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.evaluation.references import oracle_dollars
from framework.studies.sweeping.axis import Axis
from framework.studies.sweeping.break_even import Lines


@dataclass(frozen=True, eq=False)
class Part:
    """Cases all models decided: truths (n,), decisions (K, n), cost columns, groups of cases."""

    y: np.ndarray
    decisions: np.ndarray
    columns: dict[str, np.ndarray]
    groups: np.ndarray | None

    def ends(self, axis: Axis, judge: CostMatrix) -> tuple[FloatArray, FloatArray]:
        """Dollar costs with the swept cost at 0 and at 1; those of any value lie on their line."""
        at_zero, at_one = (
            axis.matrix(judge, value).dollar_costs(self.columns) for value in (0.0, 1.0)
        )
        return at_zero, at_one

    def lines(self, axis: Axis, judge: CostMatrix) -> Lines:
        return Lines.of(self.y, self.decisions, *self.ends(axis, judge))

    def dollars(self, judge: CostMatrix) -> FloatArray:
        """Of every case and model at the costs of ``judge`` itself, (n, K)."""
        costs = judge.dollar_costs(self.columns)
        return np.stack([-case_costs(self.y, made, costs) for made in self.decisions], axis=1)

    def oracle(self, judge: CostMatrix) -> FloatArray:
        """Dollars (n,) of the best decision for every case."""
        return oracle_dollars(self.y, judge.dollar_costs(self.columns))
