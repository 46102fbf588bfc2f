"""What is learned of a column from the training part: medians, levels, origins; or that it is left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.cases.table import NOTHING, as_text
from framework.core.errors import DataError
from framework.data.column import Column
from framework.data.columns import KINDS, NO_LEVEL, Boolean, Category, Number
from framework.data.date_column import DAY, Date
from framework.data.recognition import FEW_CASES, kind_of
from framework.data.text_column import Text

# A gap of more training cases than this share is told by a feature of its own.
FLAGGED = 0.02
# Levels of fewer training cases are one together, and those beyond the most frequent MOST.
FEWEST, MOST = 5, 50
# Text of so many words on average is prose.
PROSE = 3
# Whole numbers that are all different, and fill at least this share of their range, count cases.
DENSE = 0.5
_ID = re.compile(r"(^|[^a-z])(id|nr|no|key|uuid|guid|index|number)$|[a-z]I[dD]$", re.IGNORECASE)


class LeftOutError(Exception):
    """A column that is no feature; ``str`` says why, in a word or two."""


def learned(
    name: str, values: NDArray[Any], kind: str, details: Mapping[str, Any], given: bool
) -> Column:
    """The column ``name`` of that kind, with what the ``values`` of the training part say.

    Parameters
    ----------
    details : mapping
        Of ``kind_of``, or what a person has given: fields of the kind, which are kept.
    given : bool
        Whether a person has named the kind; then it is not left out.

    Raises
    ------
    LeftOutError
        When it would tell nothing, or nothing that holds for another case.
    DataError
        When a value is of another kind.
    """
    known = {field.name for field in fields(KINDS[kind])} - {"name"}
    unknown = sorted(set(details) - known)
    if unknown:
        raise DataError(
            f'column "{name}": a {kind} has no "{unknown[0]}"; it has: {", ".join(sorted(known))}'
        )
    learn: dict[str, Callable[..., Column]] = {
        Number.kind: _number,
        Boolean.kind: _boolean,
        Category.kind: _category,
        Date.kind: _date,
        Text.kind: lambda name, values, details, given: Text(name, **details),
    }
    return learn[kind](name, values, dict(details), given)


def _number(name: str, values: NDArray[Any], details: dict[str, Any], given: bool) -> Number:
    blank: dict[str, Any] = {"name": name, "median": 0.0}
    numbers = Number(**blank | details).read(values)
    present = numbers[~np.isnan(numbers)]
    if not given:
        _refuse_empty(present)
        if len(present) == len(numbers) and np.ptp(present) == 0:
            raise LeftOutError("always the same")
        if _counts_cases(name, present):
            raise LeftOutError("all different")
    instead = float(np.median(present)) if len(present) else 0.0
    flag = len(present) < (1 - FLAGGED) * len(numbers)
    fields: dict[str, Any] = {"name": name, "median": instead, "flag": flag}
    return Number(**fields | details)


def _counts_cases(name: str, numbers: NDArray[Any]) -> bool:
    """Whether whole numbers that are all different are a case's number, by their range or name."""
    n = len(numbers)
    if n < FEW_CASES or (numbers != np.round(numbers)).any() or len(np.unique(numbers)) < n:
        return False
    return bool(_ID.search(name)) or n >= DENSE * (np.ptp(numbers) + 1)


def _boolean(name: str, values: NDArray[Any], details: dict[str, Any], given: bool) -> Boolean:
    details = {"yes": ("yes",), "no": ("no",)} | details
    blank: dict[str, Any] = {"name": name, "mostly": False}
    found = Boolean(**blank | details).encode
    present = values[
        [
            text is not None and text.strip().casefold() not in NOTHING
            for text in as_text(values).tolist()
        ]
    ]
    if not given:
        _refuse_empty(present)
    shares = found(present)[:, 0] if len(present) else np.zeros(1)
    if not given and len(present) == len(values) and np.ptp(shares) == 0:
        raise LeftOutError("always the same")
    flag = len(present) < (1 - FLAGGED) * len(values)
    fields: dict[str, Any] = {"name": name, "mostly": bool(shares.mean() > 0.5), "flag": flag}
    return Boolean(**fields | details)


def _category(name: str, values: NDArray[Any], details: dict[str, Any], given: bool) -> Category:
    texts = [text.strip() for text in as_text(values).tolist() if text is not None]
    counts = Counter(text for text in texts if text.casefold() not in NO_LEVEL)
    n = sum(counts.values())
    if not given:
        _refuse_empty(list(counts))
        if len(counts) == 1 and n == len(values):
            raise LeftOutError("always the same")
        if (
            len(counts) > max(n // 2, MOST)
            and np.mean([len(text.split()) for text in counts]) >= PROSE
        ):
            raise LeftOutError(f"free text; --text {name} takes its words")
        if len(counts) == n >= FEW_CASES:
            raise LeftOutError("all different")
    frequent = [level for level, count in counts.most_common(MOST) if count >= FEWEST]
    levels = details.get("levels", tuple(sorted(frequent)))
    rare = tuple(sorted(set(counts) - set(levels)))
    if not levels and not given:
        raise LeftOutError(
            f"{len(counts)} levels, none of {FEWEST} cases: give its parts as columns"
        )
    gap = n < (1 - FLAGGED) * len(values)
    fields = {"name": name, "levels": levels, "rare": rare, "gap": gap}
    return Category(**fields | details)


def _date(name: str, values: NDArray[Any], details: dict[str, Any], given: bool) -> Date:
    if "format" not in details and values.dtype == object:
        details |= {"format": kind_of(values)[1].get("format")}
    empty: dict[str, Any] = {"name": name, "origin": "1970-01-01", "median": 0.0}
    dates = Date(**empty | details).read(values)
    present = dates[~np.isnat(dates)]
    if not given:
        _refuse_empty(present)
        if len(present) == len(dates) and (present == present[0]).all():
            raise LeftOutError("always the same")
    origin = present.min() if len(present) else np.datetime64("1970-01-01", "us")
    days = (present - origin) / DAY if len(present) else np.zeros(1)
    whole_days = present.astype("M8[D]").astype(present.dtype)
    weekdays = np.unique(present.astype("M8[D]").astype(np.int64) % 7)
    found: dict[str, Any] = {
        "name": name,
        "origin": str(origin),
        "median": float(np.median(days)),
        "season": bool(np.ptp(days) > 180),
        "weekday": len(weekdays) > 1,
        "hour": bool((present != whole_days).any()),
        "flag": len(present) < (1 - FLAGGED) * len(dates),
    }
    return Date(**found | details)


def _refuse_empty(present: Collection[Any] | NDArray[Any]) -> None:
    if len(present) == 0:
        raise LeftOutError("empty")
