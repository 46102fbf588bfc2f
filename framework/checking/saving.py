"""Saved equals loaded: a trained model decides in a new process as it did where it was trained."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from framework.checking.fresh_process import ask
from framework.checking.saved_cases import COLUMNS, DECIDED, MODEL, decide_saved, write_cases
from framework.checking.short_run import short_run_of
from framework.checking.subject import Subject
from framework.core.errors import PluginError

if TYPE_CHECKING:
    from framework.experiment.results.model_result import ModelResult


def check_saved_equals_loaded(subject: Subject) -> None:
    """The trained model is saved, loaded here and in a new process, and says the same of the test part."""
    run = short_run_of(subject).result
    model, test = run.models[-1], run.test
    with TemporaryDirectory() as place:
        folder = Path(place).resolve()
        model.trained.save(folder / MODEL, run.versions)
        write_cases(test.raw(), folder)
        np.savez(folder / COLUMNS, **test.columns)  # type: ignore[arg-type]
        decide_saved(folder, subject.registry)
        _check_alike(model, folder, subject)
        ask("decide", subject, saved=str(folder))
        _check_alike(model, folder, subject)


def _check_alike(model: ModelResult, folder: Path, subject: Subject) -> None:
    from framework.experiment.results.saved_model_check import ROUNDING, SMALLEST, check_alike

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
