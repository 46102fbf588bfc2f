"""A schema: from the columns of a table, as people have them, to features that are numbers.

What a column *is* (a number, a date, ...) is told from how all its cells are written; what is *learned*
of it (medians, levels, origins, whether it is constant or a case's number) from the training part
alone. Training, ``fw predict``, serving and the container go through the one ``Schema.encode``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.cases.table import Table
from framework.core.errors import DataError
from framework.core.frames import lacks
from framework.core.json_fields import Fields
from framework.data.column import Column
from framework.data.columns import KINDS, Category, Number, column_from_json
from framework.data.text_column import Text

LEAVE_OUT = "leave out"
PLURALS = {"category": "categories", "text": "texts"}
SHOWN = 12  # columns left out, of those that a sentence lists


@dataclass(frozen=True)
class Schema:
    """What the columns of a table become.

    Parameters
    ----------
    columns : tuple of Column
        Those that are features, in the table's order.
    left_out : mapping of name -> reason
        Those that are not; they may be missing from, or stand in, any later table.
    beside : tuple of str
        Likewise, and of another use: the target, the groups.
    """

    columns: tuple[Column, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that a table must have."""
        return tuple(column.name for column in self.columns)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the d features of a case."""
        return tuple(name for column in self.columns for name in column.features)

    @property
    def positions(self) -> dict[str, list[int]]:
        """Of each column, which of the d features it becomes."""
        at: dict[str, list[int]] = {}
        start = 0
        for column in self.columns:
            at[column.name] = list(range(start, start + len(column.features)))
            start += len(column.features)
        return at

    def encode(
        self, table: Table, dtype: np.dtype[Any] | type[np.floating[Any]] = np.float64
    ) -> NDArray[Any]:
        """Features (n, d) of the cases of ``table``, of type ``dtype``; its further columns are left alone.

        Raises
        ------
        DataError
            When a column is missing (both sides are named), or a cell is of another kind: then the
            case, the column and the value are named.
        """
        missing = [name for name in self.names if name not in table.columns]
        if missing:
            given = [name for name in table.names if name not in (*self.left_out, *self.beside)]
            raise DataError(f"the table {lacks(missing, self.names, given)}")
        X = np.empty((len(table), len(self.features)), dtype)
        start = 0
        for column in self.columns:
            width = len(column.features)
            X[:, start : start + width] = column.encode(table.columns[column.name])
            start += width
        return X

    def numbers(self, table: Table, name: str) -> FloatArray:
        """The column ``name`` of ``table`` (n,) as numbers, for costs that depend on it.

        Raises
        ------
        DataError
            Naming the first case that has none.
        """
        for column in self.columns:
            if column.name == name and isinstance(column, Number):
                table = Table({name: column.read(table.columns[name])})
        return table.numbers(name)

    def unseen(self, table: Table) -> dict[str, list[str]]:
        """Of each category, the levels in ``table`` that training never saw (and are no level)."""
        found = {
            column.name: column.unseen(table.columns[column.name])
            for column in self.columns
            if isinstance(column, Category)
        }
        return {name: levels for name, levels in found.items() if levels}

    def told(self) -> str:
        """One sentence.

        Examples
        --------
        >>> Schema((Number("age", 40.0), Category("size", ("S", "L"))), {"id": "all different"}).told()
        '3 columns: 1 number, 1 category (2 levels); left out: id (all different)'
        """
        parts = []
        for kind in KINDS:
            own = [column for column in self.columns if column.kind == kind]
            if own:
                name = kind if len(own) == 1 else PLURALS.get(kind, f"{kind}s")
                parts.append(f"{len(own)} {name}{_levels(own)}")
        total = len(self.columns) + len(self.left_out)
        text = f"{total} column{'' if total == 1 else 's'}: {', '.join(parts) or 'none of use'}"
        if self.left_out:
            listed = [f"{name} ({why})" for name, why in list(self.left_out.items())[:SHOWN]]
            more = len(self.left_out) - SHOWN
            text += f"; left out: {', '.join(listed)}" + (f" and {more} more" if more > 0 else "")
        return text

    def kinds(self) -> dict[str, list[str]]:
        """Of each kind that there is, the names of its columns."""
        own = {
            kind: [column.name for column in self.columns if column.kind == kind] for kind in KINDS
        }
        return {kind: names for kind, names in own.items() if names}

    def to_json(self) -> dict[str, Any]:
        return {
            "columns": [column.to_json() for column in self.columns],
            "left_out": dict(self.left_out),
            "beside": list(self.beside),
        }

    @classmethod
    def from_json(cls, data: Any, where: str | Path = "the schema") -> Schema:
        """What ``to_json`` told, and ``where`` holds.

        Raises
        ------
        ArtifactError
            Naming the column and the field that is of another kind.
        """
        told = Fields(data, where)
        columns = tuple(map(column_from_json, told.objects("columns")))
        names = [column.name for column in columns]
        if not columns or len(set(names)) < len(names):
            told.refuse("columns", "columns, each once", names)
        left_out = told.fields("left_out")
        return cls(
            columns, {name: left_out.text(name) for name in left_out.data}, told.texts("beside", ())
        )

    @classmethod
    def learn(
        cls,
        table: Table,
        y: IntArray,
        rows: IntArray,
        given: Mapping[str, Any] | None = None,
        drop: Collection[str] = (),
    ) -> Schema:
        """The schema of ``table`` for the classes ``y`` (n,), learned from the training ``rows``.

        Parameters
        ----------
        given : mapping of column -> kind or object
            What a person knows better: "number", "category", "boolean", "date", "text" or "leave out"; or
            an object of "kind" and fields of it, such as the "levels" of a category.
        drop : collection of str
            Columns that are left out.

        Raises
        ------
        DataError
            When a column that is named is not there, or no column is left.
        """
        from framework.data.learning import LeftOutError, learned
        from framework.data.recognition import copies, kind_of

        wishes = {name: _wish(name, wish) for name, wish in (given or {}).items()}
        wishes |= {name: {"kind": LEAVE_OUT} for name in drop}
        table.only(tuple(wishes))  # raises if one is not there
        columns: list[Column] = []
        left_out: dict[str, str] = {}
        for name, values in table.columns.items():
            wish = wishes.get(name)
            if wish is not None and wish["kind"] == LEAVE_OUT:
                left_out[name] = "as asked"
                continue
            kind, details = kind_of(values) if wish is None else (wish["kind"], wish)
            details = {key: value for key, value in details.items() if key != "kind"}
            try:
                if wish is None and kind != Text.kind and copies(values[rows], y[rows]):
                    raise LeftOutError("it tells the target, value by value")
                columns.append(learned(name, values[rows], kind, details, given=wish is not None))
            except LeftOutError as why:
                left_out[name] = str(why)
        if not columns:
            raise DataError(
                "the table has no column to learn from; left out: "
                f"{', '.join(f'{name} ({why})' for name, why in left_out.items()) or 'none'}"
            )
        return cls(tuple(columns), left_out)


def _wish(name: str, wish: Any) -> dict[str, Any]:
    found = {"kind": wish} if isinstance(wish, str) else wish
    kinds = (*KINDS, LEAVE_OUT)
    if not isinstance(found, Mapping) or found.get("kind") not in kinds:
        raise DataError(
            f'column "{name}": expected one of {", ".join(kinds)}, or an object with that as its "kind"; '
            f"received {wish!r}"
        )
    return {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}


def _levels(columns: list[Column]) -> str:
    counts = [
        str(len(column.levels) + bool(column.rare))
        for column in columns
        if isinstance(column, Category)
    ]
    if not counts:
        return ""
    several = " and ".join([", ".join(counts[:-1]), counts[-1]]) if len(counts) > 1 else counts[0]
    return f" ({several} level{'' if counts == ['1'] else 's'})"
