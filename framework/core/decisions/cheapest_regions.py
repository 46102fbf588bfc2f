"""Two classes: from which probability on which decision is the cheapest, in closed form.

The expected cost of a decision is a straight line in p, the probability of the second class:
``(1 - p) C[0, j] + p C[1, j]``. The cheapest decision everywhere is the lower envelope of these
lines; for two decisions its one corner is Elkan's threshold (2001, equation 2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framework.core.arrays import FloatArray

# Lines that cross this close together cross at one point but for rounding.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Region:
    """Probabilities of the second class, ``low`` to ``high``, where ``decision`` is the cheapest."""

    low: float
    high: float
    decision: int


def regions(costs: FloatArray) -> list[Region]:
    """Where each decision is the cheapest, from P = 0 to 1; a decision that never is, is left out.

    Parameters
    ----------
    costs : array (2, M)
        Rows the truth, columns the decision ("refer" among them), positive = bad.

    Examples
    --------
    >>> [(r.decision, round(r.low, 9)) for r in regions(np.array([[0.0, 1.0], [250_000.0, 0.0]]))]
    [(0, 0.0), (1, 4e-06)]
    """
    first, second = costs
    # At P = 0 the least cost if the first class is true; of equals, the one that rises least.
    now = int(np.lexsort((second, first))[0])
    low, found = 0.0, list[Region]()
    while True:
        better = np.flatnonzero(second < second[now])
        # (1 - p) above = p below, both at least 0.
        above = np.maximum(first[better] - first[now], 0.0)
        below = second[now] - second[better]
        crossings = above / (above + below)
        if len(better) == 0 or crossings.min() >= 1:
            return [*found, Region(low, 1.0, now)]
        at = float(crossings.min())
        here = better[crossings <= at * (1 + ROUNDING)]
        if at > low:
            found.append(Region(low, at, now))
        low, now = at, int(here[second[here].argmin()])
