"""A stored run by further slices: of columns that it keeps, or of a table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.cases.table import as_text, column_of
from framework.core.errors import ConfigError, DataError
from framework.core.slicing.levels import sliced
from framework.core.slicing.slice_figures import Decided, figures_of_slices
from framework.data.reading import read_table
from framework.experiment.results.slicing import FILE, GROUP, read_levels, referral
from framework.experiment.stored_runs.run_data import ModelData, RunData
from framework.experiment.stored_runs.stored_run import read_run

CASE = "case"


@dataclass(frozen=True, eq=False)
class SlicedRun:
    """What ``fw slices`` tells of a run's model: ``told`` as ``Sliced.to_json``."""

    run: RunData
    model: ModelData
    told: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """What ``fw slices --json`` prints."""
        return {"model": self.model.name, "currency": self.run.matrix.currency, **self.told}


def slice_run(
    run_dir: Path, wishes: Sequence[str] = (), model: str | None = None, columns: Path | None = None
) -> SlicedRun:
    """The slices of a run, or further ones.

    Parameters
    ----------
    wishes : sequence of str
        As ``--slice``, of the columns that were sliced in the run, those its costs depend on, its groups,
        and those of ``columns``; none: what the run itself was sliced by.
    columns : Path, optional
        A table with a row for every test case, and a column ``case`` with its number in the run's
        predictions: what no model was told.

    Raises
    ------
    ArtifactError, ConfigError, DataError
        When there is no such run, model or column, or a test case is not in the table.
    """
    run = read_run(run_dir)
    used = run.served_or(model, run_dir)
    if not wishes and columns is None:
        told = used.metrics.get("slices")
        if told is None:
            raise ConfigError(
                f"{run_dir} was not sliced; run it with --slice COLUMN, or give --slice and a table with "
                "--columns"
            )
        return SlicedRun(run, used, told)
    levels = read_levels(run_dir / FILE, run.cases)
    known: dict[str, NDArray[Any]] = dict(run.columns)
    if run.groups is not None:
        known[run.config.get("groups") or GROUP] = as_text(column_of(run.groups.tolist(), GROUP))
    beside = {} if columns is None else _beside(columns, run.cases)
    found = sliced(
        wishes or list(beside),
        known | beside,
        [of for name, of in levels.items() if name not in beside],
    )
    return SlicedRun(run, used, _figures(run, used, found))


def _figures(run: RunData, model: ModelData, slicing: Any) -> dict[str, Any]:
    stated = run.expected_dollars(model)[np.arange(len(run.y_true)), model.decisions]
    decided = Decided(model.decisions, referral(run.matrix), stated, model.stated)
    constant = run.decision_labels.index(run.metrics["bounds"]["constant_decision"])
    found = figures_of_slices(run.judged, decided, slicing, constant)
    return found.to_json(run.labels, run.decision_labels)


def _beside(path: Path, cases: Sequence[str]) -> dict[str, NDArray[Any]]:
    """The columns (n,) of the table in ``path``, in the order of the ``cases``."""
    table = read_table(path, text=(CASE,))
    if CASE not in table.columns:
        raise DataError(
            f"{path}: it has no column {CASE}; expected one with the number of each test case, as in the "
            "run's predictions"
        )
    rows = {case: row for row, case in enumerate(as_text(table.columns[CASE]).tolist())}
    missing = [case for case in cases if case not in rows]
    if missing:
        raise DataError(
            f"{path}: the test case {missing[0]} is not there ({len(missing):,} such cases in all); expected "
            "a row for each"
        )
    at = [rows[case] for case in cases]
    return {name: values[at] for name, values in table.columns.items() if name != CASE}
