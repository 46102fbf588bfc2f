"""Saved equals loaded: a trained model decides in a new process as it did where it was trained."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from framework.checking.fresh_process import ask
from framework.checking.short_run import short_run_of
from framework.checking.subject import Subject
from framework.core.errors import PluginError
from framework.core.files import read_json, write_json
from framework.core.table import Table, as_text
from framework.inference.model_folder import load
from framework.plugins.registry import Registry

if TYPE_CHECKING:
    from framework.experiment.model_result import ModelResult

MODEL, CASES, TABLE = "model", "cases.npy", "cases.json"
COLUMNS, DECIDED = "columns.npz", "decided.npz"


def check_saved_equals_loaded(subject: Subject) -> None:
    """The trained model is saved, loaded here and in a new process, and says the same of the test part."""
    run = short_run_of(subject).result
    model, test = run.models[-1], run.test
    with TemporaryDirectory() as place:
        folder = Path(place).resolve()
        model.trained.save(folder / MODEL, run.versions)
        _write_cases(test.raw(), folder)
        np.savez(folder / COLUMNS, **test.columns)  # type: ignore[arg-type]
        decide_saved(folder, subject.registry)
        _check_alike(model, folder, subject)
        ask("decide", subject, saved=str(folder))
        _check_alike(model, folder, subject)


def _check_alike(model: ModelResult, folder: Path, subject: Subject) -> None:
    from framework.experiment.saved_model_check import ROUNDING, SMALLEST, check_alike

    with np.load(folder / DECIDED) as decided:
        p, decisions = decided["probabilities"], decided["decisions"]
    check_alike(model, p, decisions)
    # A network that was trained shortly may decide alike for all cases, whatever it is given.
    if not np.allclose(p, model.probabilities, rtol=ROUNDING, atol=SMALLEST):
        raise PluginError(
            f"{subject}: the trained model was saved, loaded again, and its probabilities are others, by "
            f"{np.abs(p - model.probabilities).max():.2g} at most; a layer that does not save all it "
            "knows would do that (its get_config)"
        )


def decide_saved(folder: Path, registry: Registry) -> None:
    """What the other process does: the model in ``folder`` decides the cases there."""
    model, X = load(folder / MODEL, registry=registry), _read_cases(folder)
    with np.load(folder / COLUMNS) as columns:
        known = {**model.columns(X), **columns}
    p = model.predict_proba(X)
    np.savez(folder / DECIDED, probabilities=p, decisions=model.decide(p, known))


def _write_cases(X: np.ndarray | Table, folder: Path) -> None:
    """Numbers as such; a table as JSON has it, its dates as text, as a server would get it."""
    if not isinstance(X, Table):
        return np.save(folder / CASES, X)
    columns = {
        name: as_text(values).tolist()
        if values.dtype.kind == "M"
        else [None if value != value else value for value in values.tolist()]
        for name, values in X.columns.items()
    }
    write_json(folder / TABLE, columns)


def _read_cases(folder: Path) -> np.ndarray | Table:
    if (folder / TABLE).exists():
        return Table.of_objects(read_json(folder / TABLE))
    return np.asarray(np.load(folder / CASES))
