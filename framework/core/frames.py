"""Columns by name: of data frames of any library (through narwhals), and of what has ``columns``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.errors import DataError
from framework.core.shown import SHORT

SHOWN = 10  # names, of those that a message lists
LONGEST = 100  # characters, of each of them
COMPARED = 1000  # names, of those among which a slip of the pen is looked for


def is_frame(X: Any) -> bool:
    """Whether ``X`` has named columns; an array has none, its columns go by their order."""
    return hasattr(X, "columns")


def wrapped(frame: Any) -> Any:
    """A frame of pandas, polars, pyarrow, ... as one of narwhals; anything else as it is."""
    # As a Table has them; narwhals takes time to load, and there are no other frames, perhaps.
    if isinstance(getattr(frame, "columns", None), Mapping):
        return frame
    import narwhals

    return narwhals.from_native(frame, eager_only=True, pass_through=True)


def checked_names(names: Iterable[Any]) -> tuple[str, ...]:
    """Names of columns as text: whole numbers, as of a frame made of an array, are written out.

    Raises
    ------
    DataError
        For a name that is neither, or that is given twice.
    """
    texts: list[str] = []
    seen: set[str] = set()
    for name in names:
        if not isinstance(name, (str, int, np.integer)) or isinstance(name, bool):
            raise DataError(
                f"expected names of columns as text, received {repr(name)[:SHORT]}; rename it"
            )
        if str(name) in seen:
            raise DataError(f'two columns are called "{name}"; rename one of them')
        texts.append(str(name))
        seen.add(str(name))
    return tuple(texts)


def names_of(frame: Any) -> tuple[str, ...]:
    """The names of a frame's columns, checked."""
    return checked_names(wrapped(frame).columns)


def take(frame: Any, names: Sequence[str]) -> list[NDArray[Any]]:
    """The columns (n,) of ``frame`` called ``names``, in that order.

    Raises
    ------
    DataError
        When one is missing (both sides are named) or does not hold numbers.
    """
    found = []
    for name, values in zip(names, _columns(frame, names), strict=True):
        numbers = _numbers(values)
        if numbers is None:
            raise DataError(
                f'column "{name}": expected numbers, received {values.dtype} '
                f"({', '.join(map(repr, values[:3].tolist()))} ...)"
            )
        found.append(numbers)
    return found


def all_numbers(frame: Any, names: Sequence[str]) -> list[NDArray[Any]] | None:
    """What ``take`` gives; None where a column holds anything but numbers and yes/no, or a gap."""
    found = []
    for values in _columns(frame, names):
        numbers = _numbers(values)
        if numbers is None or (numbers.dtype.kind == "f" and np.isnan(numbers).any()):
            return None
        found.append(numbers)
    return found


def lacks(missing: Sequence[str], wanted: Sequence[str], given: Sequence[str]) -> str:
    """Both sides of columns that do not fit, for the end of a sentence."""
    known = set(wanted)
    others = [name for name in given if name not in known]
    text = f"lacks {len(missing)} of {len(wanted)} columns: {', '.join(missing)}"
    if not others:
        return text
    folded = {name.casefold(): name for name in others[:COMPARED]}
    near = get_close_matches(missing[0].casefold(), folded, n=1, cutoff=0.75)
    hint = f' (did you mean "{folded[near[0]]}"?)' if near and len(missing) == 1 else ""
    return f"{text}; instead it has: {some(others)}{hint}"


def some(names: Sequence[str]) -> str:
    """The first of ``names``, and how many more there are."""
    more = len(names) - SHOWN
    return ", ".join(name[:LONGEST] for name in names[:SHOWN]) + (
        f" and {more} more" if more > 0 else ""
    )


def _columns(frame: Any, names: Sequence[str]) -> list[NDArray[Any]]:
    frame = wrapped(frame)
    own = dict(zip(checked_names(frame.columns), frame.columns, strict=True))
    missing = [name for name in names if name not in own]
    if missing:
        raise DataError(f"the data frame {lacks(missing, names, tuple(own))}")
    columns = (frame[own[name]] for name in names)
    return [np.asarray(c.to_numpy() if hasattr(c, "to_numpy") else c) for c in columns]


def _numbers(values: NDArray[Any]) -> NDArray[Any] | None:
    if values.dtype.kind in "fiub":
        return values
    if values.dtype.kind != "O" or any(isinstance(value, str) for value in values):
        return None
    try:  # of objects, as of nullable columns, each may be a number
        return values.astype(np.float64)
    except (TypeError, ValueError):
        return None
