"""Columns by name: of data frames (anything with ``columns``), whoever's library they are from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.errors import DataError

SHOWN = 10  # names, of those that a message lists
SHORT = 60  # characters of what is no name


def is_frame(X: Any) -> bool:
    """Whether ``X`` has named columns; an array has none, its columns go by their order."""
    return hasattr(X, "columns")


def checked_names(names: Iterable[Any]) -> tuple[str, ...]:
    """Names of columns as text: whole numbers, as of a frame made of an array, are written out.

    Raises
    ------
    DataError
        For a name that is neither, or that is given twice.
    """
    texts: list[str] = []
    for name in names:
        if not isinstance(name, (str, int, np.integer)) or isinstance(name, bool):
            raise DataError(
                f"expected names of columns as text, received {repr(name)[:SHORT]}; rename it"
            )
        if str(name) in texts:
            raise DataError(f'two columns are called "{name}"; rename one of them')
        texts.append(str(name))
    return tuple(texts)


def take(frame: Any, names: Sequence[str]) -> list[NDArray[Any]]:
    """The columns (n,) of ``frame`` called ``names``, in that order.

    Raises
    ------
    DataError
        When one is missing (both sides are named) or does not hold numbers.
    """
    own = dict(zip(checked_names(frame.columns), frame.columns, strict=True))
    missing = [name for name in names if name not in own]
    if missing:
        raise DataError(f"the data frame {lacks(missing, names, tuple(own))}")
    return [_numbers(np.asarray(frame[own[name]]), name) for name in names]


def lacks(missing: Sequence[str], wanted: Sequence[str], given: Sequence[str]) -> str:
    """Both sides of columns that do not fit, for the end of a sentence."""
    others = [name for name in given if name not in wanted]
    text = f"lacks {len(missing)} of {len(wanted)} columns: {', '.join(missing)}"
    return f"{text}; instead it has: {_some(others)}" if others else text


def _some(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _numbers(values: NDArray[Any], name: str) -> NDArray[Any]:
    if values.dtype.kind in "fiub":
        return values
    try:
        if values.dtype.kind != "O":  # of objects, as of nullable columns, each may be a number
            raise TypeError
        return values.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(
            f'column "{name}": expected numbers, received {values.dtype} '
            f"({', '.join(map(repr, values[:3].tolist()))} ...)"
        ) from None
