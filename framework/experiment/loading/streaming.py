"""The training cases of a source, encoded and written where networks read them, block by block."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.cases.dataset import Dataset, check_finite
from framework.core.cases.splitting import Split
from framework.core.errors import CUT_SHORT, DataError, FrameworkError
from framework.core.steps import Step, tell
from framework.data.case_file import CaseFile, CaseFileWriter, Layout, written_before
from framework.data.schema import Schema
from framework.data.sources import release, told
from framework.experiment.loading.source_cases import UnwrittenCases
from framework.training.checkpoints import digest

# A feature is kept in single precision where that is off by no more than so much of its spread, or
# of a value's distance from the mean.
OF_SPREAD, OF_DISTANCE = 1e-4, 1e-6


@contextmanager
def scratch(folder: Path | None, host: int = 0) -> Iterator[Path]:
    """A folder below ``folder`` for the encoded training cases, which is gone in the end.

    Where the run is cut short it stays, so that the same command need not write them again. Without a
    ``folder``, one for this process alone.
    """
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="fw-") as name:
            yield Path(name)
        return
    place = folder / (f"cases-{host}" if host else "cases")  # other hosts may have the same folder
    try:
        yield place
    except CUT_SHORT:
        raise
    except FrameworkError:
        shutil.rmtree(place, ignore_errors=True)
        raise
    shutil.rmtree(place, ignore_errors=True)


def written(
    dataset: Dataset,
    parts: Split,
    schema: Schema,
    columns: Sequence[str],
    folder: Path,
    host: tuple[int, int] = (0, 1),
) -> Dataset:
    """``dataset``, which is encoded, with all its training cases in a file in ``folder``.

    Parameters
    ----------
    dataset : Dataset
        Its stream is still to be written.
    parts : Split
    schema : Schema
        Which encodes them.
    columns : sequence of str
        What costs depend on, which is written beside the features.
    folder : Path
        Of the scratch; it is made, and what is there is taken up if it is of the same cases.
    host : (number, count)
        Of several hosts each writes the blocks with ``block % count == number``.

    Raises
    ------
    DataError
        Naming the file and the case that cannot be encoded.
    StorageError
        When the disk has not that much room.
    """
    unwritten = dataset.stream
    assert isinstance(unwritten, UnwrittenCases)
    dtype = feature_dtype(dataset.X[parts.train])
    counts = unwritten.class_counts
    identity = digest(unwritten.identity, schema.to_json(), dtype, [*columns], dataset.X, dataset.y)
    number, hosts = host
    sizes = unwritten.sizes[number::hosts]
    layout = Layout.of(sizes, len(schema.features), dtype, len(counts), columns)
    if written_before(folder, identity) != layout:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            with CaseFileWriter(folder, layout, identity) as writer:
                _write(
                    unwritten,
                    schema,
                    _Blocks(writer, unwritten.cases.block, unwritten.seen, host),
                )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)  # gigabytes, perhaps, of no use
            raise
    return replace(dataset, stream=CaseFile(folder, layout, counts, identity))


def feature_dtype(X: FloatArray) -> str:
    """The type that holds features like ``X`` (n, d): single precision, where that tells cases apart as well.

    A time in seconds since 1970 has steps of two minutes in single precision: of a day's cases, double is
    kept.
    """
    for values in X.T:
        off = np.abs(values - values.astype(np.float32).astype(np.float64))
        if (off > OF_SPREAD * values.std() + OF_DISTANCE * np.abs(values - values.mean())).any():
            return "<f8"
    return "<f4"


def _write(unwritten: UnwrittenCases, schema: Schema, blocks: _Blocks) -> None:
    source, total = unwritten.cases.source, blocks.total
    for found in unwritten.cases.rows():
        labelled = found.y >= 0
        training = (labelled & unwritten.split.is_training(found.places))[labelled]
        if blocks.are_own(int(training.sum())):
            table = found.chunk.table(None if labelled.all() else labelled)
            with found.chunk.named():
                X = schema.encode(table, np.dtype(blocks.layout.dtype))
                check_finite(X, schema.features)
                columns = {name: schema.numbers(table, name) for name in blocks.layout.columns}
            y = found.y[labelled][training]
            blocks.add(X[training], y, {name: of[training] for name, of in columns.items()})
        else:
            blocks.skip(int(training.sum()))
        tell(Step("encoding training cases", blocks.cases, total))
    release()
    if blocks.cases != total:
        raise DataError(
            f"{told(source)} held {total:,} training cases when it was read first, and {blocks.cases:,} "
            "when it was read again; expected the same cases in the same order each time"
        )


@dataclass(eq=False)
class _Blocks:
    """Gathers cases until a block is full, ``block`` of them, and writes those of this host."""

    writer: CaseFileWriter
    block: int
    total: int
    host: tuple[int, int]
    cases: int = 0
    waiting: list[tuple[NDArray[Any], IntArray, dict[str, FloatArray]]] = field(
        default_factory=list
    )

    @property
    def layout(self) -> Layout:
        return self.writer.layout

    def are_own(self, n: int) -> bool:
        """Whether any of the next ``n`` cases is in a block of this host."""
        first, last = self.cases // self.block, (self.cases + n - 1) // self.block
        return any(self._is_own(block) for block in range(first, last + 1))

    def skip(self, n: int) -> None:
        self.cases += n

    def add(self, X: NDArray[Any], y: IntArray, columns: dict[str, FloatArray]) -> None:
        """The next cases, as they are in the source."""
        start = 0
        while start < len(y):
            block, done = divmod(self.cases, self.block)
            end = min(len(y), start + self.block - done)
            if self._is_own(block):
                taken = slice(start, end)
                self.waiting.append(
                    (X[taken], y[taken], {name: of[taken] for name, of in columns.items()})
                )
            self.cases += end - start
            if self.waiting and (self.cases % self.block == 0 or self.cases == self.total):
                self._write()
            start = end

    def _write(self) -> None:
        of_X, of_y, of_columns = zip(*self.waiting, strict=True)
        self.waiting = []
        names = self.layout.columns
        columns = {name: np.concatenate([of[name] for of in of_columns]) for name in names}
        self.writer.write(np.concatenate(of_X), np.concatenate(of_y), columns)

    def _is_own(self, block: int) -> bool:
        number, hosts = self.host
        return block % hosts == number
