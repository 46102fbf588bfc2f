"""A model is replaced while requests are answered: loaded beside, checked, switched to, or not."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from framework.core.errors import ArtifactError, FrameworkError
from framework.inference.folders import find_model
from framework.serving.dispatch import Dispatcher, together
from framework.serving.framing import Question
from framework.serving.limits import Limits
from framework.serving.metrics import Metrics
from framework.serving.worker_process import WorkerDiedError, WorkerProcess

STORED_CASES = 16  # of requests, the last ones that were answered
TRIAL_SECONDS = 10.0
WATCH_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Replacing:
    """Replaces the workers of a dispatcher by some that have loaded its folder anew.

    ``remember`` keeps the last small requests that went well, in memory alone: a new model must
    answer them too.
    """

    def __init__(
        self, start: Callable[[], WorkerProcess], limits: Limits, metrics: Metrics
    ) -> None:
        self._start, self._limits, self._metrics = start, limits, metrics
        self._stored: deque[Question] = deque(maxlen=STORED_CASES)
        self._asked = asyncio.Event()

    def remember(self, question: Question) -> None:
        if len(question.body) <= self._limits.small_body:
            self._stored.append(question)

    def ask(self) -> None:
        """Replace it soon; asked while one is under way, once more after it."""
        self._asked.set()

    async def run(self, dispatcher: Dispatcher) -> None:
        """Replace whenever it is asked for, until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            await self._replace(dispatcher)

    async def _replace(self, dispatcher: Dispatcher) -> None:
        old = dispatcher.workers[0].version
        try:
            new = await asyncio.to_thread(together, self._start, len(dispatcher.workers))
        except (FrameworkError, OSError, MemoryError) as error:
            self._kept(old, str(error))
            return
        why_not = await self._check(new[0])
        if why_not:
            self._kept(old, why_not)
            await self._retire(new)
            return
        await self._retire(dispatcher.end_trial())  # of one on trial: it is not gone back to
        dispatcher.switch(new)
        self._metrics.reloads.labels("switched").inc()
        _log.info("%s is served in place of %s", new[0].version, old)
        await self._trial(dispatcher, new[0])

    def _kept(self, old: str, why: str) -> None:
        self._metrics.reloads.labels("kept").inc()
        _log.error("%s stays: %s", old, why)

    async def _check(self, new: WorkerProcess) -> str:
        """What is wrong with a new worker, by the stored requests; "" where nothing is."""
        for question in list(self._stored):
            try:
                (answer,) = await new.ask([question], self._limits.request_seconds)
            except (WorkerDiedError, TimeoutError) as error:
                return f"{new.version} does not answer a stored request ({error or 'too slow'})"
            if answer.status != 200:
                told = answer.traceback or answer.error
                return f"{new.version} refuses a stored request: {told}"
        return ""

    async def _trial(self, dispatcher: Dispatcher, new: WorkerProcess) -> None:
        """Keep the old ones for a while, unless the next replacement comes sooner."""
        try:
            async with asyncio.timeout(TRIAL_SECONDS):
                await self._asked.wait()
        except TimeoutError:
            if new in dispatcher.workers:
                await self._retire(dispatcher.end_trial())

    async def _retire(self, workers: Sequence[WorkerProcess]) -> None:
        for worker in workers:
            while worker.busy_since is not None:
                await asyncio.sleep(0.1)
            await asyncio.to_thread(worker.close)


class Watch:
    """Asks for a replacement when the files of a model are others than before."""

    def __init__(self, folder: Path, model: str | None) -> None:
        self._folder, self._model = folder, model
        self._known = self._state()

    async def run(self, replacing: Replacing) -> None:
        """Look once a second, until cancelled. What is still being written is left to settle."""
        last = self._known
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            now = await asyncio.to_thread(self._state)
            if now and now == last and now != self._known:
                self._known = now
                replacing.ask()
            last = now

    def _state(self) -> tuple[tuple[str, int, int, int], ...]:
        """Names, sizes, times and identities of the files; none while there is no model."""
        try:
            path = find_model(self._folder, self._model)
            files = [(str(file), file.stat()) for file in path.rglob("*") if file.is_file()]
        except (ArtifactError, OSError):
            return ()
        return tuple(
            sorted((name, stat.st_size, stat.st_mtime_ns, stat.st_ino) for name, stat in files)
        )
