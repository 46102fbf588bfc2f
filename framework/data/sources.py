"""The chunks of a ``Source``: of files one after the other, or of a function; as often as they are asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framework.core.arrays import BoolArray, IntArray
from framework.core.cases.batches import table_of
from framework.core.cases.source import Source
from framework.core.cases.table import Table, as_text
from framework.core.errors import DataError
from framework.core.frames import lacks
from framework.data.arrow_columns import column_names, distinct, table_of_arrow
from framework.data.reading import (
    CSV,
    EXCEL,
    JSON_LINES,
    PARQUET,
    ROWS,
    SMALL,
    read_chunks,
    table_files,
)

# Bytes of a cell of a file, about, by which files that do not tell how many cases they hold are sized.
BYTES_OF_A_CELL = {CSV: 8, JSON_LINES: 20, EXCEL: 4}
PACKED = 4  # times that, of a packed one


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some cases of a source: ``start`` counts those before it, ``where`` says where it comes from."""

    columns: Any
    start: int
    where: str

    def __len__(self) -> int:
        return len(self.columns) if isinstance(self.columns, Table) else self.columns.num_rows

    @property
    def names(self) -> tuple[str, ...]:
        return (
            self.columns.names
            if isinstance(self.columns, Table)
            else tuple(self.columns.schema.names)
        )

    def table(self, kept: BoolArray | None = None) -> Table:
        """All its cases, or those of the mask ``kept`` (n,)."""
        if isinstance(self.columns, Table):
            return self.columns if kept is None else self.columns[kept]
        columns = self.columns
        if kept is not None:
            import pyarrow

            columns = columns.filter(pyarrow.array(kept))
        with self.named():
            return table_of_arrow(columns)

    def distinct(self, name: str) -> tuple[IntArray, list[str]]:
        """The column ``name`` by its different texts: the position (n,) of each case's, -1 of a gap."""
        columns = self.columns
        values = columns.columns[name] if isinstance(columns, Table) else columns.column(name)
        with self.named():
            positions, found = distinct(values, name)
            return positions, as_text(found).tolist()

    def named(self) -> _Named:
        """Within, what is wrong with a case is told with where it is."""
        return _Named(f"{self.where}: ")


@dataclass(frozen=True)
class _Named:
    before: str

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, _: Any) -> None:
        if isinstance(error, DataError):
            raise DataError(f"{self.before}{error}") from error


def chunks(source: Source, only: Sequence[str] | None = None) -> Iterator[Chunk]:
    """The cases of ``source``, some at a time, in its order; those without any are left out.

    Parameters
    ----------
    source : Source
    only : sequence of str, optional
        The columns that are read (default: those of the first chunk).

    Raises
    ------
    DataError
        Naming the file that cannot be read, or lacks a column that the first one has.
    """
    wanted: tuple[str, ...] | None = None if only is None else tuple(only)
    first, start = "", 0
    for where, columns in _parts(source, only):
        chunk = Chunk(columns, start, where)
        if len(chunk) == 0:
            continue
        if wanted is None or not first:
            wanted, first = wanted or chunk.names, where
            _check_named(source, chunk, wanted if only is not None else source.columns_beside)
        missing = [name for name in wanted if name not in chunk.names]
        if missing:
            raise DataError(
                f"{where}, a part of the same table as {first}, has no column "
                f"{', '.join(missing)}; expected those of the first: {', '.join(wanted)}"
            )
        yield Chunk(_only(columns, wanted), start, where)
        start += len(chunk)
    if not start:
        raise DataError(f"{told(source)} holds no cases")


def release() -> None:
    """Give back what was needed to read: else hundreds of megabytes stay with Arrow."""
    import pyarrow

    pyarrow.default_memory_pool().release_unused()


def cells(source: Source) -> int:
    """How many cells its files have: rows times columns; of text, about, by its bytes. 0 of a function."""
    return sum(_cells(file) for file in _files(source) if file.is_file())


def identity(source: Source) -> list[tuple[str, int, int]]:
    """Of files their names, sizes and times: what tells whether they are the same."""
    told = [(file.name, file.stat()) for file in _files(source)]
    return [(name, of.st_size, of.st_mtime_ns) for name, of in told]


def told(source: Source) -> str:
    """What it is, in a word."""
    return "the source's function" if callable(source.data) else str(source.data)


def _files(source: Source) -> list[Path]:
    return [] if callable(source.data) else table_files(Path(source.data))


def _cells(file: Path) -> int:
    name = file.name.lower()
    size = file.stat().st_size
    if name.endswith(PARQUET):
        if size < SMALL:
            return size  # at least, which will do: Arrow takes time to load
        from pyarrow import ArrowException
        from pyarrow.parquet import read_metadata

        try:
            told = read_metadata(file)
        except (ArrowException, OSError):
            return 0  # whoever reads it says what is wrong
        return int(told.num_rows * told.num_columns)
    packed = name.endswith((".gz", ".zst"))
    if packed:
        size, name = size * PACKED, name.rpartition(".")[0]
    return next((size // each for ends, each in BYTES_OF_A_CELL.items() if name.endswith(ends)), 0)


def _parts(source: Source, only: Sequence[str] | None) -> Iterator[tuple[str, Any]]:
    """(where, RecordBatch or Table), as they come."""
    if callable(source.data):
        for number, chunk in enumerate(source.data(), start=1):
            where = f"chunk {number} of the source"
            with _Named(f"{where}: "):
                parts = _batches(chunk)
            yield from ((where, part) for part in parts)
        return
    for file in table_files(Path(source.data)):
        if file.name.lower().endswith(PARQUET):
            words = source.columns_beside
            yield from ((str(file), batch) for batch in _parquet(file, only, words))
        else:
            for table in read_chunks(file, text=source.columns_beside, only=only):
                yield str(file), table


def _parquet(file: Path, only: Sequence[str] | None, words: Sequence[str]) -> Iterator[Any]:
    """In batches; ``words`` are columns of which each different text is read once."""
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile, read_schema

    try:
        names = read_schema(file).names
        once = [name for name in words if name in names]
        with ParquetFile(file, read_dictionary=once) as parquet:
            yield from parquet.iter_batches(ROWS, columns=column_names(names, only))
    except (ArrowException, OSError) as error:
        raise DataError(f"{file}: {error}") from error


def _batches(chunk: Any) -> list[Any]:
    """What a function yields: Arrow in RecordBatches, anything else as a ``Table``."""
    if type(chunk).__module__.partition(".")[0] != "pyarrow":
        return [table_of(chunk)]
    return chunk.combine_chunks().to_batches() if hasattr(chunk, "to_batches") else [chunk]


def _only(columns: Any, names: Sequence[str]) -> Any:
    if isinstance(columns, Table):
        return columns.only(names)
    return columns if columns.schema.names == [*names] else columns.select([*names])


def _check_named(source: Source, chunk: Chunk, names: Sequence[str]) -> None:
    """Raise DataError where the target or the groups are no columns of the first chunk."""
    missing = [name for name in names if name not in chunk.names]
    if missing:
        raise DataError(f"{told(source)}: the table {lacks(missing, names, chunk.names)}")
