"""A part of a table as an engine hands it on, and columns given back in the same form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.cases.table import Table, column_of
from framework.core.errors import DataError
from framework.core.frames import is_frame, wrapped


def table_of(batch: Any) -> Table:
    """The columns of a batch: a RecordBatch or Table of Arrow, a data frame, or a dictionary of arrays.

    Raises
    ------
    DataError
        When it is none of these, or a column holds what is neither number, text, date nor yes/no.
    """
    if isinstance(batch, dict):
        return Table({name: column_of(np.asarray(of), name) for name, of in batch.items()})
    if not is_frame(batch):
        raise DataError(
            "expected a batch of Arrow, a data frame or a dictionary of arrays, or an iterator of them; "
            f"received {type(batch).__name__}"
        )
    return Table.of_frame(_whole(batch))


def answered(batch: Any, keep: Sequence[str], columns: Mapping[str, NDArray[Any]]) -> Any:
    """Columns (n,) of numbers, or of objects (text, None), in the form of ``batch``, behind those kept.

    Raises
    ------
    DataError
        When ``batch`` lacks a column that is to be kept.
    """
    if isinstance(batch, dict):
        _check(keep, [*batch])
        return {**{name: np.asarray(batch[name]) for name in keep}, **columns}
    import narwhals

    frame = wrapped(_whole(batch))
    _check(keep, frame.columns)
    kinds = {True: narwhals.String(), False: narwhals.Float64()}
    series = (
        narwhals.new_series(
            name, values.tolist(), kinds[values.dtype == object], backend=frame.implementation
        )
        for name, values in columns.items()
    )
    native = frame.with_columns(*series).select(*keep, *columns).to_native()
    if not _is_record_batch(batch):
        return native
    parts = native.combine_chunks().to_batches()
    return parts[0] if parts else type(batch).from_pylist([], schema=native.schema)


def _check(keep: Sequence[str], names: Sequence[str]) -> None:
    missing = [name for name in keep if name not in names]
    if missing:
        raise DataError(f"keep: the batch has no column {', '.join(missing)}")


def _is_record_batch(batch: Any) -> bool:
    kind = type(batch)
    return kind.__name__ == "RecordBatch" and kind.__module__.partition(".")[0] == "pyarrow"


def _whole(batch: Any) -> Any:
    """A RecordBatch, which is no frame to narwhals, as a Table of Arrow; anything else as it is."""
    if not _is_record_batch(batch):
        return batch
    import pyarrow

    return pyarrow.Table.from_batches([batch])
