"""Which requests are taken while others wait: by the work that they are expected to make."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_TOGETHER = 64  # questions that are decided at once
PER_REQUEST = 1000  # bytes that a request is as dear as, besides its own
SECONDS_PER_BYTE = 1e-7  # before anything is known
KEPT = 0.98  # of what is known, at every new measurement
GUESSED = 0.01  # of a measurement's weight, for what is only guessed
# In an overload a request is taken where the wait is shorter than its own work or than this.
SHORT_WAIT = 0.002
# An overload is over when the workers had nothing to do for a good part of this time.
WINDOW_SECONDS, BUSY_SHARE = 0.5, 0.7


class Estimate:
    """Seconds of a batch of one content type as ``fixed + slope * load``, learnt as they are measured.

    Least squares with weights that fade, and two points that stay, lest sizes that hardly differ
    tell a slope: ``one_case``, measured when the worker started, and a hopeful guess of 64 of them.
    Too hopeful an estimate mends itself, for what was taken is measured; the opposite would not.
    """

    def __init__(self, one_case: float) -> None:
        large = MOST_TOGETHER * PER_REQUEST
        guesses = (_sums(0, one_case), _sums(large, one_case + large * SECONDS_PER_BYTE))
        self._guessed = [GUESSED * sum(pair) for pair in zip(*guesses, strict=True)]
        self._measured = [0.0] * len(self._guessed)
        self.fixed, self.slope = one_case, SECONDS_PER_BYTE

    def measured(self, load: float, seconds: float) -> None:
        """A batch of ``load`` bytes took ``seconds``."""
        now = _sums(load, seconds)
        self._measured = [KEPT * old + new for old, new in zip(self._measured, now, strict=True)]
        n, x, y, xx, xy = map(sum, zip(self._guessed, self._measured, strict=True))
        self.slope = max(0.0, (n * xy - x * y) / (n * xx - x * x))
        self.fixed = max(0.0, (y - self.slope * x) / n)

    def __call__(self, load: float) -> float:
        """Seconds of a batch of ``load`` bytes."""
        return self.fixed + self.slope * load


def _sums(load: float, seconds: float) -> tuple[float, ...]:
    return 1.0, load, seconds, load * load, load * seconds


def load_of(size: int) -> int:
    """Bytes that a request of ``size`` bytes counts as."""
    return size + PER_REQUEST


@dataclass
class Admission:
    """What waits and what is in work, in seconds; time is told by ``clock``.

    A burst may wait up to ``burst_seconds``, which so many ``workers`` share. More than that does not
    pass by itself: from then on a request is taken only where it is answered about as soon as on an
    idle server, and the others hear so at once, so that those that are taken are worth it.
    """

    burst_seconds: float
    clock: Callable[[], float] = time.monotonic
    workers: int = 1
    waiting: float = 0.0
    overloaded: bool = False
    # By worker: since when it is busy, and until when it is expected to be.
    _in_work: dict[int, tuple[float, float]] = field(default_factory=dict)
    _busy: float = 0.0
    _window: float = 0.0

    def takes(self, work: float) -> bool:
        """Whether a request of ``work`` seconds is taken."""
        now = self.clock()
        if now - self._window > WINDOW_SECONDS:
            self._next_window(now)
        if self._wait(now) <= (max(SHORT_WAIT, work) if self.overloaded else self.burst_seconds):
            return True
        self.overloaded = True
        return False

    def started(self, seconds: float, worker: int = 0) -> None:
        """A batch went to work; it is expected to take ``seconds``."""
        now = self.clock()
        self._in_work[worker] = (now, now + seconds)

    def finished(self, worker: int = 0) -> None:
        """The batch in work is done."""
        if worker in self._in_work:
            since, _ = self._in_work.pop(worker)
            self._busy += self.clock() - max(since, self._window)

    def _wait(self, now: float) -> float:
        """Seconds until it is the next one's turn."""
        soonest = 0.0
        if len(self._in_work) == self.workers:
            soonest = max(0.0, min(until for _, until in self._in_work.values()) - now)
        return self.waiting / self.workers + soonest

    def _next_window(self, now: float) -> None:
        busy = self._busy
        busy += sum(now - max(since, self._window) for since, _ in self._in_work.values())
        if busy < BUSY_SHARE * self.workers * (now - self._window):
            self.overloaded = False
        self._busy, self._window = 0.0, now
