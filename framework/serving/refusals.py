"""What was turned away, in the log: a line for each reason every ten seconds, however many there were."""

from __future__ import annotations

import logging
import time

from framework.serving.metrics import Metrics

SECONDS_BETWEEN_LINES = 10.0

_log = logging.getLogger(__name__)


class Refusals:
    """Counts what is turned away, and tells it."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._told: dict[str, float] = {}
        self._untold: dict[str, int] = {}

    def note(self, reason: str, sentence: str) -> None:
        """One more of ``reason``, a word or two for the metrics; ``sentence`` is for the log."""
        self._metrics.refused.labels(reason).inc()
        now, times = time.monotonic(), self._untold.get(reason, 0) + 1
        if now - self._told.get(reason, float("-inf")) < SECONDS_BETWEEN_LINES:
            self._untold[reason] = times
            return
        self._told[reason], self._untold[reason] = now, 0
        _log.warning("%s%s", sentence, f" ({times} times)" if times > 1 else "")
