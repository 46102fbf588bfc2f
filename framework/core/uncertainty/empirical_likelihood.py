"""The likelihood of a mean, given nothing but the values that were seen.

Each seen value ``v_k`` of weight ``w_k`` gets a probability ``p_k``. A mean is as likely as the
likeliest probabilities that have it: ``max sum_k w_k log(p_k W / w_k)``, 0 for the mean that was
seen and less for all others. The extreme mean of a given likelihood has ``p_k`` proportional to
``w_k / (nu - v_k)``: one number ``nu``, found by Newton's method; no random numbers.

Source: Owen, "Empirical Likelihood", 2001, chapters 2 and 3.
"""

from __future__ import annotations

import numpy as np

from framework.core.arrays import FloatArray

NEAREST = 1e-12  # of nu to the largest value, as a share of their range
FURTHEST = 1e6  # the same: beyond it the likelihood is that of a normal mean
STEPS = 60  # Newton's, or halvings, at most; about six are needed
LONGEST = 5.0  # step of Newton's, in the logarithm of the gap
EXACT = 1e-8  # of the logarithm that is solved for


def highest_mean(values: FloatArray, weights: FloatArray, drop: float) -> float:
    """The largest mean whose log likelihood ratio is ``-drop``.

    Parameters
    ----------
    values, weights : array (K,)
        What was seen and how often; weights are positive and need not be whole.
    drop : float
        Not negative; half the square of a normal quantile for a limit of that quantile.
    """
    lowest, highest = float(values.min()), float(values.max())
    width = highest - lowest
    total = float(weights.sum())
    # From the largest value down, as a share of the range: nothing is lost where nu nears it.
    short = (highest - values) / width if width > 0 else np.zeros(len(values))
    mean = float(weights @ short) / total
    if width <= 0 or drop <= 0 or mean <= 0:
        return highest - width * mean
    spread = float(weights @ (short - mean) ** 2)
    away = np.sqrt(2 * drop * spread)  # of a normal mean: from it, in cases
    if away * FURTHEST <= spread:
        return highest - width * (mean - away / total)
    gap = max(spread / away - mean, 2 * NEAREST)
    found = mean
    bracket = [np.log(NEAREST), np.inf]
    at = np.log(gap)
    for _ in range(STEPS):
        found, error, slope = _tilted(short, weights, total, mean, np.exp(at), drop)
        if abs(error) < EXACT:
            break
        bracket[int(error < 0)] = at
        step = at - np.clip(error / slope, -LONGEST, LONGEST)
        if not bracket[0] < step < bracket[1]:
            step = (bracket[0] + bracket[1]) / 2 if np.isfinite(bracket[1]) else at + 1
        if step - bracket[0] < EXACT:
            break  # all but the largest value weigh too little to be heard
        at = step
    return highest - width * found


def _tilted(
    short: FloatArray, weights: FloatArray, total: float, mean: float, gap: float, drop: float
) -> tuple[float, float, float]:
    """Mean of ``short`` at ``nu`` a ``gap`` beyond the largest value; how far the log of the drop
    of likelihood is above that asked for, and how that changes with the log of the gap."""
    away = gap + short
    centre = gap + mean
    share = weights / away
    first = float(share.sum())
    second = float((share / away).sum())
    excess = float((weights * ((mean - short) / away)).sum()) / total  # first * centre / total - 1
    ratio = float(weights @ np.log1p((short - mean) / centre)) + total * np.log1p(excess)
    error = np.log(max(ratio, 1e-300) / drop)
    slope = -gap * total * (second / first - first / total) / max(ratio, 1e-300)
    return (mean - gap * excess) / (1 + excess), error, min(slope, -1e-12)
