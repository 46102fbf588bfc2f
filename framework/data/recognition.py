"""What a column of a table is, and what is learned of it from the training part."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import IntArray
from framework.core.errors import DataError
from framework.core.table import NOTHING, as_text
from framework.data.columns import (
    DAY,
    KINDS,
    NO_LEVEL,
    Boolean,
    Category,
    Column,
    Date,
    Number,
    Text,
    date_of,
    number_of,
)

# A gap of more training cases than this share is told by a feature of its own.
FLAGGED = 0.02
# Levels of fewer training cases are one together, and those beyond the most frequent MOST.
FEWEST, MOST = 5, 50
# Of a column of numbers, this share of other texts is taken for gaps.
STRAY = 0.02
# Text of so many words on average is prose.
PROSE = 3
# Whole numbers that are all different, and fill at least this share of their range, count cases.
DENSE = 0.5
FEW_CASES = 20
HEAD = 1000  # cases that show at once that a column has more values than there are classes
WORDS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("true", "t", "1"), ("false", "f", "0")),
    (("yes", "y"), ("no", "n")),
    (("ja", "j"), ("nein", "n")),
    (("oui", "o"), ("non", "n")),
    (("si", "sí", "s"), ("no", "n")),
    (("on",), ("off",)),
)
_DAYS = (
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y"),
    *("%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%a %b %d %Y"),
)
_TIMES = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", ", %H:%M")
FORMATS = (None, *(day + time for time in _TIMES for day in _DAYS))
_ID = re.compile(r"(^|[^a-z])(id|nr|no|key|uuid|guid|index|number)$|[a-z]I[dD]$", re.IGNORECASE)
_CODE = re.compile("0[0-9]")


class LeftOutError(Exception):
    """A column that is no feature; ``str`` says why, in a word or two."""


def kind_of(values: NDArray[Any]) -> tuple[str, dict[str, Any]]:
    """What a column (n,) is by how all its cells are written, and how these are to be read.

    Returns
    -------
    (kind, details)
        A key of ``KINDS``, and of a number "decimal" and "missing", of a date "format".
    """
    if values.dtype == np.float64:
        return Number.kind, {}
    if values.dtype.kind == "M":
        return Date.kind, {}
    counts = Counter(text.strip() for text in values.tolist() if text is not None)
    words = {text: count for text, count in counts.items() if text.casefold() not in NOTHING}
    if not words:
        return Category.kind, {}
    folded = {text.casefold() for text in words}
    for yes, no in WORDS:
        if len(folded) == 2 and folded & set(yes) and folded & set(no):
            return Boolean.kind, {"yes": yes, "no": no}
    numbers = _as_numbers(words)
    if numbers is not None:
        return Number.kind, numbers
    for format in FORMATS:
        if all(date_of(text, format) is not None for text in words):
            return Date.kind, {"format": format}
    return Category.kind, {}


def yes_or_no(words: Collection[str]) -> tuple[str, str] | None:
    """Of two words in lower case that mean no and yes, that for no and that for yes; else None."""
    for yes, no in WORDS:
        found = [word for word in words if word in no] + [word for word in words if word in yes]
        if len(words) == len(found) == 2 and found[0] in no:
            return found[0], found[1]
    return None


def _as_numbers(words: Mapping[str, int]) -> dict[str, Any] | None:
    """How to read ``words`` (text -> how often) as numbers; None where they are none."""
    if any(_CODE.match(text) for text in words):
        return None
    total, distinct = sum(words.values()), len(words)
    best: tuple[int, str, tuple[str, ...]] | None = None
    for decimal in (".", ","):
        stray = tuple(text for text in words if number_of(text, decimal) is None)
        often = sum(words[text] for text in stray)
        if best is None or often < best[0]:
            best = often, decimal, stray
    assert best is not None
    often, decimal, stray = best
    if often and (often > STRAY * total or distinct - len(stray) < FEW_CASES):
        return None
    return {"decimal": decimal, "missing": stray}


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
    if "yes" not in details or "no" not in details:
        all_yes, all_no = zip(*WORDS, strict=True)
        yes, no = (tuple(dict.fromkeys(sum(words, ()))) for words in (all_yes, all_no))
        details = {"yes": yes, "no": no} | details
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
        raise LeftOutError(f"{len(counts)} levels, none of {FEWEST} cases")
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


def copies(values: NDArray[Any], y: IntArray) -> bool:
    """Whether a column is the target (n,) by another name: each class one value of it, all different."""
    n_classes = len(np.unique(y))
    if len(y) < FEW_CASES or n_classes < 2 or len(set(values[:HEAD].tolist())) > n_classes:
        return False
    texts = [text if text is None else text.strip() for text in as_text(values).tolist()]
    pairs = set(zip(texts, y.tolist(), strict=True))
    return len(pairs) == n_classes == len({text for text, _ in pairs})
