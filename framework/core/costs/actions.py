"""What one can do beside what can be true: M actions, N labels.

``costs`` are what every decision costs, positive = bad: (N, M), or (n, N, M) where they depend on
the case. ``n_actions`` is how many of their columns are actions, from the first; a further one is
"refer", which nobody acts by who names a class. 0: the columns are the labels themselves.
"""

from __future__ import annotations

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import depend_on_case


def best_actions(costs: FloatArray, n_actions: int) -> IntArray:
    """The cheapest action if a class is true, (N,) or (n, N); ties go to the first."""
    best: IntArray = costs[..., :n_actions].argmin(axis=-1)
    return best


def class_costs(costs: FloatArray, n_actions: int) -> FloatArray:
    """What it costs to act as if class j were true: ``costs[i, best action of j]``.

    (N, N), or (n, N, N) where costs depend on the case; without actions ``costs`` as they are.

    Examples
    --------
    >>> costs = np.array([[0.0, 90.0, 1300.0], [252_000.0, 40_000.0, 35_000.0]])
    >>> class_costs(costs, 3).tolist()
    [[0.0, 1300.0], [252000.0, 35000.0]]
    """
    if not n_actions:
        return costs
    best = best_actions(costs, n_actions)
    if depend_on_case(costs):
        return np.take_along_axis(costs, best[:, None, :], axis=2)
    return costs[:, best]


def acted_on(classes: IntArray, costs: FloatArray, n_actions: int) -> IntArray:
    """The best action (n,) for the class (n,) that was decided; without actions the class."""
    if not n_actions:
        return classes
    best = best_actions(costs, n_actions)
    return best[np.arange(len(classes)), classes] if depend_on_case(costs) else best[classes]
