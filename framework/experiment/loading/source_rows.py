"""The cases of a source, chunk by chunk, each with its class and with what its part goes by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from framework.config.run_config import RunConfig
from framework.core.arrays import FloatArray, IntArray
from framework.core.cases.hash_split import (
    LIMITS,
    Keys,
    Limits,
    draws_of,
    named,
    numbered,
    places_of,
)
from framework.core.cases.source import Source
from framework.core.errors import DataError
from framework.data.sources import Chunk, chunks
from framework.experiment.loading.gathering import MOST_CASES, gathered, host
from framework.experiment.loading.targets import targets_of

T = TypeVar("T")
ROWS_OF_A_BLOCK = 50_000


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
