"""Features of cases by name, for models of numbers: from a table, or rows of JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.cases.table import Table
from framework.core.errors import DataError
from framework.core.frames import lacks, names_of, some, take
from framework.core.plain_numbers import finite, number_in
from framework.core.shown import short

MORE_KEYS = 1000  # of JSON's objects, that a model does not know


@dataclass(frozen=True, eq=False)
class NamedFeatures:
    """Features (n, d), all that was asked for (n,) by name, and the names of further columns.

    ``header`` tells whether the columns were named, or taken in the order asked for.
    """

    X: FloatArray
    by_name: Mapping[str, FloatArray]
    ignored: tuple[str, ...] = ()
    header: bool = True


def from_frame(
    frame: Any, feature_names: Iterable[str], cost_columns: Iterable[str] = ()
) -> NamedFeatures:
    """Features from a data frame or a ``Table`` by name, in any order.

    Of the ``cost_columns``, those that it has.

    Raises
    ------
    DataError
        When a feature is missing (both sides are named), or a column holds no numbers.
    """
    given = names_of(frame)
    features, names = wanted(feature_names, [name for name in cost_columns if name in given])
    if not features:
        raise DataError("the model takes no table (its cases are not rows of named features)")
    ignored = tuple(name for name in given if name not in names)
    if isinstance(frame, Table):
        table = frame.only(names)
        values = np.column_stack([table.numbers(name) for name in names])
    else:
        values = np.column_stack(take(frame, names))
    return named_features(values, features, names, ignored)


def from_rows(
    rows: Sequence[Any], feature_names: Iterable[str], cost_columns: Iterable[str] = ()
) -> NamedFeatures:
    """Features from rows of parsed JSON: all lists (in the model's order), or all objects."""
    features, names = wanted(feature_names, cost_columns)
    kind = kind_of_rows(rows)
    if kind is list:
        check_lengths(rows, len(names), "numbers", "columns of the model")
        return named_features(finite_numbers(rows, names, finite), features, names, header=False)
    cells = []
    for i, row in enumerate(rows):
        try:
            cells.append([row[name] for name in names])
        except KeyError:
            missing = [name for name in names if name not in row]
            raise DataError(f"case {i + 1} {lacks(missing, names, tuple(row))}") from None
    ignored = tuple(
        name for name in dict.fromkeys(k for row in rows for k in row) if name not in names
    )
    return named_features(finite_numbers(cells, names, finite), features, names, ignored)


def kind_of_rows(rows: Sequence[Any]) -> type:
    """``list`` or ``dict``: what all ``rows`` of parsed JSON are."""
    kind = type(rows[0]) if rows and isinstance(rows[0], (list, dict)) else list
    for i, row in enumerate(rows):
        if type(row) is not kind:
            expected = "an object, as the first" if kind is dict else "a list"
            raise DataError(f"case {i + 1}: expected {expected}, received {short(row)}")
    if not rows:
        raise DataError("there are no cases")
    return kind


def raw_rows(
    rows: Sequence[Any], columns: Sequence[str], cost_columns: Iterable[str] = ()
) -> Table:
    """Rows of parsed JSON as a ``Table`` for a model with a schema; null is a gap.

    All are lists (in the model's order), or objects. A key that some objects have is a gap in the others.
    """
    _, names = wanted(columns, cost_columns)
    if kind_of_rows(rows) is list:
        check_lengths(rows, len(names), "values", "columns of the model")
        return Table.of_objects(dict(zip(names, zip(*rows, strict=True), strict=True)))
    keys = dict.fromkeys(key for row in rows for key in row)
    if len(keys) > len(names) + MORE_KEYS:  # each would be a column of all rows
        unknown = [key for key in keys if key not in names]
        raise DataError(
            f"{len(unknown):,} columns are unknown to the model: {some(unknown)}; leave them out"
        )
    return Table.of_objects({key: [row.get(key) for row in rows] for key in keys})


def wanted(
    feature_names: Iterable[str], cost_columns: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    features = tuple(feature_names)
    return features, (*features, *(name for name in cost_columns if name not in features))


def named_features(
    values: FloatArray,
    features: tuple[str, ...],
    names: tuple[str, ...],
    ignored: tuple[str, ...] = (),
    header: bool = True,
) -> NamedFeatures:
    by_name = dict(zip(names, values.T, strict=True))
    return NamedFeatures(values[:, : len(features)], by_name, ignored, header)


def check_lengths(rows: Sequence[Sequence[Any]], expected: int, what: str, why: str) -> None:
    for i, row in enumerate(rows):
        if len(row) != expected:
            raise DataError(f"case {i + 1} has {len(row)} {what}; expected {expected}, {why}")


def finite_numbers(
    cells: Sequence[Sequence[Any]], names: Sequence[str], number: Callable[[Any], float | None]
) -> FloatArray:
    """All cells as finite numbers: at once where NumPy can, else one by one to find the culprit."""
    if _plain(cells, text=number is number_in):
        try:
            values = np.array(cells, dtype=np.float64)
        except (ValueError, TypeError, OverflowError):
            values = np.array(None)
        if values.ndim == 2 and np.isfinite(values).all():
            return values
    values = np.empty((len(cells), len(names)))
    for i, row in enumerate(cells):
        for j, cell in enumerate(row):
            found = number(cell)
            if found is None:
                raise DataError(
                    f'case {i + 1}, "{names[j]}": expected a number, received {short(cell)}'
                )
            values[i, j] = found
    return values


def _plain(cells: Sequence[Sequence[Any]], text: bool) -> bool:
    """Whether NumPy's idea of a number is ours: to it, true is one, and 1_0 in ``text``."""
    if text:
        return all("_" not in row and row.isascii() for row in map("".join, cells))
    return set(map(type, chain.from_iterable(cells))) <= {int, float}
