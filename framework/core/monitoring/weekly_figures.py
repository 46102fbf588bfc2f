"""Figures of cases, and of weeks; dollars, negative = a loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from framework.core.evaluation.prevalence_estimation import ShareEstimate
from framework.core.monitoring.drift import Drift
from framework.core.uncertainty.intervals import Interval


@dataclass(frozen=True, eq=False)
class Figures:
    """Of some cases: dollars a case that were promised, that came, and that are estimated for all of them.

    ``came`` is of the ``known`` cases alone; None where there are none. ``estimate`` is of all ``n``, with an
    interval where exploring tells one. ``explored`` are dollars a case that exploring is expected to lose.
    """

    n: int
    known: int
    promised: float
    promised_of_known: float
    came: Interval | None
    estimate: Interval
    explored: float = 0.0

    @property
    def came_mean(self) -> float | None:
        return None if self.came is None else self.came.mean

    def to_json(self) -> dict[str, Any]:
        came, estimate = self.came, self.estimate
        return {
            "n": self.n,
            "known": self.known,
            "promised_dollars_per_case": self.promised,
            "promised_dollars_per_case_of_known": self.promised_of_known,
            "dollars_per_case": self.came_mean,
            "interval": None if came is None else came.to_json(),
            "estimated_dollars_per_case": estimate.mean,
            "estimated_interval": estimate.to_json(),
            "explored_dollars_per_case": self.explored,
        }


@dataclass(frozen=True, eq=False)
class Week:
    """A week of decisions, from Monday (UTC) ``start`` on, as an ISO date.

    ``mix`` is the estimate of the classes' shares, ``scores`` and ``decisions`` how far expected dollars and
    decisions lie from those of the reference; None where there is nothing to compare with.
    """

    start: str
    figures: Figures
    mix: ShareEstimate | None = None
    scores: Drift | None = None
    decisions: Drift | None = None
