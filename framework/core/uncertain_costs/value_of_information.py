"""What it is worth to know costs exactly before cases are decided, all of them or one number.

With what is known now the best one can do is to decide at the mean costs ``C``, for expected costs are linear
in them. The expected value of perfect information (Raiffa, Schlaifer, "Applied Statistical Decision Theory",
1961) is what the decisions lose by that, on average over all plausible costs:

    EVPI     = E_x[ cost of the decisions at C, by x  -  cost of the decisions at x, by x ]

Of one number f, the partial value (EVPPI; Felli, Hazen, "Sensitivity Analysis and the Expected Value of
Perfect Information", Medical Decision Making 18, 1998), the others stay at their means, for they are
independent and costs are linear in them (Brennan, Kharroubi, O'Hagan, Chilcott, Medical Decision Making 27,
2007): a mean over one number, with no simulation within a simulation and so without its bias. It is taken
over ``NODES`` shares of the number's distribution.
"""

from __future__ import annotations

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.uncertain_costs.redeciding import Redeciding

NODES = 256
ROUNDING = 1e-12


def lost_by(
    cases: Redeciding, decisions: IntArray, draws: FloatArray, anew: FloatArray
) -> FloatArray:
    """What ``decisions`` (n,) are expected to lose above those made with the costs known, dollars per case.

    Parameters
    ----------
    decisions : array (n,)
        As they would stay.
    draws : array (D, F)
        Plausible numbers.
    anew : array (D, 2)
        ``cases.anew(draws)``.

    Returns
    -------
    array (D,)
        Never below 0. Its mean is the EVPI, where the decisions are those at the means.
    """
    return _above(cases.fixed(decisions)(draws)[:, 0], anew[:, 0])


def _above(now: FloatArray, then: FloatArray) -> FloatArray:
    """``now`` less ``then``, which is no larger but for rounding."""
    lost = now - then
    return np.where(lost > ROUNDING * np.abs(now).max(initial=0.0), lost, 0.0)


def of_each_number(cases: Redeciding, nodes: int = NODES) -> FloatArray:
    """The value (F,) of knowing one number and no other, in dollars per case."""
    numbers = cases.numbers
    at = numbers.means
    now = cases.fixed(cases.cheapest(at))
    found = np.zeros(len(numbers))
    for f, one in enumerate(numbers.ranges):
        values = one.nodes(nodes)
        draws = np.tile(at, (len(values), 1))
        draws[:, f] = values
        then = cases.anew(values[:, None], [f])[:, 0]
        found[f] = _above(now(draws)[:, 0], then).mean()
    return found
