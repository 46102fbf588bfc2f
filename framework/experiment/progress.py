"""Where training is, told as it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Progress:
    """Where training is: ``done`` of ``total`` models, and the epoch of those now in work.

    ``in_work`` is how many these are; 0 in a warm-up, which other epochs follow.
    """

    models: str
    done: int
    total: int
    epoch: int
    epochs: int
    loss: float
    in_work: int = 0


class ProgressReporter:
    """Turns epochs of jobs into Progress."""

    def __init__(self, names: Sequence[str], progress: Callable[[Progress], None]) -> None:
        self.names, self.progress, self.done = names, progress, 0

    def of(self, numbers: list[int], phase: str, final: bool) -> Callable[..., None]:
        def on_epoch(told: list[int], epoch: int, epochs: int, losses: np.ndarray) -> None:
            if final and epoch == epochs:
                self.done += len(told)
            names = list(dict.fromkeys(self.names[numbers[i]] for i in told))
            models = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
            models += f" ({phase})" if phase else ""
            in_work = len(told) if final and epoch < epochs else 0
            loss, total = float(losses.mean()), len(self.names)
            self.progress(Progress(models, self.done, total, epoch, epochs, loss, in_work))

        return on_epoch
