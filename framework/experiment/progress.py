"""Where training is, told as it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Progress:
    """Where training is: ``done`` of ``total`` models, and the epoch of those now in work."""

    models: str
    done: int
    total: int
    epoch: int
    epochs: int
    loss: float


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
            total = len(self.names)
            self.progress(Progress(models, self.done, total, epoch, epochs, float(losses.mean())))

        return on_epoch
