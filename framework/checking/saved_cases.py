"""A folder of a saved model, cases, and what the model decided of them: here, or in a process of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from framework.core.cases.table import Table, as_text
from framework.core.files import read_json, write_json
from framework.inference.model_folder import load
from framework.plugins.registry import Registry

MODEL, CASES, TABLE = "model", "cases.npy", "cases.json"
COLUMNS, DECIDED = "columns.npz", "decided.npz"


def decide_saved(folder: Path, registry: Registry) -> None:
    """The model in ``folder`` decides the cases there."""
    model, X = load(folder / MODEL, registry=registry), _read_cases(folder)
    with np.load(folder / COLUMNS) as columns:
        known = {**model.columns(X), **columns}
    p = model.predict_proba(X)
    np.savez(folder / DECIDED, probabilities=p, decisions=model.decide(p, known))


def write_cases(X: np.ndarray | Table, folder: Path) -> None:
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
