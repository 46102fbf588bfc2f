"""A batch decided within limits: who gets what is scarce, and what one more of it would save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.decisions.allocation import Kinds, Rows, allocate, can_be_kept, shadow_prices
from framework.core.decisions.capacity_limits import Limit
from framework.core.decisions.capacity_prices import CapacityPrices
from framework.core.errors import ConfigError
from framework.core.shown import listed
from framework.core.words import money, plural


@dataclass(frozen=True, eq=False)
class Rationed:
    """n cases decided within L limits; costs are expected ones in dollars, positive = bad.

    Parameters
    ----------
    expected : array (n, M)
        Of every decision.
    limits : tuple of Limit
    decisions : array (n,)
    prices : array (L,)
        What one more (of a least use: one less) of each limit would save, in dollars.
    bound : float
        What no decisions within the limits can cost less than, all cases together.
    """

    expected: FloatArray
    limits: tuple[Limit, ...]
    decisions: IntArray
    prices: FloatArray
    bound: float

    @cached_property
    def used(self) -> FloatArray:
        """How much of each limit (L,) is used."""
        counts = np.bincount(self.decisions, minlength=self.expected.shape[1])
        return np.array([limit.uses @ counts for limit in self.limits])

    @property
    def amounts(self) -> list[float]:
        """How much there is (L)."""
        return [limit.amount_for(len(self.decisions)) for limit in self.limits]

    @property
    def cost(self) -> float:
        """Expected cost of all the decisions."""
        return float(self.expected[np.arange(len(self.decisions)), self.decisions].sum())

    @property
    def unlimited(self) -> float:
        """The same if there were no limits."""
        return float(self.expected.min(axis=1).sum())

    def sentences(self) -> list[str]:
        """What the limits come to, one for each, and what they cost together."""
        told = [
            f"{limit.text}: {used:,.10g} of {'at least ' if limit.at_least else ''}{amount:,.10g} used; "
            + _worth(limit, float(price))
            for limit, used, amount, price in zip(
                self.limits, self.used, self.amounts, self.prices, strict=True
            )
        ]
        n = len(self.decisions)
        more = (self.cost - self.unlimited) / n
        return [
            *told,
            f"the limits cost {money(more)} a case, expected over {plural(n, 'case')}",
        ]

    def to_json(self) -> dict[str, Any]:
        n = len(self.decisions)
        return {
            "cases": n,
            "limits": [
                {"limit": limit.text, "used": used, "amount": amount, "price_dollars": price}
                for limit, used, amount, price in zip(
                    self.limits, self.used.tolist(), self.amounts, self.prices.tolist(), strict=True
                )
            ],
            "expected_dollars_per_case": -self.cost / n,
            "without_limits_dollars_per_case": -self.unlimited / n,
            "bound_dollars_per_case": -self.bound / n,
        }

    @cached_property
    def policy(self) -> CapacityPrices:
        """Prices for further cases that come one by one, with shares of cases as they are here."""
        return CapacityPrices.of(self.expected, rows_of(self.limits, len(self.decisions)))


def ration(expected: FloatArray, limits: Sequence[Limit], seed: int = 0) -> Rationed:
    """The cheapest decisions on n cases of ``expected`` costs (n, M) that keep all ``limits``.

    Who of several cases that are alike gets a scarce decision is drawn by ``seed``.

    Raises
    ------
    ConfigError
        When no decisions keep the limits; the sentence says which.

    Examples
    --------
    >>> two = Limit.of("check<=2", ("pass", "check"))
    >>> expected = np.array([[90.0, 10.0], [50.0, 10.0], [30.0, 10.0], [0.0, 10.0]])
    >>> found = ration(expected, [two])
    >>> found.decisions.tolist(), round(found.prices[0])
    ([1, 1, 0, 0], 20)
    """
    n, limits = len(expected), tuple(limits)
    rows = rows_of(limits, n)
    _check(n, limits, rows)
    kinds, of_case = Kinds.of(expected)
    prices, bound = shadow_prices(kinds, rows)
    counts = allocate(kinds, rows, prices, bound)
    if counts is None:
        raise ConfigError(
            f"capacity: no whole numbers of {plural(n, 'case')} keep {_named(limits)}; loosen one"
        )
    return Rationed(expected, limits, _dealt(counts, of_case, seed), prices, bound)


def rows_of(limits: Sequence[Limit], n: int) -> Rows:
    """The limits for ``n`` cases, all of them as the most of something."""
    return Rows(
        np.array([limit.sign * limit.uses for limit in limits]),
        np.array([limit.sign * limit.amount_for(n) for limit in limits]),
    )


def _check(n: int, limits: tuple[Limit, ...], rows: Rows) -> None:
    if can_be_kept(n, rows):
        return
    alone = [limit for limit in limits if not can_be_kept(n, rows_of([limit], n))]
    which = _named(alone[:1] if alone else limits)
    together = "" if alone or len(limits) == 1 else " together"
    raise ConfigError(
        f"capacity: {plural(n, 'case')} cannot be decided within {which}{together}: every case needs a "
        "decision; loosen a limit, or leave one decision without"
    )


def _dealt(counts: IntArray, of_case: IntArray, seed: int) -> IntArray:
    """The decisions (n,) of the cases, of which ``counts`` (K, M) of each kind get each."""
    order = np.random.default_rng(seed).permutation(len(of_case))
    order = order[np.argsort(of_case[order], kind="stable")]  # by kind, drawn within
    decisions = np.empty(len(of_case), dtype=np.int64)
    kind_and_decision = np.tile(np.arange(counts.shape[1]), len(counts))
    decisions[order] = np.repeat(kind_and_decision, counts.ravel())
    return decisions


def _worth(limit: Limit, price: float) -> str:
    if price <= 0:
        return "it takes nothing from anyone" if not limit.at_least else "it is met anyway"
    return f"one {'less' if limit.at_least else 'more'} would save {money(price)}"


def _named(limits: Sequence[Limit]) -> str:
    return listed([limit.text for limit in limits])
