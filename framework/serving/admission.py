"""Which requests are taken while others wait: by the work that they are expected to make."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

MOST_TOGETHER = 64  # questions that are decided at once
PER_REQUEST = 1000  # bytes that a request is as dear as, besides its own
SECONDS_PER_BYTE = 1e-7  # before anything is known
KEPT = 0.98  # of what is known, at every new measurement
# With more than burst_seconds of work waiting, a request is taken where the wait is shorter than its
# own work or than this, until no request has been refused for a while.
SHORT_WAIT, CALM_SECONDS = 0.002, 1.0


class Estimate:
    """Seconds of a batch of one content type as ``fixed + slope * load``, learnt as they are measured.

    Least squares with weights that fade, and two points that stay, lest sizes that hardly differ
    tell a slope: ``one_case``, measured when the worker started, and a hopeful guess of 64 of them.
    Too hopeful an estimate mends itself, for what was taken is measured; the opposite would not.
    """

    def __init__(self, one_case: float) -> None:
        large = MOST_TOGETHER * PER_REQUEST
        guesses = (_sums(0, one_case), _sums(large, one_case + large * SECONDS_PER_BYTE))
        self._guessed = [sum(pair) for pair in zip(*guesses, strict=True)]
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

    A burst may wait up to ``burst_seconds`` of work. More than that does not pass by itself: from
    then on a request is taken only where it is answered about as soon as on an idle server, and the
    others hear so at once, so that those that are taken are worth it.
    """

    burst_seconds: float
    clock: Callable[[], float] = time.monotonic
    waiting: float = 0.0
    _in_work_until: float = 0.0
    _last_refusal: float = float("-inf")
    _overloaded: bool = False

    def takes(self, work: float) -> bool:
        """Whether a request of ``work`` seconds is taken; a refusal is remembered."""
        now = self.clock()
        if self._overloaded and now - self._last_refusal > CALM_SECONDS:
            self._overloaded = False
        wait = self.waiting + max(0.0, self._in_work_until - now)
        limit = max(SHORT_WAIT, work) if self._overloaded else self.burst_seconds
        # Of whatever size: an idle server takes it.
        if wait <= limit or wait == 0:
            return True
        self._overloaded, self._last_refusal = True, now
        return False

    @property
    def overloaded(self) -> bool:
        return self._overloaded

    def started(self, seconds: float) -> None:
        """A batch went to work; it is expected to take ``seconds``."""
        self._in_work_until = self.clock() + seconds

    def finished(self) -> None:
        """The batch in work is done."""
        self._in_work_until = 0.0
