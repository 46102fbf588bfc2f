"""Where answers go, a part after the other: CSV, or Parquet, whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from framework.core.errors import ConfigError
from framework.core.files import written

PARQUET = ".parquet"
Write = Callable[[Mapping[str, np.ndarray]], None]


def check_out(out: Path) -> None:
    """ConfigError where a file of this name cannot be written."""
    if not out.parent.is_dir():
        raise ConfigError(f"--out {out}: there is no folder {out.parent}; make it, or name another")
    if out.suffix.lower() in (".xlsx", ".xlsm", ".json", ".jsonl", ".gz"):
        raise ConfigError(
            f"--out {out}: what is written is CSV or Parquet; name a file that ends in .csv or .parquet"
        )


@contextmanager
def answer_file(out: Path | None, printed: TextIO) -> Iterator[Write]:
    """A function that adds columns (n,) of numbers, or of objects (text, None), to the file ``out``.

    The file is there when all have been added, and not before; without one they are ``printed``.
    """
    if out is None:
        yield _csv(printed)
    elif out.suffix.lower() == PARQUET:
        with parquet_file(out) as write:
            yield write
    else:
        with written(out) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            yield _csv(file)


def _csv(file: TextIO) -> Write:
    writer = csv.writer(file, lineterminator="\n")
    parts = 0

    def write(columns: Mapping[str, np.ndarray]) -> None:
        nonlocal parts
        if not parts:
            writer.writerow(columns)
        writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
        parts += 1

    return write


@contextmanager
def parquet_file(out: Path) -> Iterator[Write]:
    """The same, to Parquet, whatever the file is called."""
    with written(out) as temporary, _parquet(temporary) as write:
        yield write


@contextmanager
def _parquet(path: Path) -> Iterator[Write]:
    import pyarrow
    import pyarrow.parquet

    made: list[Any] = []

    def write(columns: Mapping[str, np.ndarray]) -> None:
        numbers = {"O": pyarrow.string(), "i": pyarrow.int64()}
        kinds = (numbers.get(of.dtype.kind, pyarrow.float64()) for of in columns.values())
        arrays = [pyarrow.array(of, kind) for of, kind in zip(columns.values(), kinds, strict=True)]
        table = pyarrow.table(arrays, names=[*columns])
        if not made:
            made.append(pyarrow.parquet.ParquetWriter(path, table.schema))
        made[0].write_table(table)

    try:
        yield write
    finally:
        for writer in made:
            writer.close()
