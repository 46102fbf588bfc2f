"""How bad a mean can be: a limit that the mean of bounded values is below with a stated probability.

The values that were seen, and one more at the worst that can come, get random weights that sum to 1,
uniform among all such weights (Dirichlet): the limit is the quantile of the weighted mean (Gaffke,
"Three test statistics for a nonparametric one-sided hypothesis on the mean of a nonnegative variable",
Mathematical Methods of Statistics, 2005). For values of two kinds this is the exact limit of Clopper and
Pearson (1934); that it holds for all bounded values is conjectured, and simulated in
docs/promises.md. Its tail is a saddlepoint approximation (Lugannani, Rice 1980), right to 1 or 2 % and on
the safe side.

``betting_limit`` is wider, and proved for all bounded values that are independent (Waudby-Smith, Ramdas,
"Estimating means of bounded random variables by betting", JRSS B, 2024, with constant bets as in their
section 4, averaged over orders of the cases).
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.roots import root
from framework.core.uncertainty.sampled_mean import Observations, SampledMean

NORMAL = NormalDist()
STEPS = 200  # Newton's, or halvings, at most
EXACT = 1e-6  # of the limit, relative to its way from the mean
ORDERS, HOLD_BACK = 8, 0.75  # of the bets: orders of the cases, and the most that is staked
NEAR_ONE = 1e-5  # of a saddlepoint to zero: the tail there is one half


def limit_below(mean: SampledMean, level: float) -> float:
    """Below ``mean`` with probability ``level`` at most: a lower limit, one-sided.

    Samples of their own (classes at known shares, say) are joined by their squared distances.
    """
    away = [_below(sample, level) for sample in mean.cases]
    return mean.mean - float(np.linalg.norm(away))


def _below(sample: Observations, level: float) -> float:
    """How far below its mean the limit of one sample lies."""
    average = float(np.average(sample.values, weights=sample.weights))
    worst = min(average + sample.share * (sample.support[0] - average), float(sample.values.min()))
    values = np.append(-sample.values, -worst)  # as costs: the worst is the largest
    weights = np.append(sample.weights, 1.0)
    span = -worst + average
    if span <= 0:
        return 0.0
    seen = float(np.average(values, weights=weights))

    def too_sure(limit: float) -> float:
        return tail(values, weights, limit) - (1 - level)

    highest = -worst - 1e-12 * span
    if too_sure(highest) > 0:
        return span
    # A bracket from what a normal distribution would say: closer than all that can be.
    error = float(np.sqrt(weights @ (values - seen) ** 2)) / float(weights.sum())
    low, high = seen, min(seen + NORMAL.inv_cdf(level) * error, highest)
    while too_sure(high) > 0 and high < highest:
        low, high = high, min(2 * high - seen, highest)
    return root(too_sure, low, high, EXACT * (high - seen)) + average


def tail(values: FloatArray, weights: FloatArray, limit: float) -> float:
    """The probability that the randomly weighted mean of ``values`` (K,) is ``limit`` or more.

    ``weights`` (K,) are how often each value was seen; their random shares are Gamma(weight)
    variables over their sum, so that what is asked is whether a sum of weighted Gammas is
    positive.

    Examples
    --------
    >>> none_of_20_wrong = tail(np.array([0.0, 1.0]), np.array([20.0, 1.0]), 0.1391)
    >>> round(none_of_20_wrong, 2)  # of 20 without a mistake, 13.91 % is the limit of 95 %
    0.05
    """
    away = values - limit
    if away.max() <= 0:
        return 0.0
    if away.min() >= 0:
        return 1.0
    at = _saddlepoint(away, weights)
    bent = away / (1 - at * away)
    spread = float(weights @ bent**2)
    height = -float(weights @ np.log1p(-at * away))
    deviations = np.sign(at) * np.sqrt(max(-2 * height, 0.0))
    if abs(deviations) < NEAR_ONE:
        return 0.5
    scaled = at * np.sqrt(spread)
    density = NORMAL.pdf(deviations)
    found = NORMAL.cdf(-deviations) + density * (1 / scaled - 1 / deviations)
    return float(np.clip(found, 0.0, 1.0))


def _saddlepoint(away: FloatArray, weights: FloatArray) -> float:
    """Where the derivative ``sum w a / (1 - t a)`` is zero, between the poles."""
    low, high = 1 / float(away.min()), 1 / float(away.max())
    at = 0.0
    for _ in range(STEPS):
        bent = away / (1 - at * away)
        slope = float(weights @ bent)
        low, high = (low, at) if slope > 0 else (at, high)
        step = at - slope / float(weights @ bent**2)
        if not low < step < high:
            step = (low + high) / 2
        if abs(step - at) <= 1e-14 * max(abs(low), abs(high)):
            return step
        at = step
    return at


def betting_limit(values: FloatArray, support: tuple[float, float], level: float) -> float:
    """A lower limit of the mean of independent ``values`` (n,) within ``support``.

    Whoever bets against a mean of ``m`` that it is at, wins ``1 / (1 - level)`` times the stake with a
    probability of ``1 - level`` at most (Ville 1939); the limit is the largest mean against which the
    bets on these values have won that much, or the lowest value.
    """
    low, high = support
    costs = (high - values) / (high - low)  # in [0, 1], 1 the worst
    wanted = -np.log(1 - level)
    orders = [np.random.default_rng(seed).permutation(costs) for seed in range(ORDERS)]
    bets = [(order, np.sqrt(2 * wanted / (len(costs) * _variances(order)))) for order in orders]

    def won(mean: float) -> float:
        logs = np.array(
            [
                np.log1p(np.minimum(bet, HOLD_BACK / (1 - mean)) * (mean - order)).sum()
                for order, bet in bets
            ]
        )
        return float(logs.max() + np.log(np.mean(np.exp(logs - logs.max())))) - wanted

    mean = float(costs.mean())
    if won(1 - 1e-9) <= 0:
        return low
    return high - (high - low) * root(won, mean, 1 - 1e-9, EXACT)


def _variances(costs: FloatArray) -> FloatArray:
    """Of the costs before each one (n,), with one supposed that varies the most."""
    t = np.arange(1, len(costs) + 1)
    means = (0.5 + np.cumsum(costs)) / (t + 1)
    seen: FloatArray = (0.25 + np.cumsum((costs - means) ** 2)) / (t + 1)
    return np.append(0.25, seen[:-1])
