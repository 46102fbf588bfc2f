"""What counts as a number, wherever one comes from: files, requests, hyperparameters, options.

A finite float64. ``True`` is none, though Python has it for 1; nor is text such as "1_0" or "nan",
which Python's ``float`` takes.
"""

from __future__ import annotations

from math import isfinite
from numbers import Real
from typing import Any


def finite(value: object) -> float | None:
    """``value`` as a float, or None where it is no finite number.

    Examples
    --------
    >>> [finite(value) for value in (3, 1e-12, True, "3", 10**400, float("nan"))]
    [3.0, 1e-12, None, None, None, None]
    """
    if isinstance(value, bool) or not isinstance(value, (float, int, Real)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def number_in(text: str) -> float | None:
    """The finite number that ``text`` is, blanks around it left out, or None.

    Examples
    --------
    >>> [number_in(text) for text in ("1300", " -1.3e3 ", "1_300", "nan", "1e999", "")]
    [1300.0, -1300.0, None, None, None, None]
    """
    if "_" in text or not text.isascii():
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def is_whole(value: Any, least: int = 0, most: int = 2**53) -> bool:
    """Whether ``value`` is a whole number of those; True is none, nor is 3.0."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
