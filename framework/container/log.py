"""Lines of a job's log; ``framework.sagemaker.contract.METRICS`` reads figures from them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from framework.container import STARTED
from framework.experiment.candidates import Role
from framework.sagemaker.contract import OBJECTIVE

if TYPE_CHECKING:
    from framework.experiment.model_result import ModelResult
    from framework.experiment.progress import Progress
from framework.experiment.results import RunResult

SECONDS_BETWEEN_EPOCHS = 10.0


class Epochs:
    """Prints an epoch's loss when the last line is long enough ago, and always the last epoch's."""

    last: float | None = None

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if self.last is None:
            print(f"first epoch after {now - STARTED:.1f} s", flush=True)
        elif progress.epoch < progress.epochs and now - self.last < SECONDS_BETWEEN_EPOCHS:
            return
        self.last = now
        print(
            f"epoch={progress.epoch}/{progress.epochs}; models={progress.models} "
            f"({progress.done} of {progress.total} done); loss={progress.loss:.6g};",
            flush=True,
        )


def print_models(result: RunResult, served: ModelResult) -> None:
    """What must not be missed, then one line per model, the served one last.

    The model of the first cost matrix tells its validation dollars once more, by the name of a
    tuner's objective: settings of training with costs move these, and need not move the served
    model's, which may have been trained without.
    """
    for sentence in result.cost_sentences:
        print(f"COST: {sentence}", flush=True)
    for warning in result.warnings:
        print(f"WARNING: {warning}", flush=True)
    tuned = next(model for model in result.models if model.role is Role.TRAINED)
    for model in (*(model for model in result.models if model is not served), served):
        dollars = float(model.dollars_per_case.mean())
        figures = {"dollars_per_case": dollars, "savings": result.bounds.savings(dollars)}
        figures["validation_dollars_per_case"] = model.choice.trial.dollars_per_case
        if model is tuned:
            figures[OBJECTIVE] = model.choice.trial.dollars_per_case
        text = "".join(
            f" {name}={value:.10g};" for name, value in figures.items() if value is not None
        )
        print(f"{'served model' if model is served else 'model'}={model.name};{text}", flush=True)
