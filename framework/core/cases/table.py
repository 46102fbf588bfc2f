"""Cases as people have them: columns by name that hold numbers, dates or text, with gaps."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.errors import DataError
from framework.core.frames import checked_names, lacks, wrapped
from framework.core.plain_numbers import number_in
from framework.core.shown import short

DATES = np.dtype("datetime64[us]")
# What people write in a cell instead of a number or a date that they do not have.
NOTHING = frozenset(
    (
        "",
        "?",
        "-",
        "--",
        ".",
        "na",
        "n/a",
        "#n/a",
        "nan",
        "null",
        "none",
        "nil",
        "missing",
        "unknown",
    )
)


@dataclass(frozen=True, eq=False)
class Table:
    """n cases with named columns of one of three kinds.

    - float64, a gap being NaN;
    - datetime64[us], a gap being NaT, without a time zone (what had one is in UTC);
    - object, text as it was given, a gap being None; yes/no as "true" and "false".

    Raises
    ------
    DataError
        When columns differ in length, or two have one name.
    """

    columns: Mapping[str, NDArray[Any]]

    def __post_init__(self) -> None:
        lengths = {len(values) for values in self.columns.values()}
        if len(lengths) > 1:
            raise DataError(f"columns of one table differ in length: {sorted(lengths)}")

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def __getitem__(self, rows: Any) -> Table:
        return Table({name: values[rows] for name, values in self.columns.items()})

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def only(self, names: Sequence[str]) -> Table:
        """The columns of these names, in this order.

        Raises
        ------
        DataError
            When one is missing; both sides are named.
        """
        missing = [name for name in names if name not in self.columns]
        if missing:
            raise DataError(f"the table {lacks(missing, names, self.names)}")
        return Table({name: self.columns[name] for name in names})

    def without(self, names: Sequence[str]) -> Table:
        return Table({name: of for name, of in self.columns.items() if name not in names})

    def joined(self, other: Table) -> Table:
        """These cases and then those of ``other``, which must have these columns."""
        other = other.only(self.names)
        joined = {}
        for name, values in self.columns.items():
            more = other.columns[name]
            if values.dtype != more.dtype:  # what is text in one is text in both
                values, more = as_text(values), as_text(more)
            joined[name] = np.concatenate([values, more])
        return Table(joined)

    def numbers(self, name: str) -> FloatArray:
        """The column ``name`` (n,) as finite numbers.

        Raises
        ------
        DataError
            Naming the row and what stands there.
        """
        values = self.columns[name]
        if values.dtype == np.float64 and np.isfinite(values).all():
            return values
        found = np.empty(len(values))
        for row, value in enumerate(values.tolist()):
            number = as_number(value)
            if number is None:
                what = "nothing" if value is None or value != value else short(value)
                raise DataError(f'case {row + 1}, "{name}": expected a number, received {what}')
            found[row] = number
        return found

    @classmethod
    def of_objects(cls, columns: Mapping[str, Sequence[Any]]) -> Table:
        """Of columns of Python's own values, as JSON and spreadsheets have them."""
        return cls({name: column_of(values, name) for name, values in columns.items()})

    @classmethod
    def of_frame(cls, frame: Any) -> Table:
        """Of a data frame: pandas, polars, pyarrow, or whatever has ``columns`` and ``[name]``.

        Raises
        ------
        DataError
            Naming the column that holds what is neither number, text, date nor yes/no.
        """
        if isinstance(frame, Table):
            return frame
        frame = wrapped(frame)
        own = zip(checked_names(frame.columns), frame.columns, strict=True)
        return cls({name: _of_series(frame[key], name) for name, key in own})


def column_of(values: Sequence[Any] | NDArray[Any], name: str) -> NDArray[Any]:
    """Values (n,) of any type as one of the three kinds of columns of a ``Table``.

    Raises
    ------
    DataError
        Naming the column and the row of what is neither number, text, date nor yes/no.
    """
    if isinstance(values, np.ndarray) and values.ndim != 1:
        raise DataError(f'column "{name}": expected one value a case, received {values.shape}')
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu":
        return _finite(values.astype(np.float64), name)
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        return values.astype(DATES)
    if isinstance(values, np.ndarray) and values.dtype.kind == "m":
        return values / np.timedelta64(1, "s")
    items = [_plain(value, name, row) for row, value in enumerate(values)]
    kinds = {type(item) for item in items if item is not None}
    if kinds == {float}:
        return _finite(np.array([np.nan if v is None else v for v in items], np.float64), name)
    if kinds == {datetime.datetime}:
        return np.array(items, DATES)
    column = np.empty(len(items), object)
    column[:] = [item if item is None else word(item) for item in items]
    return column


def as_text(values: NDArray[Any]) -> NDArray[Any]:
    """A column (n,) as text, None being a gap: whole numbers as such, dates as ISO 8601 has them."""
    if values.dtype == object:
        return values
    gaps = np.isnat(values) if values.dtype.kind == "M" else np.isnan(values)
    text = np.empty(len(values), object)
    text[:] = [
        None if gap else word(value)
        for value, gap in zip(values.tolist(), gaps.tolist(), strict=True)
    ]
    return text


def word(value: Any) -> str:
    """A number, yes/no, date or text as text: 1.0 is "1", True is "true"."""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ") if value.time() != datetime.time() else str(value.date())
    return str(value)


def as_number(value: Any) -> float | None:
    """A number, or text that is one, such as "1300" or "-1.3e3"; None for anything else."""
    if isinstance(value, str):
        return number_in(value)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def _finite(values: FloatArray, name: str) -> FloatArray:
    infinite: IntArray = np.flatnonzero(np.isinf(values))
    if len(infinite):
        raise DataError(
            f'case {infinite[0] + 1}, "{name}": expected a finite number, received '
            f"{values[infinite[0]]} ({len(infinite)} such values in all)"
        )
    return values


def _plain(value: Any, name: str, row: int) -> float | str | bool | datetime.datetime | None:
    """One of few types; what stands for nothing is None."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, float, np.number, Decimal)):
        try:
            number = float(value)
        except OverflowError:
            number = float("inf")
        return None if number != number else number
    if isinstance(value, str):
        return str(value)
    if isinstance(value, np.datetime64):
        value = value.astype(DATES).item()
        return None if value is None else value
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day)
    if isinstance(value, (datetime.timedelta, np.timedelta64)):
        return float(np.timedelta64(value) / np.timedelta64(1, "s"))
    if isinstance(value, datetime.time):
        return value.hour * 3600.0 + value.minute * 60 + value.second
    raise DataError(
        f'case {row + 1}, "{name}": expected a number, text, a date or yes/no, received '
        f"{type(value).__name__} {short(value)}"
    )


def _of_series(series: Any, name: str) -> NDArray[Any]:
    """A column of a frame of narwhals, or of whatever else has columns."""
    import narwhals as nw

    if not isinstance(series, nw.Series):
        return column_of(np.asarray(series), name)
    kind = series.dtype
    if kind.is_numeric():
        return _finite(np.array(series.cast(nw.Float64).to_numpy(), np.float64), name)
    if kind in (nw.Datetime, nw.Date):
        if getattr(kind, "time_zone", None):
            series = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return np.array(series.cast(nw.Datetime("us")).to_numpy()).astype(DATES)
    return column_of(series.to_list(), name)
