"""What a job prints while it trains, and about its models at the end."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from framework.container import STARTED
from framework.core.errors import TrainingError
from framework.sagemaker.jobs.metric_lines import OBJECTIVE, SAVED_AT_LEAST, epoch_line, model_line

if TYPE_CHECKING:
    from framework.experiment.fitting.progress import Progress
    from framework.experiment.results.model_result import ModelResult
    from framework.experiment.results.run_result import RunResult

SECONDS_BETWEEN_EPOCHS = 10.0


class Epochs:
    """Prints an epoch's loss when the last line is long enough ago, and always the last epoch's.

    ``every``: each epoch that has an objective, which a tuner counts and stops hopeless jobs by.
    """

    last: float | None = None

    def __init__(self, every: bool = False) -> None:
        self.every = every

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if self.last is None:
            print(f"first epoch after {now - STARTED:.1f} s", flush=True)
        elif (
            progress.epoch < progress.epochs
            and now - self.last < SECONDS_BETWEEN_EPOCHS
            and not (self.every and progress.is_tuned)
        ):
            return
        self.last = now
        number, models = f"{progress.epoch}/{progress.epochs}", progress.models
        done = f"{models} ({progress.done} of {progress.total} done)"
        print(epoch_line(number, done, progress.loss, progress.objective()), flush=True)


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
    saved = _saved_interval(result, served.name)
    for model in (*(model for model in result.models if model is not served), served):
        validation = model.choice.trial.dollars_per_case
        figures = {
            "dollars_per_case": model.mean_dollars,
            "savings": result.bounds.savings(model.mean_dollars),
            "validation_dollars_per_case": validation,
            OBJECTIVE: validation if model is result.first_trained else None,
            SAVED_AT_LEAST: saved[0] if model is served and saved is not None else None,
        }
        print(model_line(model.name, model is served, figures), flush=True)


def _saved_interval(result: RunResult, name: str) -> list[float] | None:
    """The 95% interval (dollars a case) of what the model saves over the strongest rival."""
    saved = result.saved[name].get(result.strongest_rival)
    return None if saved is None else saved.to_json()["interval"]


def check_objective(result: RunResult) -> None:
    """TrainingError unless the model that is tuned came to finite dollars in validation.

    A tuner would wait for the figure, or take a job without one for one that found nothing.
    """
    model = result.first_trained
    dollars = model.choice.trial.dollars_per_case
    if dollars is None or not math.isfinite(dollars):
        raise TrainingError(
            f'the objective {OBJECTIVE} of the model "{model.name}" is {dollars}, expected a finite '
            "number; the settings that were tried lead to no usable model"
        )
