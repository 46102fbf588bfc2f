"""What DuckDB answers: its arrays as columns of a ``Table``, its errors as sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.table import DATES


def column(values: Any) -> NDArray[Any]:
    """DuckDB's array, perhaps a masked one, as a column of a ``Table``."""
    gaps = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    plain = np.asarray(np.ma.getdata(values))
    gap: Any = None
    if plain.dtype.kind == "M":
        plain, gap = plain.astype(DATES), np.datetime64("NaT")
    elif plain.dtype.kind == "f":
        gap = np.nan
    else:
        plain = plain.astype(object)
    if gaps is not None and gaps.any():
        plain = plain.copy()
        plain[gaps] = gap
    return plain


def quoted(name: str) -> str:
    """A name as SQL has it."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def first_lines(error: Exception) -> str:
    """What DuckDB says, without its advice on its own options."""
    lines = str(error).strip().splitlines()
    kept = []
    for line in lines:
        if line.startswith(("Possible", "LINE ")) or not line.strip():
            break
        kept.append(line.strip())
    return " ".join(kept)
