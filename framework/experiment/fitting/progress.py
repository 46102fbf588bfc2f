"""Where training is, told as it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from framework.experiment.fitting.recipe import TrainedNetwork


@dataclass(frozen=True)
class Progress:
    """Where training is: ``done`` of ``total`` models, and the epoch of those now in work.

    ``in_work`` is how many these are; 0 in a warm-up, which other epochs follow. ``objective``
    computes, when it is called, what the model that is tuned brings in validation so far (dollars a
    case); None where that is not known. ``is_tuned`` says that all it takes is in work.
    """

    models: str
    done: int
    total: int
    epoch: int
    epochs: int
    loss: float
    in_work: int = 0
    objective: Callable[[], float | None] = field(default=lambda: None, compare=False, repr=False)
    is_tuned: bool = False


@dataclass(frozen=True)
class Epoch:
    """One epoch of the models that were trained together: its loss, their mean.

    ``dollars_per_case`` is what the model of the first cost matrix brought in validation so far, where
    that was asked for and is known; negative = a loss.
    """

    models: str
    number: int
    of: int
    loss: float
    dollars_per_case: float | None = None


class EpochRecorder:
    """Hands Progress on, and keeps what it told of each epoch; dollars cost a prediction each."""

    def __init__(self, progress: Callable[[Progress], None], with_dollars: bool) -> None:
        self.progress, self.with_dollars = progress, with_dollars
        self.told: list[Epoch] = []

    def __call__(self, progress: Progress) -> None:
        dollars = progress.objective() if self.with_dollars else None
        if self.with_dollars:
            progress = replace(progress, objective=lambda: dollars)  # computed once
        epoch, of = progress.epoch, progress.epochs
        self.told.append(Epoch(progress.models, epoch, of, progress.loss, dollars))
        self.progress(progress)


@dataclass(frozen=True)
class Objective:
    """What is computed of the networks of these ``numbers`` as they are."""

    numbers: frozenset[int] = frozenset()
    of: Callable[[Mapping[int, TrainedNetwork]], float | None] = lambda _: None


NO_OBJECTIVE = Objective()


class ProgressReporter:
    """Turns epochs of jobs into Progress."""

    def __init__(
        self,
        names: Sequence[str],
        progress: Callable[[Progress], None],
        objective: Objective = NO_OBJECTIVE,
    ) -> None:
        self.names, self.progress, self.objective, self.done = names, progress, objective, 0

    def of(self, numbers: list[int], phase: str, final: bool) -> Callable[..., None]:
        def on_epoch(
            told: list[int],
            epoch: int,
            epochs: int,
            losses: np.ndarray,
            networks: Callable[[], Mapping[int, TrainedNetwork]],
        ) -> None:
            if final and epoch == epochs:
                self.done += len(told)
            names = list(dict.fromkeys(self.names[numbers[i]] for i in told))
            models = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
            models += f" ({phase})" if phase else ""
            in_work = len(told) if final and epoch < epochs else 0
            loss, total = float(losses.mean()), len(self.names)
            here = {numbers[i] for i in told}
            tuned = final and bool(self.objective.numbers) and self.objective.numbers <= here
            so_far = partial(self._so_far, numbers, networks) if tuned else lambda: None
            self.progress(
                Progress(models, self.done, total, epoch, epochs, loss, in_work, so_far, tuned)
            )

        return on_epoch

    def _so_far(
        self, numbers: list[int], networks: Callable[[], Mapping[int, TrainedNetwork]]
    ) -> float | None:
        return self.objective.of({numbers[i]: network for i, network in networks().items()})
