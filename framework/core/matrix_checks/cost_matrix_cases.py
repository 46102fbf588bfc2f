"""What is unreasonable about a cost matrix on the cases it is for: columns of the data in its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from framework.core.arrays import IntArray
from framework.core.case_costs import case_costs
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_cells import MISTAKES_THAT_PAY
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.references import Bounds
from framework.core.shown import listed

# Of the way from the best constant decision to a perfect oracle: beyond, no model is needed.
FIXED = 0.95


def case_warnings(
    matrix: CostMatrix,
    y: IntArray,
    columns: Mapping[str, np.ndarray],
    feature_names: Sequence[str] = (),
) -> tuple[str, ...]:
    """What a reader must know of costs that depend on the case; empty where none do.

    Parameters
    ----------
    matrix : CostMatrix
    y : array (n,)
        Truths of the training cases.
    columns : mapping of str to array (n,)
        Of the same cases: all of ``matrix.columns``.
    feature_names : sequence of str
        Of the columns a model sees.
    """
    if not matrix.column_costs:
        return ()
    told = [*_pay_in_some_cases(matrix, y, columns)]
    seen = [name for name in matrix.columns_known_afterwards if name in feature_names]
    if seen:
        told.append(
            f"{listed(seen)} is known only afterwards, and yet a feature that models see; take it "
            "out of the features (a dataset's cost_columns may hold it)"
        )
    savings = savings_of_columns_alone(matrix, y, columns)
    if savings is not None and savings >= FIXED:
        told.append(
            f"the cost columns ({listed(matrix.columns)}) alone fix the decision: without looking at "
            "any feature, each case decided by its own costs and the shares of the classes, "
            f"{savings:.0%} of what a perfect oracle saves is saved. If a column is known only when "
            'the case is over, its cells must say "known": "afterwards"'
        )
    return tuple(f'cost matrix "{matrix.name}": {text}' for text in told)


def savings_of_columns_alone(
    matrix: CostMatrix, y: IntArray, columns: Mapping[str, np.ndarray]
) -> float | None:
    """How far the costs of a case give its truth away: 0 not at all, 1 altogether.

    Every case is given the shares of the classes as its probabilities, and decided by least
    expected cost; the savings of that over the best constant decision, a perfect oracle's being 1.
    None where no column is known before the decision, or nothing can be saved.
    """
    decides = matrix.for_decisions(y, columns)
    if not decides.column_costs:
        return None
    shares = np.bincount(y, minlength=matrix.n_classes) / len(y)
    priced = decides.dollar_costs(columns)
    decisions = minimum_expected_cost(np.broadcast_to(shares, (len(y), len(shares))), priced)
    costs = matrix.dollar_costs(columns)
    cases = JudgedCases(y, costs)
    return Bounds.of(cases, cases).savings(-float(case_costs(y, decisions, costs).mean()))


def _pay_in_some_cases(
    matrix: CostMatrix, y: IntArray, columns: Mapping[str, np.ndarray]
) -> list[str]:
    if MISTAKES_THAT_PAY in matrix.allow or matrix.actions:
        return []
    told = []
    unknown, names = matrix.of_the_case, matrix.labels
    for i in np.flatnonzero(unknown.any(axis=1)):
        rows = np.flatnonzero(y == i)
        if not len(rows):
            continue
        own = {name: np.asarray(columns[name])[rows] for name in matrix.columns}
        costs = matrix.dollar_costs(own)[:, i, : matrix.n_classes]
        paying = (costs < costs[:, [i]]).sum(axis=0)
        told += [
            f'"{names[i]}" taken for "{names[j]}" costs less than the right decision in '
            f"{paying[j]:,} of {len(rows):,} training cases"
            for j in np.flatnonzero(paying)
        ]
    return told
