"""Bodies with columns that have types: Parquet and Arrow, which may be far smaller than what they hold.

How many cells there are, and how much text, is known before any of it becomes Python's; and while a library
unfolds what was compressed, it gets about as much memory as a request may take.
"""

from __future__ import annotations

import contextlib
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from framework.core.cases.table import Table
from framework.core.errors import DataError
from framework.core.frames import checked_names
from framework.data.duckdb_answers import first_lines, quoted
from framework.data.reading import read_parquet as parquet_file
from framework.serving.sizes import MOST, check_columns

TEXT_KINDS = ("VARCHAR", "BLOB", "ENUM")
DUCKDB: dict[str, Any] = {"threads": 1, "memory_limit": f"{MOST}B", "temp_directory": ""}
# Beside what is unfolded: address space for a library's own threads and tables.
BESIDE = 2**29


def read_parquet(body: bytes) -> Table:
    """The cases of a Parquet file.

    Raises
    ------
    DataError
        When it is none, holds what is no number, text, date or yes/no, or too much of it.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "body.parquet"  # DuckDB reads files alone
        path.write_bytes(body)
        try:
            _check_parquet(path)
            return _not_empty(parquet_file(path, settings=DUCKDB))
        except DataError as error:
            told = str(error).replace(str(path), "body")
            raise DataError(f"the body cannot be read as Parquet: {told}") from None


def _check_parquet(path: Path) -> None:
    """By what the file says of itself, then by a pass over its text, which keeps nothing."""
    import duckdb

    with duckdb.connect(config=DUCKDB) as database:
        try:
            count = "SELECT num_rows FROM parquet_file_metadata(?)"
            rows = int(database.execute(count, [str(path)]).fetchall()[0][0])
            kinds = database.execute("DESCRIBE FROM read_parquet(?)", [str(path)]).fetchall()
            check_columns(rows, len(kinds), 0)
            texts = [quoted(name) for name, kind, *_ in kinds if kind.startswith(TEXT_KINDS)]
            if texts:
                sums = " + ".join(
                    f"coalesce(sum(octet_length(encode({name}::VARCHAR))), 0)" for name in texts
                )
                found = database.execute(
                    f"SELECT {sums} FROM read_parquet(?)", [str(path)]
                ).fetchall()
                check_columns(rows, len(kinds), int(found[0][0]))
        except duckdb.OutOfMemoryException:
            raise MemoryError from None
        except duckdb.Error as error:
            raise DataError(first_lines(error)) from None


def read_arrow(body: bytes, *, is_file: bool) -> Table:
    """The cases of an Arrow IPC file, or of a stream.

    Raises
    ------
    DataError
        As of ``read_parquet``.
    """
    import pyarrow as pa
    import pyarrow.compute

    try:
        with _bounded():
            pa.set_memory_pool(pa.system_memory_pool())  # others set address space aside
            opened = pa.ipc.open_file if is_file else pa.ipc.open_stream
            with opened(pa.py_buffer(body)) as reader:
                table = _checked(reader, is_file)
    except MemoryError:  # which is an error of Arrow's, too
        raise MemoryError from None
    except (pa.ArrowException, OSError, ValueError) as error:
        what = "an Arrow IPC file" if is_file else "an Arrow IPC stream"
        told = " ".join(str(error).split())[:200]
        raise DataError(f"the body cannot be read as {what}: {told}") from None
    return _not_empty(Table.of_frame(table))


def _checked(reader: Any, is_file: bool) -> Any:
    """All batches of a reader, as soon as one is too many refused."""
    import pyarrow as pa

    checked_names(reader.schema.names)
    for field in reader.schema:
        _check_type(field.name, field.type)
    batches, rows, text = [], 0, 0
    for batch in map(reader.get_batch, range(reader.num_record_batches)) if is_file else reader:
        batch.validate(full=True)
        rows += batch.num_rows
        check_columns(rows, batch.num_columns, text)
        text += sum(map(_bytes_of_text, batch.columns))
        check_columns(rows, batch.num_columns, text)
        batches.append(batch)
    table = pa.Table.from_batches(batches, reader.schema)
    for k, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            plain = table.column(k).cast(field.type.value_type)
            table = table.set_column(k, field.name, plain)
    return table


def _check_type(name: str, kind: Any) -> None:
    from pyarrow import types

    held = kind.value_type if types.is_dictionary(kind) else kind
    taken = (
        types.is_integer,
        types.is_floating,
        types.is_decimal,
        types.is_boolean,
        types.is_string,
        types.is_large_string,
        types.is_temporal,
        types.is_null,
    )
    if types.is_interval(held) or not any(is_one(held) for is_one in taken):
        raise DataError(
            f'column "{name}": expected numbers, text, dates or yes/no, received {kind}; leave it out, '
            "or give its parts as columns"
        )


def _bytes_of_text(column: Any) -> int:
    """Those that a column's cells have, each as often as it stands there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_dictionary = pa.types.is_dictionary(column.type)
    held = column.dictionary if is_dictionary else column
    if not (pa.types.is_string(held.type) or pa.types.is_large_string(held.type)):
        return 0
    lengths = pc.binary_length(held)
    if is_dictionary:
        lengths = lengths.take(column.indices)
    return int(pc.sum(lengths.cast(pa.int64())).as_py() or 0)


def _not_empty(table: Table) -> Table:
    if len(table) == 0:
        raise DataError("there are no cases")
    return table


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """Within, this process gets no more memory than a request may take; MemoryError beyond that."""
    before, most = resource.getrlimit(resource.RLIMIT_AS)
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:  # another system; its processes are bounded by the machine
        yield
        return
    limit = pages * resource.getpagesize() + MOST + BESIDE
    resource.setrlimit(resource.RLIMIT_AS, (limit if before < 0 else min(limit, before), most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))
