"""What DuckDB answers: its arrays as columns of a ``Table``, its errors as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from framework.core.cases.table import DATES, Table
from framework.core.errors import DataError

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, eq=False)
class Question:
    """A query that answers with the columns called ``names``, in this order; of none, it is not asked."""

    database: duckdb.DuckDBPyConnection
    query: str
    parameters: Sequence[str]
    names: Sequence[str]

    def table(self) -> Table:
        """All rows at once."""
        if not self.names:
            return Table({})
        found = self.database.execute(self.query, [*self.parameters]).fetchnumpy()
        return Table({n: column(of) for n, of in zip(self.names, found.values(), strict=True)})

    def chunks(self, rows: int) -> Iterator[Table]:
        """At most ``rows`` rows at a time, in the order of the file."""
        import duckdb

        if not self.names:
            return
        try:
            asked = self.database.sql(self.query, params=[*self.parameters])
            for batch in _of_equal_size(asked.to_arrow_reader(rows), rows):
                arrays = (array.to_numpy() for array in batch.columns)
                found = zip(self.names, arrays, strict=True)
                yield Table({name: column(of) for name, of in found})
        except (duckdb.Error, OSError) as error:  # Arrow hands on what DuckDB says as an OSError
            raise DataError(first_lines(error)) from None


def connected(**settings: Any) -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, which draws no bar of its own where answers are printed."""
    import duckdb

    database = duckdb.connect(config=settings)
    database.execute("SET enable_progress_bar = false")
    return database


def _of_equal_size(batches: Any, rows: int) -> Iterator[Any]:
    """Tables of Arrow with ``rows`` rows each, the last with what is left.

    DuckDB's own batches end where its threads met, elsewhere each time.
    """
    import pyarrow

    held = batches.schema.empty_table()
    for batch in batches:
        held = pyarrow.concat_tables([held, pyarrow.Table.from_batches([batch])])
        while len(held) >= rows:
            yield held.slice(0, rows)
            held = held.slice(rows)
    if len(held):
        yield held


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
