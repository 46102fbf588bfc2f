"""The columns of data that costs of the case depend on, from wherever they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.cases.table import Table, column_of
from framework.core.errors import DataError
from framework.core.frames import is_frame, wrapped


def case_columns(names: Iterable[str], n: int, *tables: Any) -> dict[str, FloatArray]:
    """Those of the columns (n,) called ``names`` that are there, each from the first table with it.

    ``tables`` are data frames or mappings; anything else, as None or an array, has no names.

    Raises
    ------
    DataError
        When one does not hold a finite number for each of the ``n`` cases.
    """
    found: dict[str, FloatArray] = {}
    for name in names:
        for table in tables:
            given = _column(table, name)
            if given is None:
                continue
            if np.shape(given) != (n,):
                raise DataError(f'column "{name}": expected {n} values, received {np.shape(given)}')
            found[name] = Table({name: column_of(given, name)}).numbers(name)
            break
    return found


def _column(table: Any, name: str) -> Any:
    """The column of that name, as an array; None where there is none."""
    if is_frame(table):
        table = wrapped(table)
        keys = table.columns
    elif isinstance(table, Mapping):
        keys = table
    else:
        return None
    own = {str(key): key for key in keys}
    return np.asarray(table[own[name]]) if name in own else None
