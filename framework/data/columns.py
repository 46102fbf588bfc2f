"""Kinds of columns: how each becomes numbers, by what was learned from the training part."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray
from framework.core.cases.table import NOTHING, as_number, as_text, word
from framework.core.errors import DataError
from framework.core.json_fields import Fields
from framework.data.column import MISSING, RARE, Column, filled, wrong
from framework.data.date_column import Date
from framework.data.text_column import WIDEST, Text
from framework.data.written_values import number_of

# By language: yes and no, as they are met in tables.
WORDS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("true", "t", "1"), ("false", "f", "0")),
    (("yes", "y"), ("no", "n")),
    (("ja", "j"), ("nein", "n")),
    (("oui", "o"), ("non", "n")),
    (("si", "sí", "s"), ("no", "n")),
    (("on",), ("off",)),
)
YES, NO = (frozenset(word for pair in WORDS for word in pair[side]) for side in (0, 1))
# Of what stands for nothing, what cannot be the name of a level ("none" may well be one).
NO_LEVEL = frozenset(("", "?", "nan", "n/a", "#n/a", "null", "<na>"))


@dataclass(frozen=True)
class Number(Column):
    """A number; a gap is the ``median`` of the training part, and told by a feature if ``flag``.

    ``decimal`` is the sign before its decimals, where it is given as text; ``missing`` are texts that
    are no numbers and were taken for gaps.
    """

    kind = "number"
    median: float
    flag: bool = False
    decimal: str = "."
    missing: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        return (self.name, f"{self.name}={MISSING}") if self.flag else (self.name,)

    def read(self, values: NDArray[Any]) -> FloatArray:
        """Numbers (n,), NaN being a gap."""
        if values.dtype == np.float64:
            return values
        if values.dtype.kind == "M":
            raise DataError(wrong(self.name, values, "a number", ~np.isnat(values)))
        gaps = NOTHING | {text.casefold() for text in self.missing}
        numbers = np.full(len(values), np.nan)
        for row, text in enumerate(values.tolist()):
            found = None if text is None else number_of(text, self.decimal)
            if text is not None and found is None:
                found = as_number(text)  # 2883.04 where the training part had 2.883,04
            if found is not None:
                numbers[row] = found
            elif text is not None and text.strip().casefold() not in gaps:
                raise DataError(wrong(self.name, values, "a number", row))
        return numbers

    def encode(self, values: NDArray[Any]) -> FloatArray:
        numbers = self.read(values)
        return filled(numbers, np.isnan(numbers), self.median, self.flag)


@dataclass(frozen=True)
class Boolean(Column):
    """Yes or no, as 1 or 0; a gap is the more frequent one of the training part, ``mostly``.

    ``yes`` and ``no`` are the words of the training part; others that mean it are taken, too.
    """

    kind = "boolean"
    yes: tuple[str, ...]
    no: tuple[str, ...]
    mostly: bool
    flag: bool = False

    @property
    def features(self) -> tuple[str, ...]:
        return (self.name, f"{self.name}={MISSING}") if self.flag else (self.name,)

    def encode(self, values: NDArray[Any]) -> FloatArray:
        meaning: dict[str, float] = dict.fromkeys(NOTHING, np.nan)
        meaning |= dict.fromkeys(NO, 0.0) | dict.fromkeys(YES, 1.0)
        meaning |= dict.fromkeys(self.no, 0.0) | dict.fromkeys(self.yes, 1.0)
        numbers = np.empty(len(values))
        for row, text in enumerate(as_text(values).tolist()):
            found = np.nan if text is None else meaning.get(text.strip().casefold())
            if found is None:
                expected = f"{self.yes[0]} or {self.no[0]}"
                raise DataError(wrong(self.name, values, expected, row))
            numbers[row] = found
        return filled(numbers, np.isnan(numbers), float(self.mostly), self.flag)


@dataclass(frozen=True)
class Category(Column):
    """One of the ``levels``, each a feature that is 0 or 1.

    ``rare`` levels, of few training cases, are one feature together. A gap is a feature of its own if
    it is a ``gap`` of enough training cases. A level that training never saw is none of all: zeros.
    """

    kind = "category"
    levels: tuple[str, ...]
    rare: tuple[str, ...] = ()
    gap: bool = False

    @property
    def features(self) -> tuple[str, ...]:
        names = [*self.levels, *([RARE] if self.rare else []), *([MISSING] if self.gap else [])]
        return tuple(f"{self.name}={name}" for name in names)

    def encode(self, values: NDArray[Any]) -> FloatArray:
        at = self._positions(values)
        found = np.zeros((len(values), len(self.features)))
        rows = np.flatnonzero(at >= 0)
        found[rows, at[rows]] = 1.0
        return found

    def unseen(self, values: NDArray[Any]) -> list[str]:
        """The levels among the ``values`` (n,) that training never saw."""
        new = {word for word in as_text(values).tolist() if self._at(word) is None}
        return sorted(word.strip() for word in new if word is not None)

    def _positions(self, values: NDArray[Any]) -> NDArray[np.int64]:
        known: dict[str | None, int] = {}
        found = np.empty(len(values), np.int64)
        for row, text in enumerate(as_text(values).tolist()):
            if text not in known:
                at = self._at(text)
                known[text] = -1 if at is None else at
            found[row] = known[text]
        return found

    def _at(self, text: str | None) -> int | None:
        """The position of a level's feature, -1 of a gap without one, None of an unseen level."""
        if text is None or text.strip().casefold() in NO_LEVEL:
            return len(self.features) - 1 if self.gap else -1
        text = text.strip()
        if text in self._index:
            return self._index[text]
        number = as_number(text)  # 1.50 for what is 1.5 elsewhere
        return None if number is None else self._index.get(word(number))

    @cached_property
    def _index(self) -> dict[str, int]:
        rare = dict.fromkeys(self.rare, len(self.levels))
        return rare | {level: k for k, level in enumerate(self.levels)}


KINDS: Mapping[str, type[Column]] = {
    column.kind: column for column in (Number, Boolean, Category, Date, Text)
}


def column_from_json(data: Fields) -> Column:
    """What ``Column.to_json`` wrote.

    Raises
    ------
    ArtifactError
        Naming the field that is of another kind.
    """
    kind = data.text("kind")
    if kind not in KINDS:
        data.refuse("kind", f"one of {', '.join(KINDS)}", kind)
    found = {}
    for field in fields(KINDS[kind]):
        if field.default is dataclasses.MISSING or field.name in data:
            found[field.name] = _READERS[field.type](data, field.name)
    column = KINDS[kind](**found)
    if isinstance(column, Date):
        try:
            np.datetime64(column.origin, "us")
        except ValueError:
            data.refuse("origin", "a date as ISO 8601 has it", column.origin)
    if isinstance(column, Text) and not 1 <= column.width <= WIDEST:
        data.refuse("width", f"1 to {WIDEST:,}", column.width)
    return column


# By the types of the fields above.
_READERS: Mapping[Any, Any] = {
    "str": Fields.text,
    "str | None": Fields.text,
    "float": Fields.number,
    "bool": Fields.yes_or_no,
    "int": Fields.whole,
    "tuple[str, ...]": Fields.texts,
}
