"""Bets that more is lost than was promised: what an alarm goes by that may be looked at every day.

Whoever bets against the promise, case by case, stakes so little that no case can take all that they
have. While the promise holds, their wealth is in the mean no more than the 1 they began with, whenever they
stop; that it ever reaches ``1 / level`` has a probability of ``level`` at most, however often somebody looks,
and for however long (Ville, "Etude critique de la notion de collectif", 1939; bets on bounded means:
Waudby-Smith, Ramdas, "Estimating means of bounded random variables by betting", JRSS B, 2024; sequences
that hold at any time: Howard, Ramdas, McAuliffe, Sekhon, Annals of Statistics 49, 2021).

Every dollar above the promise wins the same: the bet is on the sum, not on this or that kind of case. What
is staked is ``more * scale``, with ``scale`` the mean of what is promised of a case above the least that it
can cost, over the mean square of that (for small bets the wealth grows fastest so: Kelly 1956), and ``more``
the part by which the promise is too low. Nobody knows that, nor since when. So several bets are laid side by
side, and are begun anew every week, in week j with a part ``1 / (j (j + 1))`` of the first stake: a mean of
wealths is a wealth. All bets are fixed by what was promised of the first cases, before an outcome comes, so
that it does not matter in which order they come.

A case takes no more from the wealth than what was promised of it less the least that it can cost. What can
be lost at most has no part in it: dear and rare mistakes need no bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framework.core.arrays import FloatArray, IntArray

LEVEL = 0.05
MORE = (0.2, 0.4, 1.0)  # parts by which the promise is too low
MOST = 0.75  # of the wealth, that one case can take
FIRST = 500  # cases whose promises set the scale
LIMITS = 64  # values of a limit that are tried


@dataclass(frozen=True, eq=False)
class Bets:
    """What is bet on n cases whose truths are known.

    Parameters
    ----------
    excess : array (n,)
        Dollars lost above the promise; its mean is 0 or less while the promise is kept.
    least : array (n,)
        What that can be at least, known when a case is decided: 0 or below.
    scale : float
        Of the stakes, 1 / dollars; see ``scale_of``.
    """

    excess: FloatArray
    least: FloatArray
    scale: float

    def log_factors(self, more: float = 0.0) -> FloatArray:
        """Of the wealth (n, K), where ``more`` dollars a case above the promise are granted."""
        takes = np.maximum(more - self.least, 1e-300)
        bets = np.minimum(self.scale * np.array(MORE), (MOST / takes)[:, None])
        result: FloatArray = np.log1p(bets * (self.excess - more)[:, None])
        return result


def scale_of(above: FloatArray, squares: FloatArray) -> float:
    """Of stakes: by what is promised of the first cases above the least they can cost (n,), and the
    expected squares (n,) of that.
    """
    square = float(squares[:FIRST].sum())
    return float(above[:FIRST].sum()) / square if square > 0 else 0.0


def log_wealth(factors: FloatArray, week: IntArray, look: IntArray, looks: int) -> FloatArray:
    """The logarithm of the wealth at every look (L,).

    ``factors`` (n, K) of cases that were decided in a ``week`` (n,), and are known from a ``look`` (n,) on;
    both are counted from 0.

    Examples
    --------
    A bet that doubles, begun in the only week with half of the stake; the other half waits:

    >>> first = np.zeros(1, dtype=int)
    >>> np.exp(log_wealth(np.log([[2.0]]), first, first, 1)).round(6).tolist()
    [1.5]
    """
    weeks = int(week.max()) + 1 if len(week) else 1
    j = np.arange(1, weeks + 1)
    shares = np.log(1 / (j * (j + 1.0)) / factors.shape[1])
    unspent = -np.log(weeks + 1.0)  # what later weeks begin with
    sums = np.zeros((weeks, factors.shape[1]))
    order = np.argsort(look, kind="stable")
    ends = np.searchsorted(look[order], np.arange(looks), side="right")
    wealth, start = np.empty(looks), 0
    for number, end in enumerate(ends.tolist()):
        known = order[start:end]
        np.add.at(sums, week[known], factors[known])
        since = np.cumsum(sums[::-1], axis=0)[::-1] + shares[:, None]
        highest = max(float(since.max()), unspent)
        total = np.exp(since - highest).sum() + np.exp(unspent - highest)
        wealth[number], start = highest + np.log(total), end
    return wealth


def least_excess(bets: Bets, level: float = LEVEL) -> float:
    """At least so many dollars a case are lost above the promise, with probability ``1 - level``.

    The lower end of a confidence sequence for the mean of all cases that are known: what may be granted
    until the wealth no longer reaches ``1 / level``; 0 where the promise may be kept.
    """
    mean = float(bets.excess.mean()) if len(bets.excess) else 0.0
    if mean <= 0:
        return 0.0
    first = np.zeros(len(bets.excess), dtype=np.int64)
    for more in np.linspace(0, mean, LIMITS).tolist():
        if log_wealth(bets.log_factors(more), first, first, 1)[0] < -np.log(level):
            return float(more)
    return mean
