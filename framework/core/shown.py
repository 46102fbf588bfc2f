"""Values and names in a message: as they were written, cut where it is long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

SHORT = 60  # characters of what is no name
LISTED = 60  # names, of those that a message lists


def short(value: Any) -> str:
    """``value`` as Python writes it, at most SHORT characters of it; None as JSON writes it.

    Examples
    --------
    >>> short(None), short("x" * 100)[-5:], short(10**5000)
    ('null', 'xx...', 'a number of thousands of digits')
    """
    if value is None:
        return "null"
    if isinstance(value, str):
        value = value[:SHORT]
    elif isinstance(value, (list, tuple, dict)) and len(value) > SHORT:
        return f"{type(value).__name__} of {len(value):,}"
    try:
        text = repr(value)
    except ValueError:  # Python refuses to write out some whole numbers
        return "a number of thousands of digits"
    except RecursionError:
        return f"a {type(value).__name__} nested too deeply"
    return text if len(text) <= SHORT else f"{text[: SHORT - 3]}..."


def listed(names: Sequence[str]) -> str:
    """``names`` in quotation marks; of many, the first, and how many more there are."""
    if not names:
        return "none"
    more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return ", ".join(f'"{name}"' for name in names[:LISTED]) + more
