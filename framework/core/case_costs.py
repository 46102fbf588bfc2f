"""Costs of a class or of the case: said once, for everybody who looks them up.

``costs`` are what every decision costs, positive = bad: (N, M), one row for each true class, or
(n, N, M) where they depend on the case (see ``CostMatrix.dollar_costs``).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from framework.core.arrays import FloatArray


def depend_on_case(costs: np.ndarray) -> bool:
    return costs.ndim == 3


def of_cases(costs: FloatArray, cases: Any) -> FloatArray:
    """Those of some cases (positions, or a mask): (N, M) of all alike, or those of (n, N, M)."""
    return costs[cases] if depend_on_case(costs) else costs


def by_case(costs: FloatArray) -> FloatArray:
    """With a first axis of cases, (n, N, M), or (1, N, M) that stand for all of them."""
    return costs if depend_on_case(costs) else costs[None]


def costs_of_truths(y_true: np.ndarray, costs: FloatArray) -> FloatArray:
    """What each decision would cost each case (n, M)."""
    return costs[np.arange(len(y_true)), y_true] if depend_on_case(costs) else costs[y_true]


def costs_of_decisions(decisions: np.ndarray, costs: FloatArray) -> FloatArray:
    """What the decision on each case would cost by truth (n, N)."""
    if depend_on_case(costs):
        return costs[np.arange(len(decisions)), :, decisions]
    return costs[:, decisions].T


def case_costs(y_true: np.ndarray, decisions: np.ndarray, costs: FloatArray) -> FloatArray:
    """What each case cost (n,)."""
    if depend_on_case(costs):
        return costs[np.arange(len(y_true)), y_true, decisions]
    return costs[y_true, decisions]


def expected_costs(probabilities: np.ndarray, costs: FloatArray) -> FloatArray:
    """Expected cost (n, M) of every decision: ``sum_i p_i C[i, j]``."""
    if depend_on_case(costs):
        return np.einsum("ni,nij->nj", probabilities, costs)
    expected: FloatArray = probabilities @ costs
    return expected
