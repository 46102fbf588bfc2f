"""Tables in files: CSV, Parquet and JSON lines through DuckDB, Excel through openpyxl."""

from __future__ import annotations

import glob
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from framework.core.archives import check_zip
from framework.core.cases.table import Table
from framework.core.errors import DataError
from framework.core.file_bytes import check_regular
from framework.core.frames import checked_names
from framework.data.csv_files import PACKED, csv_question
from framework.data.duckdb_answers import Question, connected, first_lines, quoted

CSV = (".csv", ".tsv", ".txt", ".data")
JSON_LINES = (".jsonl", ".ndjson", ".json")
PARQUET = (".parquet", ".pq")
EXCEL = (".xlsx", ".xlsm")
SUFFIXES = (*CSV, *JSON_LINES, *PARQUET, *EXCEL)
SMALL = 2**20  # bytes of a file that is read at once
ROWS = 50_000  # of a larger one, at a time
NO_CASES = "there are no cases below the header"


def is_table(path: Path) -> bool:
    """Whether a file of this name is a table that can be read."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return bool(suffixes) and (
        suffixes[-1] in SUFFIXES or (suffixes[-1] in PACKED and suffixes[0] in (*CSV, *JSON_LINES))
    )


def read_table(
    path: Path, text: Collection[str] = (), only: Collection[str] | None = None
) -> Table:
    """The cases in a file whose columns have names.

    A column of a text file is one of numbers if all of its cells are (empty ones are gaps);
    otherwise its cells stay as they are written. Delimiter, quotes, encoding and a preamble are
    found out by DuckDB.

    Parameters
    ----------
    path : Path
        Its suffix says what it is: .csv (.tsv, .txt), .parquet, .jsonl, .xlsx; of text files also
        with .gz or .zst.
    text : collection of str
        Columns that stay text even if all their cells are numbers.
    only : collection of str, optional
        Columns to be read, of those that there are (default: all).

    Raises
    ------
    DataError
        Naming the file, and the line where there is one.
    """
    _check_kind(path)
    try:
        with _asked(path, text, only) as question:
            table = _excel(path) if question is None else question.table()
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    if len(table) == 0:
        raise DataError(f"{path}: {NO_CASES}")
    return table


def read_chunks(
    path: Path, text: Collection[str] = (), only: Collection[str] | None = None, rows: int = ROWS
) -> Iterator[Table]:
    """The cases of ``read_table``, at most ``rows`` of a large file at a time, in its order.

    A column is of the kind that it has in the whole file, which is read twice if it is text. A small
    file, and an Excel sheet, comes whole.
    """
    _check_kind(path)
    if path.stat().st_size < SMALL or path.name.lower().endswith(EXCEL):
        yield read_table(path, text, only)
        return
    cases = 0
    try:
        with _asked(path, text, only) as question:
            for table in () if question is None else question.chunks(rows):
                cases += len(table)
                yield table
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    if not cases:
        raise DataError(f"{path}: {NO_CASES}")


def table_files(place: Path) -> list[Path]:
    """The files that a path means: itself, those in a folder, or those that fit a pattern with ``*``.

    In the order of their names. Of a folder, those that are tables; hidden ones and ``_SUCCESS``,
    which writers of many files leave beside them, are not.

    Raises
    ------
    DataError
        When there is none.
    """
    if place.is_dir():
        found = [file for file in place.iterdir() if file.name[0] not in "._" and is_table(file)]
    elif not place.exists() and any(sign in str(place) for sign in "*?["):
        found = [Path(name) for name in glob.glob(str(place), recursive=True)]
    else:
        return [place]
    if not found:
        raise DataError(
            f"{place}: there is no table; expected files that end in {', '.join(SUFFIXES)}"
        )
    return sorted(found)


def _check_kind(path: Path) -> None:
    try:
        check_regular(path)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except OSError as error:
        raise DataError(f"{path}: {error}") from None
    if not is_table(path):
        raise DataError(
            f"{path}: expected a table whose name ends in {', '.join(SUFFIXES)} (of text, also .gz)"
        )


@contextmanager
def _asked(
    path: Path, text: Collection[str], only: Collection[str] | None
) -> Iterator[Question | None]:
    """What is to be asked of DuckDB; None of an Excel sheet."""
    name = path.name.lower().removesuffix(".gz").removesuffix(".zst")
    if name.endswith(EXCEL):
        yield None
    elif name.endswith(PARQUET):
        with _typed(path, "read_parquet(?)", only) as question:
            yield question
    elif name.endswith(JSON_LINES):
        with _typed(path, "read_json(?, convert_strings_to_integers=false)", only) as question:
            yield question
    else:
        with csv_question(path, text, only) as question:
            yield question


def read_parquet(path: Path, settings: Mapping[str, Any]) -> Table:
    """The cases of a Parquet file, of which there may be none; ``settings`` are DuckDB's.

    Raises
    ------
    DataError
        When it is no such file, or a column holds what is neither number, text, date nor yes/no.
    """
    with _typed(path, "read_parquet(?)", None, settings) as question:
        return question.table()


@contextmanager
def _typed(
    path: Path,
    source: str,
    only: Collection[str] | None,
    settings: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[Question]:
    """Of a file whose columns have types of their own."""
    import duckdb

    with connected(**settings) as database:
        database.execute("SET TimeZone = 'UTC'")
        try:
            described = database.execute(f"DESCRIBE FROM {source}", [str(path)]).fetchall()
            kinds = {name: kind for name, kind, *_ in described if only is None or name in only}
            checked_names(kinds)
            cells = ", ".join(_cell(name, kind) for name, kind in kinds.items())
            yield Question(database, f"SELECT {cells} FROM {source}", [str(path)], [*kinds])
        except duckdb.Error as error:
            raise DataError(first_lines(error)) from None


def _cell(name: str, kind: str) -> str:
    """A column of a Parquet or JSON file as one of the kinds of a ``Table``."""
    cell = quoted(name)
    if kind.startswith(("TIMESTAMP", "DATE")):
        return f"CAST({cell} AS TIMESTAMP)"
    if kind.startswith(("DECIMAL", "FLOAT", "DOUBLE", "REAL")) or kind.endswith(("INT", "INTEGER")):
        return f"CAST({cell} AS DOUBLE)"
    if kind == "TIME":
        return f"CAST(epoch({cell}) AS DOUBLE)"
    if kind.startswith(("STRUCT", "MAP")) or kind.endswith("]"):
        raise DataError(
            f'column "{name}": expected numbers, text, dates or yes/no, received {kind}; drop it, '
            "or give its parts as columns"
        )
    return f"CAST({cell} AS VARCHAR)"


def _excel(path: Path) -> Table:
    """Of the first sheet; its first row that is not empty has the names."""
    import warnings

    import openpyxl

    try:
        check_zip(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which are no cells
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what a sheet says of its size need not be so
            rows = [row for row in sheet.iter_rows(values_only=True) if _filled(row)]
            book.close()
    except Exception as error:  # a damaged file may fail in any way
        told = f"{type(error).__name__}: {error}"
        raise DataError(f"cannot be read as an Excel file ({told})") from error
    if not rows:
        raise DataError("the first sheet is empty")
    header, *cases = rows
    width = max(j + 1 for j, name in enumerate(header) if name is not None)
    names = checked_names("" if name is None else str(name).strip() for name in header[:width])
    padded = [(*case, *[None] * (width - len(case)))[:width] for case in cases]
    columns = zip(*padded, strict=True) if padded else [()] * width
    return Table.of_objects(dict(zip(names, columns, strict=True)))


def _filled(row: Iterable[Any]) -> bool:
    return any(cell is not None for cell in row)
