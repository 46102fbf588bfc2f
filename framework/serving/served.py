"""One model that is served: those who decide, and who replaces them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from framework.inference.folders import find_model
from framework.serving.answering import Answering
from framework.serving.dispatch import Dispatcher
from framework.serving.replacing import Replacing, Watch
from framework.serving.worker_process import WorkerProcess

_log = logging.getLogger(__name__)


class Served:
    """A model that is loaded and has predicted once; ``run`` it, and ask its ``dispatcher``.

    Not for the thread of an event loop. It decides within the limits of ``answering``; ``watch`` loads
    it anew when its files change.

    Raises
    ------
    ArtifactError
        When there is no such model, or it cannot be loaded.
    MemoryError
        When there is too little for it.
    """

    def __init__(
        self,
        folder: Path,
        model: str | None,
        answering: Answering,
        *,
        watch: bool = False,
    ) -> None:
        limits, metrics = answering.limits, answering.metrics

        def start() -> WorkerProcess:
            recording, prices = answering.recording, answering.prices
            return WorkerProcess(folder, model, limits.request_seconds, recording, prices)

        find_model(folder, model)  # told before seconds go by
        self.folder = folder
        self._watch = Watch(folder, model) if watch else None
        self._replacing = Replacing(start, limits, metrics)
        self.dispatcher = Dispatcher(start, limits, metrics, self._replacing.remember)
        for warning in self.about["warnings"]:
            _log.warning("WARNING: %s", warning)
        costs = "; ".join(self.about["cost_sentences"])
        _log.info('cost matrix "%s": %s', self.about["cost_matrix"]["name"], costs)

    @property
    def about(self) -> dict[str, Any]:
        """What is told of the model that answers at the moment."""
        return self.dispatcher.about

    @property
    def bytes(self) -> int:
        """Of memory that its processes have."""
        return sum(worker.bytes for worker in self.dispatcher.workers)

    def reload(self) -> None:
        """Load the folder anew beside what is served, check it, and switch to it."""
        self._replacing.ask()

    async def run(self) -> None:
        """Until cancelled; then its processes end."""
        work = [self.dispatcher.run(), self._replacing.run(self.dispatcher)]
        if self._watch is not None:
            work.append(self._watch.run(self._replacing))
        tasks = [asyncio.create_task(one) for one in work]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.dispatcher.close()


@contextlib.asynccontextmanager
async def running(served: Served) -> AsyncIterator[None]:
    """A model that runs while the context is there."""
    task = asyncio.create_task(served.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
