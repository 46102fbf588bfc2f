"""Several looks at the same cases: which of many is chosen, and how far its figure can be believed.

The best of k on some cases is partly the luckiest. The allowance of ``clearly_ahead`` decides what
is chosen; ``level_of_best`` is for the interval of what looks best on the very cases that judge it;
``beyond_chance`` for many differences told at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.uncertainty.intervals import Difference
from framework.core.uncertainty.sampled_mean import of_groups


def standard_error(dollars: FloatArray, groups: IntArray | None = None) -> float:
    """Of the mean of ``dollars`` (n,); a group of cases is one observation. Infinite for a single one."""
    observed, _ = of_groups(np.asarray(dollars, dtype=np.float64), groups)
    if len(observed) < 2:
        return float("inf")
    return float(observed.std(ddof=1) / np.sqrt(len(observed)))


def clearly_ahead(
    best: FloatArray,
    other: FloatArray,
    k: int,
    dearest: float,
    groups: IntArray | None = None,
) -> bool:
    """Whether the best of ``k`` beats another one by more than luck among k equally good ones."""
    return margin(best, other, k, dearest, groups) > 0


def margin(
    best: FloatArray,
    other: FloatArray,
    k: int,
    dearest: float,
    groups: IntArray | None = None,
) -> float:
    """By how many dollars per case the best of ``k`` is further ahead than luck would put it.

    Of k that are equally good, the best one is expected to be sqrt(2 log k) standard errors ahead
    of the mean (Boucheron, Lugosi, Massart, "Concentration Inequalities", 2013, theorem 2.5). The
    standard error is that of the paired difference, with one more observation supposed either way,
    as for a proportion by Agresti and Coull (1998): a mistake of the ``dearest`` kind that no case
    happened to show is no proof that there will be none, and where cases come in groups, it comes
    with other cases of its group.

    Parameters
    ----------
    best, other : array (n,)
        Dollars of the same cases, negative = a loss.
    dearest : float
        The most that two decisions on one case can differ by (``intervals.reach``).
    groups : array (n,), optional
        Cases of one group are not independent.
    """
    ahead, share = of_groups(np.asarray(best, dtype=np.float64) - other, groups)
    supposed = np.append(ahead, (share * dearest, -share * dearest))
    allowance = np.sqrt(2 * np.log(k)) * standard_error(supposed)
    return float(ahead.mean() - allowance)


def level_of_best(k: int, level: float = 0.95) -> float:
    """The level at which the best of ``k`` on some cases needs its interval to hold at ``level``.

    All k intervals then hold together (Bonferroni), that of the chosen one among them.
    """
    return 1 - (1 - level) / k


def beyond_chance(differences: Sequence[Difference], level: float = 0.95) -> list[int]:
    """For each difference 1 (the first is cheaper), -1 (dearer) or 0 (these cases cannot tell).

    Corrected for the number of looks: all that is said is right with probability ``level``,
    however the differences depend on each other (Holm, "A Simple Sequentially Rejective Multiple
    Test Procedure", Scandinavian Journal of Statistics, 1979). Too few groups: 0.
    """
    probabilities = [difference.probability_cheaper for difference in differences]
    cheaper = np.array([0.5 if p is None else p for p in probabilities])
    found = np.array(holm((2 * np.minimum(cheaper, 1 - cheaper)).tolist())) <= 1 - level
    return np.where(found, np.where(cheaper > 0.5, 1, -1), 0).tolist()


def holm(chances: Sequence[float]) -> list[float]:
    """p-values that know of each other: of those up to a, all are right with probability 1 - a.

    Holm 1979, as in ``beyond_chance``: the k-th smallest of K counts K - k + 1 times, and none less than
    a smaller one.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    given = np.asarray(chances, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    counted = np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1))
    found = np.empty(len(given))
    found[order] = np.minimum(counted, 1.0)
    return found.tolist()


def of_best(difference: Difference, k: int) -> Difference:
    """``difference`` with a probability that knows that one of the two is the best of ``k``.

    Its interval is to have the level ``level_of_best(k)``: the probability then lies beyond .975
    exactly where the interval leaves out 0.
    """
    probability = difference.probability_cheaper
    if probability is None or probability == 0.5:
        return difference
    chance = min(0.5, k * min(probability, 1 - probability))
    return replace(difference, probability_cheaper=1 - chance if probability > 0.5 else chance)
