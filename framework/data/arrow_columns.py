"""Columns of Arrow as those of a ``Table``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import IntArray
from framework.core.cases.table import Table


def table_of_arrow(batch: Any) -> Table:
    """A RecordBatch, or a Table of Arrow.

    Raises
    ------
    DataError
        When a column holds what is neither number, text, date nor yes/no, or two have one name.
    """
    names = batch.schema.names
    if len(set(names)) < len(names):
        import pyarrow

        return Table.of_frame(pyarrow.table(batch.columns, names))  # says which
    return Table({name: of_arrow(batch.column(name), name) for name in names})


def of_arrow(array: Any, name: str) -> NDArray[Any]:
    """The column ``name`` (n,): numbers and text at once, anything else value by value."""
    import pyarrow
    from pyarrow import types

    kind = array.type
    if types.is_floating(kind) or types.is_integer(kind):
        if not types.is_float64(kind):
            array = array.cast(pyarrow.float64(), safe=False)
        numbers: NDArray[Any] = array.to_numpy(zero_copy_only=False)
        return numbers
    if types.is_string(kind) or types.is_large_string(kind):
        texts: NDArray[Any] = array.to_numpy(zero_copy_only=False)
        return texts
    if types.is_dictionary(kind) and types.is_string(kind.value_type):
        return of_arrow(array.cast(kind.value_type), name)
    return Table.of_frame(pyarrow.table({name: array})).columns[name]


def distinct(values: Any, name: str) -> tuple[IntArray, NDArray[Any]]:
    """A column (n,) of Arrow or of a ``Table`` by its different values.

    Returns
    -------
    (positions, values)
        Of each case the position (n,) of its value, -1 of a gap; and the values, as a column of a Table.
    """
    import pyarrow

    if isinstance(values, np.ndarray):
        values = pyarrow.array(values, from_pandas=True)
    if not pyarrow.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    positions = values.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return positions.astype(np.int64), of_arrow(values.dictionary, name)


def column_names(names: Sequence[str], only: Sequence[str] | None) -> list[str] | None:
    """Those of ``names`` that are among ``only``; None for all."""
    return None if only is None else [name for name in names if name in only]
