"""A column of dates: as days, and as where each is in the year, the week and the day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray
from framework.core.cases.table import DATES, NOTHING, as_text
from framework.core.errors import DataError
from framework.data.column import MISSING, Column, wrong
from framework.data.written_values import date_of

DAY = np.timedelta64(1, "D")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
YEAR = 365.2425  # days, on average


@dataclass(frozen=True)
class Date(Column):
    """A point in time: days since ``origin``; where they vary, season, weekday and hour.

    ``format`` is that of ``strptime``; None: ISO 8601. A gap is the training part's median of all.
    """

    kind = "date"
    origin: str
    median: float
    format: str | None = None
    season: bool = False
    weekday: bool = False
    hour: bool = False
    flag: bool = False

    @property
    def features(self) -> tuple[str, ...]:
        names = [f"days since {self.origin[:10]}"]
        if self.season:
            names += ["season (sin)", "season (cos)"]
        if self.weekday:
            names += WEEKDAYS
        if self.hour:
            names += ["hour (sin)", "hour (cos)"]
        if self.flag:
            names += [MISSING]
        return tuple(f"{self.name}={name}" for name in names)

    def read(self, values: NDArray[Any]) -> NDArray[np.datetime64]:
        """Points in time (n,), NaT being a gap."""
        if values.dtype.kind == "M":
            return values
        texts = as_text(values).tolist()
        known: dict[str | None, Any] = {None: None}
        for row, text in enumerate(texts):
            if text not in known:
                known[text] = date_of(text, self.format) or date_of(text, None)
                if known[text] is None and text.strip().casefold() not in NOTHING:
                    raise DataError(wrong(self.name, values, _date_like(self.format), row))
        return np.array([known[text] for text in texts], DATES)

    def encode(self, values: NDArray[Any]) -> FloatArray:
        dates = self.read(values)
        gaps = np.isnat(dates)
        days = (dates - np.datetime64(self.origin, "us")) / DAY
        days = np.where(gaps, self.median, days)
        parts = [days[:, None]]
        calendar = np.datetime64(self.origin, "us") + (days * 86_400_000_000).astype("m8[us]")
        if self.season:
            year = calendar.astype("M8[Y]")
            parts.append(_around((calendar - year) / DAY / YEAR))
        if self.weekday:  # the first of January 1970 was a Thursday
            weekday = (calendar.astype("M8[D]").astype(np.int64) + 3) % 7
            parts.append((weekday[:, None] == np.arange(7)).astype(np.float64))
        if self.hour:
            parts.append(_around((calendar - calendar.astype("M8[D]")) / DAY))
        if self.flag:
            parts.append(gaps[:, None].astype(np.float64))
        return np.concatenate(parts, axis=1)


def _date_like(format: str | None) -> str:
    example = datetime.datetime(2026, 12, 31, 18, 30)
    return f"a date like {example.strftime(format) if format else '2026-12-31'}"


def _around(share: FloatArray) -> FloatArray:
    """A share (n,) of a year or a day as a point on a circle (n, 2): its ends are neighbours."""
    return np.column_stack([np.sin(2 * np.pi * share), np.cos(2 * np.pi * share)])
