"""Decisions that no probability makes the cheapest: one linear programme for each."""

from __future__ import annotations

import numpy as np

from framework.core.arrays import FloatArray

# A lead within this share of the largest cost is none, but for rounding.
ROUNDING = 1e-9


def leads(costs: FloatArray) -> FloatArray:
    """By how much each decision (M,) is ahead where probabilities speak for it the most.

    The largest t for which some probabilities p of the N classes have ``p . C[:, b] - p . C[:, a]
    >= t`` for every other decision b. Below 0: whatever the probabilities, another decision is
    cheaper; 0: it is at best as cheap as another.

    Parameters
    ----------
    costs : array (N, M)
        Rows the truth, positive = bad, in any unit; leads are in it, too.

    Examples
    --------
    >>> leads(np.array([[0.0, 60.0, 100.0], [100.0, 60.0, 0.0]])).round(6).tolist()
    [60.0, -10.0, 60.0]
    """
    from scipy.optimize import linprog

    n, m = costs.shape
    size = float(np.abs(costs).max()) or 1.0
    found = np.zeros(m)
    for a in range(m):
        above = np.delete(costs - costs[:, [a]], a, axis=1) / size
        # Least of -t, so that t - p . above[:, b] <= 0 for all b, and p are probabilities.
        solved = linprog(
            np.append(np.zeros(n), -1.0),
            A_ub=np.column_stack([-above.T, np.ones(m - 1)]),
            b_ub=np.zeros(m - 1),
            A_eq=np.append(np.ones(n), 0.0)[None],
            b_eq=[1.0],
            bounds=[(0, 1)] * n + [(None, None)],
            method="highs",
        )
        lead = -float(solved.fun)
        found[a] = 0.0 if abs(lead) <= ROUNDING else lead * size
    return found
