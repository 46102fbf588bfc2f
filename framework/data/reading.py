"""Tables in files: CSV, Parquet and JSON lines through DuckDB, Excel through openpyxl."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from framework.core.errors import DataError
from framework.core.frames import checked_names
from framework.core.table import DATES, Table

if TYPE_CHECKING:
    import duckdb

CSV = (".csv", ".tsv", ".txt", ".data")
JSON_LINES = (".jsonl", ".ndjson", ".json")
PARQUET = (".parquet", ".pq")
EXCEL = (".xlsx", ".xlsm")
SUFFIXES = (*CSV, *JSON_LINES, *PARQUET, *EXCEL)
PACKED = (".gz", ".zst")

# What counts as a number in text: no "1_000", no "nan", and no code with zeros in front ("007").
NUMBER = r"[+-]?(0|[1-9][0-9]*|[1-9][0-9]*\.[0-9]*|0?\.[0-9]+|0\.)([eE][+-]?[0-9]+)?"
# Characters that part cells, of which a header of one name may be full.
DELIMITERS = ",;\t|"
PREAMBLE = 20  # lines among which the header is looked for
ENCODINGS = ("utf-8", "latin-1")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


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
    if not path.is_file():
        what = "is a folder; expected a file" if path.is_dir() else "no such file"
        raise DataError(f"{path}: {what}")
    if not is_table(path):
        raise DataError(
            f"{path}: expected a table whose name ends in {', '.join(SUFFIXES)} (of text, also .gz)"
        )
    name = path.name.lower().removesuffix(".gz").removesuffix(".zst")
    try:
        if name.endswith(EXCEL):
            table = _excel(path)
        elif name.endswith(PARQUET):
            table = _typed(path, "read_parquet(?)", only)
        elif name.endswith(JSON_LINES):
            table = _typed(path, "read_json(?, convert_strings_to_integers=false)", only)
        else:
            table = _csv(path, text, only)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    if len(table) == 0:
        raise DataError(f"{path}: there are no cases below the header")
    return table


def _csv(path: Path, text: Collection[str], only: Collection[str] | None) -> Table:
    import duckdb

    if path.stat().st_size == 0:
        raise DataError("the file is empty; expected a header with the names of the columns")
    with path.open("rb") as file:
        encodings = ("utf-16",) if file.read(2) in UTF_16 else ENCODINGS
    with duckdb.connect() as database:
        for encoding in encodings:
            options = f"header=true, all_varchar=true, encoding='{encoding}'"
            try:
                found = _dialect(database, path, options)
                source = f"read_csv(?, {options}, {found})"
                return _numbers_where_all_are(database, path, source, text, only)
            except duckdb.Error as error:
                problem = error
    _refuse_uneven(path)
    raise DataError(_first_lines(problem))


def _dialect(database: duckdb.DuckDBPyConnection, path: Path, options: str) -> str:
    """The delimiter and the lines before the header, as options of ``read_csv``.

    The sniffer looks for what fits most lines: to it, uneven rows are one column, or lines to skip.
    """
    query = f"SELECT Delimiter, SkipRows, len(Columns) FROM sniff_csv(?, {options})"
    sniffed = database.execute(query, [str(path)]).fetchone()
    assert sniffed is not None
    delimiter, skipped, width = sniffed
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
) -> Table:
    described = database.execute(f"DESCRIBE FROM {source}", [str(path)]).fetchall()
    names = [name for name, *_ in described if only is None or name.strip() in only]
    if not names:
        return Table({})
    tried = [name for name in names if name.strip() not in text]
    numeric: set[str] = set()
    if tried:
        checks = ", ".join(
            f"count({_quoted(name)}) > 0 AND bool_and(regexp_full_match(trim({_quoted(name)}), "
            f"'{NUMBER}') OR trim({_quoted(name)}) = '')"
            for name in tried
        )
        row = database.execute(f"SELECT {checks} FROM {source}", [str(path)]).fetchone()
        assert row is not None
        numeric = {name for name, all_are in zip(tried, row, strict=True) if all_are}
    cells = ", ".join(
        f"try_cast(trim({_quoted(name)}) AS DOUBLE)" if name in numeric else _quoted(name)
        for name in names
    )
    columns = database.execute(f"SELECT {cells} FROM {source}", [str(path)]).fetchnumpy()
    checked = checked_names(name.strip() for name in names)
    return Table({name: _column(of) for name, of in zip(checked, columns.values(), strict=True)})


def _typed(path: Path, source: str, only: Collection[str] | None) -> Table:
    """Of a file whose columns have types of their own."""
    import duckdb

    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        try:
            described = database.execute(f"DESCRIBE FROM {source}", [str(path)]).fetchall()
            kinds = {name: kind for name, kind, *_ in described if only is None or name in only}
            checked_names(kinds)
            cells = ", ".join(_cell(name, kind) for name, kind in kinds.items())
            if not cells:
                return Table({})
            found = database.execute(f"SELECT {cells} FROM {source}", [str(path)]).fetchnumpy()
        except duckdb.Error as error:
            raise DataError(_first_lines(error)) from None
    return Table({name: _column(of) for name, of in zip(kinds, found.values(), strict=True)})


def _cell(name: str, kind: str) -> str:
    """A column of a Parquet or JSON file as one of the kinds of a ``Table``."""
    quoted = _quoted(name)
    if kind.startswith(("TIMESTAMP", "DATE")):
        return f"CAST({quoted} AS TIMESTAMP)"
    if kind.startswith(("DECIMAL", "FLOAT", "DOUBLE", "REAL")) or kind.endswith("INT"):
        return f"CAST({quoted} AS DOUBLE)"
    if kind in ("BIGINT", "INTEGER", "UINTEGER"):
        return f"CAST({quoted} AS DOUBLE)"
    if kind == "TIME":
        return f"CAST(epoch({quoted}) AS DOUBLE)"
    if kind.startswith(("STRUCT", "MAP")) or kind.endswith("]"):
        raise DataError(
            f'column "{name}": expected numbers, text, dates or yes/no, received {kind}; drop it, '
            "or give its parts as columns"
        )
    return f"CAST({quoted} AS VARCHAR)"


def _column(values: Any) -> NDArray[Any]:
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


def _excel(path: Path) -> Table:
    """Of the first sheet; its first row that is not empty has the names."""
    import warnings
    from zipfile import BadZipFile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which are no cells
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            rows = [row for row in book.worksheets[0].iter_rows(values_only=True) if _filled(row)]
            book.close()
    except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
        raise DataError(f"cannot be read as an Excel file ({error})") from error
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


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _first_lines(error: Exception) -> str:
    """What DuckDB says, without its advice on its own options."""
    lines = str(error).strip().splitlines()
    kept = []
    for line in lines:
        if line.startswith(("Possible", "LINE ")) or not line.strip():
            break
        kept.append(line.strip())
    return " ".join(kept)
