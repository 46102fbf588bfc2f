"""Decisions one by one where some can be taken only so often: by prices that were found before.

Each case is decided for itself, at its expected costs and the prices of what its decision uses. Where
many cases are alike, one price would give a scarce decision to all or to none of them; so a policy is
a few vectors of prices with the chance of each (a mixture, as Dantzig-Wolfe decomposition has it), which
keeps the limits in the mean over the cases that it was found on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.decisions.allocation import Kinds, Rows, shadow_prices

AROUND = 8  # vectors of prices that are tried near the best ones, for each limit
WIDTHS = 10.0 ** np.arange(
    -9, 5
)  # how far around, in ranges of the expected costs: the first that do


@dataclass(frozen=True, eq=False)
class CapacityPrices:
    """``prices`` (P, L) in dollars per use, the ``chance`` (P,) of each, and ``uses`` (L, M) of decisions.

    Of a least use ("at least") uses are negative.
    """

    prices: FloatArray
    chance: FloatArray
    uses: FloatArray

    @classmethod
    def of(cls, expected: FloatArray, rows: Rows, seed: int = 0) -> CapacityPrices:
        """That keep ``rows`` on cases of the ``expected`` costs (n, M), at the least cost.

        ``rows`` are amounts for so many cases, and can be kept (``can_be_kept``).
        """
        kinds, _ = Kinds.of(expected)
        best, _ = shadow_prices(kinds, rows)
        rng = np.random.default_rng(seed)
        away = rng.uniform(-1, 1, (AROUND * len(best), len(best)))
        for width in kinds.scale * WIDTHS:
            tried = np.maximum(np.vstack([best, best + width * away]), 0.0)
            chance = _mixed(kinds, rows, tried)
            if chance is not None:
                kept = chance > 0
                return cls(tried[kept], chance[kept] / chance[kept].sum(), rows.uses)
        return cls(best[None], np.ones(1), rows.uses)

    def decide(self, expected: FloatArray, seed: int | np.random.Generator = 0) -> IntArray:
        """The decisions (n,) on cases of the ``expected`` costs (n, M), positive = bad."""
        which = np.random.default_rng(seed).choice(len(self.chance), len(expected), p=self.chance)
        decisions: IntArray = (expected + (self.prices @ self.uses)[which]).argmin(axis=1)
        return decisions


def _mixed(kinds: Kinds, rows: Rows, tried: FloatArray) -> FloatArray | None:
    """The chances (P,) of the cheapest mixture that keeps ``rows``; None where none of them does."""
    from scipy.optimize import linprog

    paid, used = [], []
    for prices in tried:
        decided = kinds.priced(prices, rows).argmin(axis=1)
        paid.append(kinds.size @ kinds.expected[np.arange(len(decided)), decided])
        used.append(rows.uses @ kinds.counts(decided))
    n = float(kinds.size.sum())
    solved = linprog(
        np.array(paid) / (kinds.scale * n),
        A_ub=np.array(used).T / n,
        b_ub=rows.amounts / n,
        A_eq=np.ones((1, len(tried))),
        b_eq=[1.0],
    )
    return None if solved.x is None else np.maximum(solved.x, 0.0)
