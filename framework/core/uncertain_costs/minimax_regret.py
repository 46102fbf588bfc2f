"""The decision whose largest regret is the least, whatever the costs turn out to be.

The regret of a decision is what it is expected to cost above the cheapest one, were the costs known (Savage,
"The Theory of Statistical Decision", Journal of the American Statistical Association 46, 1951). Each number
may be anywhere between its ends, apart from the others. The difference of two decisions is linear in the
numbers, so its largest value stands at their ends: ``middle + sum_f radius_f |G_f[j] - G_f[k]|``, exactly.
Of two decisions this is the cheapest one at the middles of the ranges.
"""

from __future__ import annotations

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import expected_costs
from framework.core.uncertain_costs.uncertain_costs import UncertainCosts


def largest_regrets(
    probabilities: FloatArray, costs: FloatArray, numbers: UncertainCosts
) -> FloatArray:
    """The largest regret (n, M) of every decision over all plausible costs, in dollars.

    Parameters
    ----------
    probabilities : array (n, N)
    costs : array (N, M) or (n, N, M)
        Dollars, positive = bad, with the numbers at ``numbers.used``.
    numbers : UncertainCosts

    Examples
    --------
    A false alarm costs 1, a miss 1 to 5; one case in three is ill:

    >>> from framework.core.costs.cost_matrix import CostMatrix
    >>> miss = {"distribution": "uniform", "low": 1, "high": 5}
    >>> matrix = CostMatrix.from_dict({"name": "m", "labels": ["well", "ill"], "costs": [[0, 1], [miss, 0]]})
    >>> of = largest_regrets(np.array([[2 / 3, 1 / 3]]), matrix.dollar_costs(), UncertainCosts.of(matrix))
    >>> of.round(3).tolist()
    [[1.0, 0.333]]
    """
    ends = numbers.ends
    radii = (ends[:, 1] - ends[:, 0]) / 2
    middle = expected_costs(probabilities, numbers.moved(costs, ends.mean(axis=1)))
    m = middle.shape[1]
    own = [np.flatnonzero(numbers.cells[:, :, j].any(axis=1)) for j in range(m)]
    # What each number moves of a decision's expected cost (F_j, n), at most.
    moves = [
        radii[own[j], None] * (probabilities @ numbers.cells[own[j], :, j].T).T for j in range(m)
    ]
    sums = [of.sum(axis=0) for of in moves]
    worst = np.zeros(middle.shape)
    for j in range(m):
        for k in range(j):
            spread = sums[j] + sums[k]
            for f in np.intersect1d(own[j], own[k]):  # moves both the same way
                pair = moves[j][own[j] == f][0], moves[k][own[k] == f][0]
                spread = spread - 2 * np.minimum(*pair)
            gap = middle[:, j] - middle[:, k]
            worst[:, j] = np.maximum(worst[:, j], gap + spread)
            worst[:, k] = np.maximum(worst[:, k], spread - gap)
    return worst


def minimax_regret(
    probabilities: np.ndarray, costs: np.ndarray, numbers: UncertainCosts | None = None
) -> IntArray:
    """The decision with the least largest regret (n,); ties go to the first.

    Where all costs are known that is the decision of least expected cost.
    """
    if numbers is None or len(numbers) == 0:
        return np.asarray(expected_costs(probabilities, costs).argmin(axis=1))
    return np.asarray(largest_regrets(probabilities, costs, numbers).argmin(axis=1))
