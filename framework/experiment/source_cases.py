"""A source as a dataset: its test and validation part and a sample in memory, all else where it was."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from framework.config.run_config import RunConfig
from framework.config.settings import STREAMED_FROM
from framework.core.arrays import BoolArray, FloatArray, IntArray
from framework.core.case_stream import Block
from framework.core.dataset import Dataset
from framework.core.errors import DataError
from framework.core.hash_split import (
    LIMITS,
    Keys,
    Limits,
    PartShares,
    draws_of,
    named,
    numbered,
    places_of,
)
from framework.core.source import Source
from framework.core.steps import Step, tell
from framework.core.table import Table, as_text
from framework.data.sources import Chunk, cells, chunks, identity, release, told
from framework.experiment.gathering import (
    MOST_CASES,
    gathered,
    gathered_columns,
    host,
    is_sharded,
)
from framework.experiment.targets import class_labels, targets_of

T = TypeVar("T")
# What is held is sorted out again when it has grown by this factor.
SLACK = 1.25
_OF_TABLE = "table"
MOST_VALUES = 10_000  # of a target, after which it is taken for none
ROWS_OF_A_BLOCK = 50_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Rows:
    """The cases of a chunk: their classes ``y`` (n,), -1 without one; what their parts go by, and groups."""

    chunk: Chunk
    y: IntArray
    places: FloatArray
    draws: FloatArray
    groups: NDArray[Any] | None
    beside: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class SourceCases:
    """All labelled cases of a ``source``, as classes among ``labels``, with a hash by ``seed``.

    ``config`` says how the target's numbers are cut into classes, if they are; ``block`` how many training
    cases are read at a time. ``is_sharded``: of several hosts, each sees cases of its own.
    """

    source: Source
    labels: tuple[str, ...]
    seed: int
    config: RunConfig
    limits: Limits = LIMITS
    block: int = ROWS_OF_A_BLOCK
    is_sharded: bool = False

    @property
    def first(self) -> int:
        """The number of this host's first case."""
        return MOST_CASES * host()[0] if self.is_sharded else 0

    def of_all_hosts(self, said: T) -> list[T]:
        """What each says of its own cases; where all see the same ones, one is asked."""
        return gathered(said) if self.is_sharded else [said]

    def rows(self) -> Iterator[Rows]:
        """Chunk by chunk.

        Raises
        ------
        DataError
            When they cannot be read, one has a label that is none, or none of the groups.
        """
        for chunk in chunks(self.source):
            positions, texts = chunk.distinct(self.source.target)
            with chunk.named():
                y = self._classes(texts)[positions]
            keys, groups = self._keys(chunk)
            by_number = numbered(self.first + chunk.start, len(chunk))
            places, draws = places_of(keys, self.seed), draws_of(by_number, self.seed)
            yield Rows(chunk, y, places, draws, groups, self.source.columns_beside)

    def _classes(self, texts: Sequence[str]) -> IntArray:
        """The class of each text, and at the end that of a gap."""
        names = targets_of([*texts, None], self.config).tolist()
        unknown = sorted({name for name in names if name is not None} - set(self.labels))
        if unknown:
            raise DataError(
                f'"{self.source.target}" holds {", ".join(unknown[:5])}; expected one of '
                f"{', '.join(self.labels)}"
            )
        return np.array([-1 if n is None else self.labels.index(n) for n in names], np.int64)

    def _keys(self, chunk: Chunk) -> tuple[Keys, NDArray[Any] | None]:
        name = self.source.groups
        if name is None:
            return numbered(self.first + chunk.start, len(chunk)), None
        positions, texts = chunk.distinct(name)
        missing = np.flatnonzero(positions < 0)
        if len(missing):
            raise DataError(
                f"{chunk.where}: the case with the number {chunk.start + missing[0] + 1:,} of all has no "
                f'"{name}"; give each case of no group a group of its own, or drop it'
            )
        return named(texts)[positions], np.array(texts, object)[positions]


@dataclass(frozen=True, eq=False)
class UnwrittenCases:
    """The training cases of a source, counted but not yet written where they can be read in blocks."""

    cases: SourceCases
    shares: PartShares
    class_counts: IntArray
    rows: int
    without_label: int
    digest: tuple[Any, ...]
    seen: int  # of them, by this host

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        full, rest = divmod(self.seen, self.cases.block)
        return (self.cases.block,) * full + ((rest,) if rest else ())

    @property
    def identity(self) -> str:
        return repr(self.digest)

    def read(self, block: int) -> Block:
        raise DataError(f"block {block} of {told(self.cases.source)} has not been written yet")


def is_streamed(source: Source, stream: str) -> bool:
    """Whether its training cases are read block by block: by the setting ``stream``, or else by its size.

    What a function gives is, unless the setting says no.
    """
    if stream == "auto":
        own = cells(source)
        everywhere = sum(gathered(own)) if is_sharded(source) else own
        return callable(source.data) or everywhere >= STREAMED_FROM
    return stream == "yes"


def labels_of(source: Source, config: RunConfig) -> tuple[str, ...]:
    """The classes of a source, of which the target alone is read.

    Raises
    ------
    DataError
        When it cannot be read, or holds no classes.
    """
    present: set[str] = set()
    n = 0
    for chunk in chunks(source, only=(source.target,)):
        with chunk.named():
            _, texts = chunk.distinct(source.target)
            present |= {name for name in targets_of(texts, config) if name is not None}
        n += len(chunk)
        if len(present) > MOST_VALUES:
            raise DataError(
                f'{told(source)}: the target "{source.target}" holds more than {MOST_VALUES:,} different '
                "values; expected classes: make some of numbers with --cut 8,10, or name another column"
            )
    release()
    if is_sharded(source):
        found = gathered((sorted(present), n))
        present, n = {name for names, _ in found for name in names}, sum(n for _, n in found)
    return class_labels(present, n, config)


def in_memory(cases: SourceCases) -> Dataset:
    """All cases of a source at once, without parts or stream.

    Raises
    ------
    DataError
        When they cannot be read.
    """
    held, everything = _Held(), PartShares(0.0, 0.0, 1.0)
    without = rows = 0
    for found in cases.rows():
        labelled = found.y >= 0
        rows, without = rows + len(labelled), without + int((~labelled).sum())
        held.add(found, labelled, everything)
    _tell_unlabelled(cases.source, without, rows)
    y = held.of("y")
    groups = None if cases.source.groups is None else held.of("groups")
    return Dataset(held.table(np.arange(len(y))), y, cases.labels, groups=groups)


def sampled(cases: SourceCases, test_fraction: float, is_bounded: bool = True) -> Dataset:
    """The cases of a source in one pass: what judges, chooses and a sample of what is trained on.

    Parameters
    ----------
    cases : SourceCases
    test_fraction : float
        Share of the test part; where it ``is_bounded``, as many cases at most as the limits say.

    Returns
    -------
    Dataset
        Its ``table`` holds the sample, then ``validation``, then ``test``; its ``stream`` is
        UnwrittenCases.

    Raises
    ------
    DataError
        When they cannot be read, or are too few.
    """
    held, counts, rows, without = _Held(), np.zeros(len(cases.labels), np.int64), 0, 0
    shares = PartShares.of(1, test_fraction, is_bounded, cases.limits)
    for found in cases.rows():
        labelled = found.y >= 0
        counts += np.bincount(found.y[labelled], minlength=len(counts))
        rows += len(labelled)
        without += int((~labelled).sum())
        shares = PartShares.of(int(counts.sum()), test_fraction, is_bounded, cases.limits)
        held.add(found, labelled & shares.is_kept(found.places, found.draws), shares)
        tell(Step(f"reading cases ({rows:,})", 0, 1))
    tell(Step(f"reading cases ({rows:,})", 1, 1))
    release()
    own = counts
    told_by_all = cases.of_all_hosts((rows, without, counts.tolist()))
    rows, without, counts = (np.sum(numbers, axis=0) for numbers in zip(*told_by_all, strict=True))
    _tell_unlabelled(cases.source, int(without), int(rows))
    shares = PartShares.of(int(counts.sum()), test_fraction, is_bounded, cases.limits)
    held.sort_out(shares)
    seen = int(own.sum() - (~shares.is_training(held.of("places"))).sum())
    if cases.is_sharded:
        held = held.of_all_hosts()
    return _dataset(cases, held, shares, counts, int(rows), int(without), seen)


def _tell_unlabelled(source: Source, without: int, rows: int) -> None:
    if without == rows:
        raise DataError(f'{told(source)}: no case has a "{source.target}"')
    if without:
        _log.warning(
            '%s of %s cases have no "%s" and were left out',
            f"{without:,}",
            f"{rows:,}",
            source.target,
        )


def _dataset(
    cases: SourceCases,
    held: _Held,
    shares: PartShares,
    counts: IntArray,
    rows: int,
    without: int,
    seen: int,
) -> Dataset:
    y, places = held.of("y"), held.of("places")
    test, validation = shares.is_test(places), shares.is_validation(places)
    if not test.any() or not validation.any() or (test | validation).all():
        raise DataError(
            f"{told(cases.source)}: {len(y)} cases are too few to be streamed: a part of them would be "
            "empty; take them as they are, with --stream no"
        )
    order = np.argsort(2 * test + validation, kind="stable")  # the sample, validation, test
    left = counts - np.bincount(y[test | validation], minlength=len(counts))
    groups = None if cases.source.groups is None else held.of("groups")[order]
    table = held.table(order)
    stream = UnwrittenCases(
        cases,
        shares,
        left,
        rows,
        without,
        digest=(
            cases.of_all_hosts(identity(cases.source)),
            *(cases.labels, cases.seed, shares, counts.tolist(), rows),
        ),
        seen=seen,
    )
    return Dataset(
        table,
        y[order],
        cases.labels,
        groups=groups,
        test=test[order],
        validation=validation[order],
        stream=stream,
    )


@dataclass(eq=False)
class _Held:
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

    def add(self, found: Rows, kept: BoolArray, shares: PartShares) -> None:
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
        if self.size > SLACK * self.sorted_out:
            self.sort_out(shares)

    def sort_out(self, shares: PartShares) -> None:
        """Leave what is no longer kept by these ``shares``."""
        kept = shares.is_kept(self.of("places"), self.of("draws"))
        n = int(kept.sum())
        if n < self.size:
            for values in self.columns.values():
                values[:n] = values[: self.size][kept]
        self.size = self.sorted_out = n

    def of(self, name: str) -> NDArray[Any]:
        """What goes by: the classes "y", "places", "draws", "groups" (n,)."""
        return self.columns["", name][: self.size]

    def of_all_hosts(self) -> _Held:
        """What all hosts hold, one after the other."""
        names = [json.dumps(key) for key in self.columns]
        values = [of[: self.size] for of in self.columns.values()]
        together = _Held(names=self.names)
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
