"""What a column of a table is, by how all its cells are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import IntArray
from framework.core.cases.table import NOTHING, as_number, as_text
from framework.data.columns import WORDS, Boolean, Category, Number
from framework.data.date_column import Date
from framework.data.written_values import date_of, number_of

# Of a column of numbers, this share of other texts is taken for gaps.
STRAY = 0.02
FEW_CASES = 20  # of fewer, nothing is concluded
HEAD = 1000  # cases that show at once that a column has more values than there are classes
_DAYS = (
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y"),
    *("%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%a %b %d %Y"),
)
_TIMES = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", ", %H:%M")
FORMATS = (None, *(day + time for time in _TIMES for day in _DAYS))
_CODE = re.compile("0[0-9]")


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


def in_order(labels: Collection[str]) -> tuple[str, ...]:
    """Names of classes, numbers by size, no before yes, others by letters."""
    pair = {label.casefold(): label for label in labels}
    words = yes_or_no(pair) if len(pair) == len(labels) == 2 else None
    if words is not None:
        return tuple(pair[word] for word in words)
    return tuple(
        sorted(labels, key=lambda label: (as_number(label) is None, as_number(label) or 0, label))
    )


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


def copies(values: NDArray[Any], y: IntArray) -> bool:
    """Whether a column is the target (n,) by another name: each class one value of it, all different."""
    n_classes = len(np.unique(y))
    if len(y) < FEW_CASES or n_classes < 2 or len(set(values[:HEAD].tolist())) > n_classes:
        return False
    texts = [text if text is None else text.strip() for text in as_text(values).tolist()]
    pairs = set(zip(texts, y.tolist(), strict=True))
    return len(pairs) == n_classes == len({text for text, _ in pairs})
