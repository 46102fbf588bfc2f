"""How probable it is that chance alone puts a mean, or a difference of two, so far from 0.

The smallest ``1 - confidence`` at which a limit of the mean would exclude 0, on both sides; of two limits the
wider one: that of the intervals (``sampled_mean.py``), and that of random weights (``risk_bound.py``), which
for values of two kinds is exact on one sample, however rare a dear mistake is.
"""

from __future__ import annotations

from statistics import NormalDist

from framework.core.roots import root
from framework.core.uncertainty.risk_bound import limit_below
from framework.core.uncertainty.sampled_mean import SUREST, SampledMean

NORMAL = NormalDist()
PLAUSIBLE = 0.1  # above it nothing is found anyhow, and the first limit is enough
LEAST, EXACT = 0.5, 1e-3  # deviations of a normal distribution


def chance(mean: SampledMean) -> float:
    """The two-sided p-value of a true mean of 0.

    Examples
    --------
    >>> import numpy as np
    >>> one_in_fifty = SampledMean.of(np.repeat([0.0, -1.0], [49, 1]), (-1.0, 0.0))
    >>> ten_in_fifty = SampledMean.of(np.repeat([0.0, -1.0], [40, 10]), (-1.0, 0.0))
    >>> more = one_in_fifty.plus(ten_in_fifty.mirrored())
    >>> round(chance(more), 3)  # Fisher's exact test: 0.008, Boschloo's: 0.005
    0.006
    """
    ahead = mean if mean.mean >= 0 else mean.mirrored()
    likely = min(1.0, 2 * (1 - ahead.probability_above_zero()))
    if likely > PLAUSIBLE:
        return likely

    def above(deviations: float) -> float:
        return limit_below(ahead, NORMAL.cdf(deviations))

    if above(LEAST) <= 0:
        return 2 * (1 - NORMAL.cdf(LEAST))
    sure = SUREST if above(SUREST) >= 0 else root(above, LEAST, SUREST, EXACT)
    return max(likely, 2 * (1 - NORMAL.cdf(sure)))
