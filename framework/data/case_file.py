"""Encoded cases in a file, block after block: written once, read as often as a training passes over them.

    cases.bin       the blocks: features (b, d), classes (b,), then one column (b,) after the other
    cases.json      what is where; there when all is written

Read with plain reads: pages of a mapped file would count as the process's memory.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.cases.case_stream import Block
from framework.core.errors import DataError, StorageError
from framework.core.files import out_of_room, read_json, sync, write_json
from framework.core.json_fields import Fields

BLOCKS, TOLD = "cases.bin", "cases.json"


@dataclass(frozen=True)
class Layout:
    """Of all blocks of a file: ``sizes`` in cases, ``width`` d, types, and the names of further columns."""

    sizes: tuple[int, ...]
    width: int
    dtype: str
    class_dtype: str
    columns: tuple[str, ...]

    @classmethod
    def of(
        cls, sizes: Sequence[int], width: int, dtype: str, n_classes: int, columns: Sequence[str]
    ) -> Layout:
        """With the classes in as few bytes as will do."""
        return cls(
            tuple(sizes), width, dtype, np.min_scalar_type(n_classes - 1).str, tuple(columns)
        )

    @property
    def bytes_of_a_case(self) -> int:
        classes = np.dtype(self.class_dtype).itemsize
        return np.dtype(self.dtype).itemsize * self.width + classes + 8 * len(self.columns)

    @property
    def bytes(self) -> int:
        return self.bytes_of_a_case * sum(self.sizes)

    @cached_property
    def starts(self) -> list[int]:
        """Where each block begins, in bytes."""
        ends = np.cumsum(np.array(self.sizes, dtype=np.int64)) * self.bytes_of_a_case
        return [0, *ends.tolist()]


class CaseFileWriter:
    """Writes the blocks of a ``layout`` into ``folder``, in their order.

    Raises
    ------
    StorageError
        Before anything is written, when the disk has not that much room; and when it is full.
    """

    def __init__(self, folder: Path, layout: Layout, identity: str) -> None:
        self.folder, self.layout, self.identity = folder, layout, identity
        free = shutil.disk_usage(folder).free
        if free < layout.bytes:
            raise StorageError(
                f"{folder}: the training cases take {layout.bytes / 1e9:,.1f} GB there, and the disk has "
                f"{free / 1e9:,.1f} GB left; free some space, or name a folder on another disk with "
                "--checkpoints"
            )

    def __enter__(self) -> CaseFileWriter:
        self._file = (self.folder / BLOCKS).open("wb", buffering=0)
        return self

    def write(self, X: NDArray[np.generic], y: IntArray, columns: Mapping[str, FloatArray]) -> None:
        """The next block: features (b, d), class indices (b,), and the columns (b,)."""
        layout = self.layout
        try:
            for values in (
                X.astype(layout.dtype, copy=False),
                y.astype(layout.class_dtype),
                *(columns[name].astype("<f8", copy=False) for name in layout.columns),
            ):
                left = np.ascontiguousarray(values).reshape(-1).view(np.uint8).data
                while left:
                    left = left[self._file.write(left) :]
        except OSError as error:
            reason = out_of_room(error) or str(error)
            raise StorageError(f"{self.folder} cannot be written: {reason}") from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._file.close()
        if error is None:
            sync(self.folder / BLOCKS)
            write_json(
                self.folder / TOLD, {"identity": self.identity, **asdict(self.layout)}, indent=None
            )


@dataclass(frozen=True, eq=False)
class CaseFile:
    """The training cases in ``folder``, a ``CaseStream``; ``class_counts`` (N,) are of all hosts."""

    folder: Path
    layout: Layout
    class_counts: IntArray
    identity: str

    @property
    def sizes(self) -> tuple[int, ...]:
        return self.layout.sizes

    def read(self, block: int) -> Block:
        layout = self.layout
        size, start = layout.sizes[block], layout.starts[block]
        path = self.folder / BLOCKS
        read = bytearray(size * layout.bytes_of_a_case)
        try:
            number = os.open(path, os.O_RDONLY)
            try:
                got = os.preadv(number, [read], start)
            finally:
                os.close(number)
        except OSError as error:
            raise DataError(f"{path} can no longer be read: {error.strerror}") from error
        if got < len(read):
            raise DataError(
                f"{path} is shorter than when it was written; run the same command again"
            )
        dtype = np.dtype(layout.dtype)
        at = size * layout.width * dtype.itemsize
        X = np.frombuffer(read, dtype, size * layout.width).reshape(size, layout.width)
        y = np.frombuffer(read, layout.class_dtype, size, at)
        at += y.nbytes
        columns = {
            name: np.frombuffer(read, "<f8", size, at + 8 * size * k)
            for k, name in enumerate(layout.columns)
        }
        return Block(X, y.astype(np.int64), columns)


def written_before(folder: Path, identity: str) -> Layout | None:
    """The layout of the file that is in ``folder``, whole and of that identity; else None."""
    if not (folder / TOLD).exists():
        return None
    told = Fields(read_json(folder / TOLD), folder / TOLD)
    if told.text("identity") != identity:
        return None
    sizes = tuple(told.data["sizes"])
    layout = Layout(
        sizes,
        told.whole("width"),
        told.text("dtype"),
        told.text("class_dtype"),
        told.texts("columns"),
    )
    size = (folder / BLOCKS).stat().st_size if (folder / BLOCKS).exists() else -1
    return layout if size == layout.bytes else None
