"""One column of a table, whatever its kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import BoolArray, FloatArray
from framework.core.shown import short

MISSING, RARE = "(missing)", "(rare)"


@dataclass(frozen=True)
class Column(ABC):
    """A column of a table by name; one subclass for each kind."""

    kind: ClassVar[str] = ""
    name: str

    @property
    @abstractmethod
    def features(self) -> tuple[str, ...]:
        """Names of the k features it becomes; of several, NAME=PART, which are shuffled as one."""

    @abstractmethod
    def encode(self, values: NDArray[Any]) -> FloatArray:
        """Values (n,) of a column of a ``Table`` as finite features (n, k).

        Raises
        ------
        DataError
            Naming the row, the column and the value that is of another kind.
        """

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind} | asdict(self)


def filled(values: FloatArray, gaps: BoolArray, instead: float, flag: bool) -> FloatArray:
    filled = np.where(gaps, instead, values) if gaps.any() else values
    return np.column_stack([filled, gaps]) if flag else filled[:, None]


def wrong(name: str, values: NDArray[Any], expected: str, row: int | BoolArray) -> str:
    at = int(np.flatnonzero(row)[0]) if isinstance(row, np.ndarray) else row
    return f'case {at + 1}, "{name}": expected {expected}, received {short(values.tolist()[at])}'
