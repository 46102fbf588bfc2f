"""The slices of a run: which level of which columns each test case has, and what each slice costs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.config.run_config import RunConfig
from framework.core.cases.dataset import Dataset
from framework.core.cases.table import Table, as_text, column_of
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import ArtifactError
from framework.core.files import write_csv
from framework.core.slicing.levels import Levels, sliced
from framework.core.slicing.slice_figures import Decided, figures_of_slices
from framework.core.slicing.slices import Sliced
from framework.data.column import Column
from framework.data.columns import Number
from framework.data.date_column import Date
from framework.data.recognition import kind_of
from framework.data.schema import Schema
from framework.experiment.results.held_out import HeldOut
from framework.experiment.results.model_result import ModelResult

FILE = "slices.csv"
GROUP = "group"


def slicing_of(
    config: RunConfig, dataset: Dataset, rows: NDArray[Any], schema: Schema | None
) -> tuple[Levels, ...]:
    """What ``--slice`` means of the test cases ``rows``.

    Raises
    ------
    ConfigError
        For a column that there is not.
    """
    if not config.slices:
        return ()
    columns = raw_columns(dataset, rows, schema)
    if dataset.groups is not None:
        groups = as_text(column_of(dataset.groups[rows].astype(str).tolist(), GROUP))
        columns.setdefault(config.groups or GROUP, groups)
    return sliced(config.slices, columns)


def raw_columns(
    dataset: Dataset, rows: NDArray[Any], schema: Schema | None
) -> dict[str, NDArray[Any]]:
    """Features, further columns of a table, and cost columns as people know them (n,), by name."""
    found: dict[str, NDArray[Any]] = {}
    if dataset.table is not None:
        known = {} if schema is None else {column.name: column for column in schema.columns}
        table = dataset.table[rows]
        found = {name: _read(table, name, known.get(name)) for name in table.names}
    elif dataset.X.ndim == 2:
        X = dataset.X[rows]
        found = {name: X[:, k] for k, name in enumerate(dataset.feature_names)}
    for name, values in dataset.cost_columns.items():
        found.setdefault(name, np.asarray(values)[rows])
    return found


def _read(table: Table, name: str, column: Column | None) -> NDArray[Any]:
    """Numbers and dates as such, however they are written; all else as text."""
    values = table.columns[name]
    if column is None:  # left out, or dropped
        kind, details = kind_of(values)
        if kind == Number.kind:
            return Number(name, 0.0, **details).read(values)
        return values
    return column.read(values) if isinstance(column, (Number, Date)) else as_text(values)


def slices_of(
    slicing: Sequence[Levels], model: ModelResult, test: HeldOut, constant: int
) -> Sliced:
    """Figures of the slices by what a ``model`` decided, with its first seed, beside a ``constant``."""
    refers, stated = referral(test.judge), model.stated
    decided = Decided(model.decisions, refers, stated.dollars, stated.probabilities)
    return figures_of_slices(test.cases, decided, slicing, constant)


def referral(matrix: CostMatrix) -> int | None:
    """The decision that refers a case to a person."""
    return None if matrix.refer is None else len(matrix.acts)


def write_slices(
    path: Path, names: Iterable[Any], slicing: Iterable[Levels], found: Iterable[Sliced]
) -> None:
    """The levels of the test cases called ``names``, not what stood in the columns, for ``fw slices``.

    Of what ``auto`` looked at, those columns alone in which any model was ``found`` to have a gap.
    """
    kept = {part.by: part for part in _kept(slicing, found)}

    def rows() -> Iterator[list[Any]]:
        yield ["case", *kept]
        yield from map(list, zip(names, *(of.texts() for of in kept.values()), strict=True))

    write_csv(path, rows())


def _kept(slicing: Iterable[Levels], found: Iterable[Sliced]) -> Iterator[Levels]:
    gaps = {
        of.by
        for sliced in found
        for of in sliced.figures
        if of.against_others is not None and of.against_others.word is not None
    }
    for levels in slicing:
        if levels.asked or levels.by in gaps:
            yield from levels.parts or (levels,)


def read_levels(path: Path, cases: Sequence[str]) -> Mapping[str, Levels]:
    """What ``write_slices`` wrote, of these ``cases``; none where there is no such file.

    Raises
    ------
    ArtifactError
        When it is about other cases.
    """
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    if header[:1] != ["case"] or tuple(row[0] for row in rows) != tuple(cases):
        raise ArtifactError(f"{path} is about other cases than the predictions are")
    columns = list(zip(*rows, strict=True))
    return {
        name: Levels.of_texts(name, texts)
        for name, texts in zip(header[1:], columns[1:], strict=True)
    }
