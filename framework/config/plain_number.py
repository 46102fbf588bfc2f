"""Numbers of settings, whether they come as such or as text, from a command line or a hyperparameter."""

from __future__ import annotations

from typing import Any

from framework.core.plain_numbers import finite, number_in
from framework.core.shown import short


def plain_number(value: Any) -> Any:
    """``value``, unless it is what pydantic takes for a number and nobody else: true, or "1_0".

    Raises
    ------
    ValueError
        Which pydantic makes an error of the setting.
    """
    number = number_in(value) if isinstance(value, str) else finite(value)
    if number is None and (isinstance(value, bool) or _may_be_one(value)):
        raise ValueError(f"input should be a finite number, received {short(value)}")
    return value


def _may_be_one(value: Any) -> bool:
    """Whether Python would make a number of it: else pydantic tells better what it is."""
    try:
        float(value)
    except OverflowError:
        return True
    except (TypeError, ValueError):
        return isinstance(value, str) and len(value) > 300
    return True
