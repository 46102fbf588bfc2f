"""Saved equals loaded: a trained model decides in a new process as it did where it was trained."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from framework.checking.fresh_process import ask
from framework.checking.short_run import short_run_of
from framework.checking.subject import Subject
from framework.inference.trained_model import load
from framework.plugins.registry import Registry

MODEL, CASES, COLUMNS, DECIDED = "model", "cases.npy", "columns.npz", "decided.npz"


def check_saved_equals_loaded(subject: Subject) -> None:
    """The trained model is saved, loaded here and in a new process, and decides the same."""
    from framework.experiment.saved_model_check import check_alike, check_same_decisions

    run = short_run_of(subject).result
    model, test = run.models[-1], run.test
    with TemporaryDirectory() as place:
        folder = Path(place).resolve()
        model.trained.save(folder / MODEL, run.versions)
        check_same_decisions(model, folder / MODEL, test)
        np.save(folder / CASES, test.X)
        np.savez(folder / COLUMNS, **test.columns)  # type: ignore[arg-type]
        ask("decide", subject, saved=str(folder))
        with np.load(folder / DECIDED) as decided:
            check_alike(model, decided["probabilities"], decided["decisions"])


def decide_saved(folder: Path, registry: Registry) -> None:
    """What the other process does: the model in ``folder`` decides the cases there."""
    model, X = load(folder / MODEL, registry=registry), np.load(folder / CASES)
    with np.load(folder / COLUMNS) as columns:
        known = {**model.columns(X), **columns}
    p = model.predict_proba(X)
    np.savez(folder / DECIDED, probabilities=p, decisions=model.decide(p, known))
