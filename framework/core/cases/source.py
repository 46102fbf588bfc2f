"""Labelled cases that need not fit into memory: where they are, and which column tells what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framework.core.errors import DataError


@dataclass(frozen=True, eq=False)
class Source:
    """Labelled cases that need not fit into memory: read chunk by chunk, as often as they are asked for.

    What the ``load`` of a ``DatasetSpec`` may return in place of a ``Dataset``; ``fw run FOLDER --target y``
    makes one of the files.

    Parameters
    ----------
    data : path or function
        A table in a file, the tables in a folder, or those that fit a pattern ("cases/*.parquet"): Parquet,
        CSV, JSON lines. Or a function without arguments that returns an iterator of chunks: data frames
        (pandas, polars, pyarrow, ...), RecordBatches of Arrow, dictionaries of arrays. It is called
        several times, and must give the same cases in the same order each time.
    target : str
        The column of the labels.
    groups : str, optional
        The column that says which cases belong together: never on two sides of a split.

    Raises
    ------
    DataError
        When ``data`` is neither a path nor a function.

    Examples
    --------
    >>> def chunks():
    ...     for year in (2024, 2025):
    ...         yield {"amount": [10.0, 20.0], "late": ["yes", "no"]}
    >>> Source(chunks, target="late").columns_beside
    ('late',)
    """

    data: Path | str | Callable[[], Iterable[Any]]
    target: str
    groups: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.data, (str, Path)) and not callable(self.data):
            raise DataError(
                "a Source: expected a path, or a function that returns an iterator of chunks, as data; "
                f"received {type(self.data).__name__}"
            )

    @property
    def columns_beside(self) -> tuple[str, ...]:
        """The columns that are no features: the target, the groups."""
        return tuple(name for name in (self.target, self.groups) if name is not None)
