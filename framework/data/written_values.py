"""Numbers and dates as people write them."""

from __future__ import annotations

import datetime

from framework.core.cases.table import as_number

# Around a number; what it counts is for its reader.
AROUND = " \t\u00a0\u202f€$£¥%"
GROUPING = " .,'\u00a0\u202f"


def number_of(text: str, decimal: str = ".") -> float | None:
    """A number as people write it: "1 300", "1.300,50", "€ 12", "12 %"; None for anything else."""
    text = text.strip(AROUND)
    if decimal == "." and (plain := as_number(text)) is not None:
        return plain
    whole, comma, decimals = text.partition(decimal)
    groups = _groups(whole)
    if groups is None or (decimals and not decimals[0].isdigit()):
        return None
    return as_number(groups + ("." + decimals if comma else ""))


def _groups(whole: str) -> str | None:
    """The digits before the decimals, without what parts them by threes."""
    for sign in GROUPING:
        if sign in whole:
            first, *others = whole.split(sign)
            right = 0 < len(first.lstrip("+-")) <= 3 and all(len(group) == 3 for group in others)
            return first + "".join(others) if right else None
    return whole


def date_of(text: str, format: str | None) -> datetime.datetime | None:
    """A point in time in that format (None: ISO 8601), in UTC if it has a zone; None if it is none."""
    try:
        if format is None:
            found = datetime.datetime.fromisoformat(text.strip())
        else:
            found = datetime.datetime.strptime(text.strip(), format)
    except ValueError:
        return None
    return found.astimezone(datetime.UTC).replace(tzinfo=None) if found.tzinfo else found
