"""Training cases that do not fit into memory: read block by block, as often as they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Block:
    """Some training cases.

    Parameters
    ----------
    X : array (b, ...)
        Raw features, as a ``Dataset`` holds them.
    y : array (b,)
        Class indices.
    columns : mapping of name -> array (b,), optional
        Numbers beside the features that costs may depend on.
    """

    X: NDArray[Any]
    y: IntArray
    columns: Mapping[str, FloatArray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, cases: slice) -> Block:
        columns = {name: column[cases] for name, column in self.columns.items()}
        return Block(self.X[cases], self.y[cases], columns)

    @classmethod
    def joined(cls, blocks: Sequence[Block]) -> Block:
        """One after the other."""
        columns = {
            name: np.concatenate([block.columns[name] for block in blocks])
            for name in blocks[0].columns
        }
        X, y = (np.concatenate([getattr(block, name) for block in blocks]) for name in ("X", "y"))
        return cls(X, y, columns)


@dataclass(frozen=True, eq=False)
class HeldOutTotals:
    """How many cases of each class (N,) the ``test`` and the ``validation`` part of a source have, where a
    ``Dataset`` holds some of them, stratified by class.
    """

    test: IntArray
    validation: IntArray

    @property
    def cases(self) -> int:
        return int(self.test.sum() + self.validation.sum())


class CaseStream(Protocol):
    """All training cases of a run, of which ``Dataset.X`` holds a sample.

    Several hosts each have a stream of their own cases; together these are all.
    """

    @property
    def sizes(self) -> tuple[int, ...]:
        """Cases of each of this host's blocks."""

    @property
    def class_counts(self) -> IntArray:
        """Training cases of each class (N,), on all hosts together."""

    @property
    def identity(self) -> str:
        """A digest of the cases on all hosts: trainings are taken up where it is the same."""

    def read(self, block: int) -> Block:
        """The cases of a block, in an order that is always the same.

        Raises
        ------
        DataError
            When they can no longer be read.
        """
