"""Tables in files of text: delimiter, quotes, encoding and a preamble are found out by DuckDB."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from os import stat_result
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framework.core.errors import DataError
from framework.core.frames import checked_names
from framework.data.duckdb_answers import Question, connected, first_lines, quoted

if TYPE_CHECKING:
    import duckdb

PACKED = (".gz", ".zst")
# What counts as a number in text: no "1_000", no "nan", and no code with zeros in front ("007").
NUMBER = r"[+-]?(0|[1-9][0-9]*|[1-9][0-9]*\.[0-9]*|0?\.[0-9]+|0\.)([eE][+-]?[0-9]+)?"
# Characters that part cells, of which a header of one name may be full.
DELIMITERS = ",;\t|"
PREAMBLE = 20  # lines among which the header is looked for
ENCODINGS = ("utf-8", "latin-1")
SMALL = 2**20  # bytes
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
MOST_KNOWN = 1000  # files
_known: dict[tuple[Any, ...], tuple[str, Sequence[str]]] = {}


@contextmanager
def csv_question(
    path: Path, text: Collection[str], only: Collection[str] | None
) -> Iterator[Question]:
    """Asks for the cases in a file of text; see ``read_table``."""
    import duckdb

    told = path.stat()
    if told.st_size == 0:
        raise DataError("the file is empty; expected a header with the names of the columns")
    # Threads take memory, and of a small file more time than they save.
    threads: dict[str, Any] = {"threads": 1} if told.st_size < SMALL else {}
    with connected(**threads) as database:
        try:
            columns = (frozenset(text), None if only is None else frozenset(only))
            query, names = _found_out(database, path, told, *columns)
            yield Question(database, query, [str(path)], names)
        except duckdb.Error as error:
            _refuse_uneven(path)
            raise DataError(first_lines(error)) from None


def _found_out(
    database: duckdb.DuckDBPyConnection,
    path: Path,
    told: stat_result,
    text: frozenset[str],
    only: frozenset[str] | None,
) -> tuple[str, Sequence[str]]:
    """The query and the columns' names; of a large file that is as it was when it was asked before, as then.

    A table that is not held is read several times, and to find out takes longer than to read.
    """
    key = (str(path.absolute()), told.st_size, told.st_mtime_ns, text, only)
    found = _known.get(key)
    if found is None:
        with path.open("rb") as file:
            encodings = ("utf-16",) if file.read(2) in UTF_16 else ENCODINGS
        found = _in_its_encoding(database, path, encodings, text, only)
        if told.st_size >= SMALL:
            while len(_known) >= MOST_KNOWN:
                _known.pop(next(iter(_known)), None)
            _known[key] = found
    return found


def _in_its_encoding(
    database: duckdb.DuckDBPyConnection,
    path: Path,
    encodings: Sequence[str],
    text: Collection[str],
    only: Collection[str] | None,
) -> tuple[str, Sequence[str]]:
    """By the first of the ``encodings`` in which all of the file can be read."""
    import duckdb

    for encoding in encodings:
        options = f"header=true, all_varchar=true, encoding='{encoding}'"
        try:
            found = _dialect(database, path, options)
            source = f"read_csv(?, {options}, {found})"
            return _numbers_where_all_are(database, path, source, text, only)
        except duckdb.Error as error:
            problem = error
    raise problem


def _dialect(database: duckdb.DuckDBPyConnection, path: Path, options: str) -> str:
    """The delimiter and the lines before the header, as options of ``read_csv``.

    The sniffer looks for what fits most lines: to it, uneven rows are one column, or lines to skip.
    """
    query = f"SELECT Delimiter, SkipRows, len(Columns) FROM sniff_csv(?, {options})"
    ((delimiter, skipped, width),) = database.execute(query, [str(path)]).fetchall()
    if path.suffix.lower() in PACKED:
        return f"delim='{delimiter}', skip={skipped}"
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = [file.readline() for _ in range(skipped + PREAMBLE)]
    header = lines[skipped]
    rows = [k for k, line in enumerate(lines) if _is_row(line, delimiter)]
    if (rows and rows[0] < skipped) or (width == 1 and any(sign in header for sign in DELIMITERS)):
        _refuse_uneven(path)
    if rows and width > 1:
        skipped, header = rows[0], lines[rows[0]]
    checked_names(cell.strip() for cell in next(csv.reader([header], delimiter=delimiter)))
    return f"delim='{delimiter}', skip={skipped}"


def _is_row(line: str, delimiter: str) -> bool:
    """Whether a line has cells, and is not one that a spreadsheet filled up with delimiters."""
    return sum(bool(cell.strip()) for cell in line.split(delimiter)) > 1 and line[0] != "#"


def _refuse_uneven(path: Path) -> None:
    """Raise DataError at the first row that is longer or shorter than the header."""
    if path.suffix.lower() in PACKED:
        return
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        header = next((line for line in file if line.strip() and line[0] != "#"), "")
        file.seek(0)
        reader = csv.reader(file, delimiter=max(DELIMITERS, key=header.count))
        width = None
        for row in reader:
            if row and width is None and row[0].startswith("#"):
                continue
            width = width or len(row) or None
            if row and len(row) != width:
                raise DataError(
                    f"line {reader.line_num} has {len(row)} cells; expected {width}, as the header"
                )


def _numbers_where_all_are(
    database: duckdb.DuckDBPyConnection,
    path: Path,
    source: str,
    text: Collection[str],
    only: Collection[str] | None,
) -> tuple[str, Sequence[str]]:
    described = database.execute(f"DESCRIBE FROM {source}", [str(path)]).fetchall()
    names = [name for name, *_ in described if only is None or name.strip() in only]
    if not names:
        return "", ()
    # Text too is read once: so it is known that all of it has this encoding.
    checks = ", ".join(
        f"count({quoted(name)}) > 0 AND bool_and(regexp_full_match(trim({quoted(name)}), "
        f"'{NUMBER}') OR trim({quoted(name)}) = '')"
        if name.strip() not in text
        else f"max(length({quoted(name)})) < 0"
        for name in names
    )
    (row,) = database.execute(f"SELECT {checks} FROM {source}", [str(path)]).fetchall()
    cells = ", ".join(
        f"try_cast(trim({quoted(name)}) AS DOUBLE)" if is_number else quoted(name)
        for name, is_number in zip(names, row, strict=True)
    )
    checked = checked_names(name.strip() for name in names)
    return f"SELECT {cells} FROM {source}", checked
