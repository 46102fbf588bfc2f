"""A case as files for rivals, which have environments of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from cases import Case

from framework import Dataset, RunConfig
from framework.core.cases.splitting import Split
from framework.core.cases.table import as_text
from framework.data.columns import Number
from framework.experiment.loading.checked_dataset import encode_table


def write(case: Case, folder: Path, seconds: float, threads: int) -> None:
    """columns.parquet or pictures.npy of all cases, and task.npz; the classes of the test part stay here."""
    if case.is_pictures:
        np.save(folder / "pictures.npy", case.dataset.X)
    else:
        _write_columns(columns(case), folder / "columns.parquet")
    groups = case.dataset.groups
    np.savez(
        folder / "task.npz",
        y_train=case.y_train,
        test=case.test,
        n_classes=case.dataset.n_classes,
        groups=np.arange(len(case.test)) if groups is None else groups,
        seed=case.number,
        costs=case.matrices.all,
        seconds=seconds,
        threads=threads,
    )


def columns(case: Case) -> Mapping[str, Any]:
    """By name: numbers (n,) with NaN, or text (n,) with None, as the framework reads the table.

    What the framework leaves out (constants, numbers of cases, what was asked for) is left out here.
    """
    dataset = case.dataset
    if dataset.table is None:
        return _joined(dataset)
    config = RunConfig(dataset=case.name, **case.settings)
    parts = Split(np.flatnonzero(~case.test), np.flatnonzero(case.test))
    _, schema = encode_table(config, dataset, parts)
    assert schema is not None
    cells = dataset.table.columns
    return {
        column.name: column.read(cells[column.name])
        if isinstance(column, Number)
        else as_text(cells[column.name])
        for column in schema.columns
    }


def _joined(dataset: Dataset) -> Mapping[str, Any]:
    """Features of numbers; a category's features NAME=LEVEL, 0 or 1, as the one column that they were."""
    found: dict[str, Any] = {}
    for k, name in enumerate(dataset.feature_names):
        column, equals, level = name.partition("=")
        if not equals:
            found[name] = dataset.X[:, k].astype(float)
            continue
        values = found.setdefault(column, np.full(len(dataset), None, object))
        values[dataset.X[:, k] == 1] = level
    return found


def _write_columns(columns: Mapping[str, Any], path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.table(dict(columns)), path)
