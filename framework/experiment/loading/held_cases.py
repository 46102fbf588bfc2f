"""What comes into memory of the cases of a source, while they are read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import BoolArray, IntArray
from framework.core.cases.case_stream import HeldOutTotals
from framework.core.cases.stratified_hash_split import StratifiedSplit
from framework.core.cases.table import Table, as_text
from framework.experiment.loading.gathering import gathered_columns
from framework.experiment.loading.source_rows import Rows

# It is sorted out again when it has grown by this factor.
SLACK = 1.25
_OF_TABLE = "table"


@dataclass(eq=False)
class Held:
    """Cases that come into memory, chunk by chunk; fewer of the early ones as more come.

    Each column is one array with room for more, in which what is kept moves to the front: many small ones
    would leave holes where they have been.
    """

    size: int = 0
    room: int = 0
    sorted_out: int = 0
    columns: dict[tuple[str, str], NDArray[Any]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    words: dict[tuple[str, str], dict[Any, Any]] = field(default_factory=dict)

    def add(self, found: Rows, kept: BoolArray, split: StratifiedSplit | None = None) -> None:
        """Take the ``kept`` (n,) of ``found``, and leave what the ``split`` has no room for any more."""
        n = int(kept.sum())
        if not n:
            return
        table = found.chunk.table(kept).without(found.beside)
        self.names = self.names or table.names
        values = {(_OF_TABLE, name): of for name, of in table.columns.items()}
        beside = {"y": found.y, "places": found.places, "draws": found.draws}
        if found.groups is not None:
            beside["groups"] = found.groups
        values |= {("", name): of[kept] for name, of in beside.items()}
        self._make_room(n)
        for key, of in values.items():
            self._put(key, of)
        self.size += n
        if split is not None and self.size > SLACK * self.sorted_out:
            self.keep(split.may_be_kept(self.of("places"), self.of("draws"), self.of("y")))

    def keep(self, kept: BoolArray) -> None:
        """Leave all but those of the mask ``kept`` (n,)."""
        n = int(kept.sum())
        if n < self.size:
            for values in self.columns.values():
                values[:n] = values[: self.size][kept]
        self.size = self.sorted_out = n

    def totals(self, split: StratifiedSplit) -> HeldOutTotals:
        """Cases of each class in the parts of a ``split`` all of whose cases are held."""
        y, places, n_classes = self.of("y"), self.of("places"), len(split.kept_test)
        test, validation = (
            np.bincount(y[inside], minlength=n_classes)
            for inside in (split.is_test(places), split.is_validation(places))
        )
        return HeldOutTotals(test, validation)

    def of(self, name: str) -> NDArray[Any]:
        """What goes by: the classes "y", "places", "draws", "groups" (n,)."""
        return self.columns["", name][: self.size]

    def of_all_hosts(self) -> Held:
        """What all hosts hold, one after the other."""
        names = [json.dumps(key) for key in self.columns]
        values = [of[: self.size] for of in self.columns.values()]
        together = Held(names=self.names)
        for columns in gathered_columns(dict(zip(names, values, strict=True))):
            n = len(next(iter(columns.values())))
            together._make_room(n)
            for name, of in columns.items():
                room, column = json.loads(name)
                together._put((room, column), of)
            together.size += n
        return together

    def table(self, order: IntArray) -> Table:
        """All columns, put into this order; nothing can be added any more."""
        found = {}
        for name in self.names:
            values = self.columns[_OF_TABLE, name][: self.size]
            values[:] = values[order]
            found[name] = values
        return Table(found)

    def _make_room(self, n: int) -> None:
        if self.size + n > self.room:
            self.room = max(2 * self.room, self.size + n)
            for key, values in self.columns.items():
                self.columns[key] = np.empty(self.room, values.dtype)
                self.columns[key][: self.size] = values[: self.size]

    def _put(self, key: tuple[str, str], values: NDArray[Any]) -> None:
        if key not in self.columns:
            self.columns[key] = np.empty(self.room, values.dtype)
        elif self.columns[key].dtype != values.dtype:  # what is text in one is text in all
            held, values = self.columns[key], as_text(values)
            self.columns[key] = np.empty(self.room, object)
            self.columns[key][: self.size] = as_text(held[: self.size])
        if values.dtype == object:  # of equal texts, one
            words = self.words.setdefault(key, {})
            values = np.array([words.setdefault(value, value) for value in values], object)
        self.columns[key][self.size : self.size + len(values)] = values
