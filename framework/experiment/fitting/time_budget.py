"""How long a run may search (``--time-budget``; "2m" is read by ``framework.config.setting_types``)."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

# Of the budget, what the search may take: the models it comes to are then trained on all cases.
SEARCHING = 0.6


@dataclass(frozen=True)
class TimeBudget:
    """``seconds`` from now on; None: as long as it takes."""

    seconds: float | None = None
    started: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds until all must be done."""
        if self.seconds is None:
            return math.inf
        return self.seconds - (time.monotonic() - self.started)

    @property
    def is_spent(self) -> bool:
        """Whether nothing further should be begun."""
        return self.seconds is not None and self.left < (1 - SEARCHING) * self.seconds
