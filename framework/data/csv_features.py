"""Features of cases by name, from CSV text."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from framework.core.cases.table import Table
from framework.core.errors import DataError
from framework.core.frames import lacks
from framework.core.labels import is_number
from framework.core.plain_numbers import number_in
from framework.data.csv_files import DELIMITERS
from framework.data.features import (
    NamedFeatures,
    check_lengths,
    finite_numbers,
    named_features,
    wanted,
)

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


def parse_csv(
    text: str,
    feature_names: Iterable[str],
    cost_columns: Iterable[str] = (),
    header: bool | None = None,
) -> NamedFeatures:
    """Features from CSV text, by the names in its header.

    Without a header the columns are the features in the model's order, then ``cost_columns``. With
    ``header`` None, the first row is one if it names a column in other than digits, or if no cell of
    it is a number.

    Raises
    ------
    DataError
        Naming the column or the case; also where ``header`` must be given, because all features are
        called by numbers ("0", "1", ...) and all cells of the first row are numbers.
    """
    features, names = wanted(feature_names, cost_columns)
    if not features:
        raise DataError("the model takes no table (its cases are not rows of named features)")
    given, rows = csv_rows(text, features, names, header)
    if given is None:
        return named_features(finite_numbers(rows, names, number_in), features, names, header=False)
    missing = [name for name in names if name not in given]
    if missing:
        raise DataError(f"the header {lacks(missing, names, given)}")
    positions = [given.index(name) for name in names]
    cells = [[row[position] for position in positions] for row in rows]
    ignored = tuple(name for name in given if name not in names)
    return named_features(finite_numbers(cells, names, number_in), features, names, ignored)


def raw_csv(
    text: str, columns: Sequence[str], cost_columns: Iterable[str] = (), header: bool | None = None
) -> tuple[Table, bool]:
    """CSV text as a ``Table`` for a model with a schema, and whether it has a header.

    Without one, its columns are those that the model wants, then ``cost_columns``.
    """
    features, names = wanted(columns, cost_columns)
    given, rows = csv_rows(text, features, names, header)
    return Table.of_objects(dict(zip(given or names, zip(*rows, strict=True), strict=True))), (
        given is not None
    )


def csv_rows(
    text: str, features: Sequence[str], names: Sequence[str], header: bool | None
) -> tuple[tuple[str, ...] | None, list[list[str]]]:
    """The header of CSV text, or None where it has none, and the cells of its cases.

    ``names`` are the ``features`` and what costs depend on; see ``parse_csv``.
    """
    try:
        delimiter = _delimiter(text, names)
        rows = [row for row in csv.reader(_lines(text), delimiter=delimiter) if row]
    except csv.Error as error:
        raise DataError(f"cannot be read as CSV ({error})") from error
    if not rows:
        raise DataError("there are no rows")
    if header is None:
        header = _is_header([cell.strip() for cell in rows[0]], features, names)
    if not header:
        check_lengths(rows, len(names), "cells", "columns of the model")
        return None, rows
    given = tuple(cell.strip() for cell in rows[0])
    counted = Counter(given)
    twice = [name for name in names if counted[name] > 1]
    if twice:
        raise DataError(f'the header names "{twice[0]}" more than once')
    if len(rows) == 1:
        raise DataError("no cases below the header")
    check_lengths(rows[1:], len(given), "cells", "as the header")
    return given, rows[1:]


def _lines(text: str) -> Iterator[str]:
    """With their ends. StringIO would need four bytes for each character."""
    return (found[0] for found in _LINE.finditer(text))


def _delimiter(text: str, names: Sequence[str]) -> str:
    """What parts the cells: that by which the first line holds the most ``names``, or as many cells."""
    found = {}
    for delimiter in DELIMITERS:
        cells = next(csv.reader(_lines(text), delimiter=delimiter), [])
        known = len(set(names) & {cell.strip() for cell in cells})
        found[delimiter] = (known, len(cells) == len(names), len(cells) > 1 and known > 0)
    return max(found, key=lambda delimiter: found[delimiter])  # of equal ones the first


def _is_header(cells: Sequence[str], features: Sequence[str], names: Sequence[str]) -> bool:
    numbers = [is_number(cell) for cell in cells]
    if all(numbers) and all(map(is_number, features)):
        raise DataError(
            f"the columns of the model are called by numbers ({_some(features)}), so that a first row "
            f"of numbers ({_some(cells)}) may be a header or a case; say text/csv; header=present or "
            "header=absent"
        )
    if set(names) <= set(cells) or any(
        cell in names and not number for cell, number in zip(cells, numbers, strict=True)
    ):
        return True
    return not any(numbers)


def _some(words: Sequence[str]) -> str:
    return ", ".join(words[:3]) + (", ..." if len(words) > 3 else "")
