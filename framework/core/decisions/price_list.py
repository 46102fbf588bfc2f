"""Prices of scarce decisions in a file: found on a batch, for cases that come one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.decisions.capacity import Rationed
from framework.core.decisions.capacity_prices import CapacityPrices
from framework.core.errors import ArtifactError, ConfigError
from framework.core.files import read_json, write_json
from framework.core.json_fields import Fields
from framework.core.shown import listed

BY_PRICES = "least expected cost at the prices of capacity"


@dataclass(frozen=True, eq=False)
class PriceList:
    """What ``fw predict --prices-out`` writes: L limits on M ``decisions``, and the prices that keep them.

    ``limits`` (L) are as they were written, ``shares`` (L,) how much of each there is for a case.
    """

    decisions: tuple[str, ...]
    limits: tuple[str, ...]
    shares: FloatArray
    policy: CapacityPrices

    @classmethod
    def of(cls, rationed: Rationed, decisions: Sequence[str]) -> PriceList:
        n = len(rationed.decisions)
        return cls(
            tuple(decisions),
            tuple(limit.text for limit in rationed.limits),
            np.array(rationed.amounts) / n,
            rationed.policy,
        )

    def use(self, counts: Sequence[int]) -> tuple[FloatArray, FloatArray]:
        """What ``counts`` (M) of cases use of each limit (L,), and how much there is for so many."""
        return np.abs(self.policy.uses) @ np.array(counts, float), self.shares * sum(counts)

    def write(self, file: Path) -> None:
        write_json(
            file,
            {
                "decisions": list(self.decisions),
                "limits": list(self.limits),
                "shares": self.shares.tolist(),
                "uses": self.policy.uses.tolist(),
                "prices_dollars": self.policy.prices.tolist(),
                "chance": self.policy.chance.tolist(),
            },
        )


def read_prices(file: Path, decisions: Sequence[str]) -> PriceList:
    """What ``PriceList.write`` wrote, for a model of these ``decisions``.

    Raises
    ------
    ConfigError
        When the file is none, or is for other decisions.
    """
    try:
        told = Fields(read_json(file), file)
        names, limits = told.names("decisions"), told.names("limits")
        shares = np.array(told.numbers("shares", len(limits)))
        chance = np.array(told.numbers("chance"))
        uses = _numbers(told, "uses", len(limits), len(names))
        prices = _numbers(told, "prices_dollars", len(chance), len(limits))
        if not limits or (chance < 0).any() or not np.isclose(chance.sum(), 1.0):
            told.refuse("chance", "shares of 1", told.data["chance"])
    except ArtifactError as error:
        raise ConfigError(f"{error}; expected what fw predict --prices-out writes") from error
    if names != tuple(decisions):
        raise ConfigError(
            f"{file}: it is for the decisions {listed(names)}; the model's are {listed(decisions)}"
        )
    return PriceList(names, limits, shares, CapacityPrices(prices, chance / chance.sum(), uses))


def _numbers(told: Fields, key: str, rows: int, columns: int) -> FloatArray:
    """A list of ``rows`` lists of ``columns`` numbers, as an array."""
    lists = told.any(key)
    if not isinstance(lists, list) or len(lists) != rows:
        told.refuse(key, f"{rows} lists of {columns} numbers", lists)
    found = [Fields({key: one}, told.where).numbers(key, columns) for one in lists]
    return np.array(found, float).reshape(rows, columns)
