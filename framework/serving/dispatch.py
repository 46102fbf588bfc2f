"""Questions wait here for the workers; small ones are asked together, and none may block the others."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from framework.serving.admission import MOST_TOGETHER, Admission, Estimate, load_of
from framework.serving.framing import Answer, Question
from framework.serving.limits import Limits
from framework.serving.metrics import Metrics
from framework.serving.worker_process import WorkerDiedError, WorkerProcess

PULSE_SECONDS = 1.0  # an idle worker is asked nothing this often: does it still answer?
PULSE_LIMIT = 5.0
SECONDS_BETWEEN_STARTS = 1.0
REST_SECONDS = 0.02
ANSWER_SECONDS = 60  # SageMaker waits no longer

_log = logging.getLogger(__name__)


class OverloadedError(Exception):
    """More waits than can be answered soon."""


@dataclass(eq=False)
class _Lane:
    """One worker, whoever it is at the moment."""

    number: int
    worker: WorkerProcess
    # The one before, for as long as the present one is on trial.
    previous: WorkerProcess | None = None


@dataclass(eq=False)
class _Waiting:
    question: Question
    work: float
    answer: asyncio.Future[tuple[Answer, WorkerProcess]]
    alone: bool = False
    since: float = field(default_factory=time.monotonic)


class Dispatcher:
    """``limits.workers`` workers for one model, and those who wait for one of them.

    ``start`` begins a worker for the present folder; ``answered`` is told of what went well.
    """

    def __init__(
        self,
        start: Callable[[], WorkerProcess],
        limits: Limits,
        metrics: Metrics,
        answered: Callable[[Question], None],
    ) -> None:
        self._start, self._limits, self._metrics, self._answered = start, limits, metrics, answered
        self._lanes = [_Lane(k, worker) for k, worker in enumerate(together(start, limits.workers))]
        self.admission = Admission(limits.burst_seconds, workers=limits.workers)
        self._estimates: dict[str, Estimate] = {}
        self._queue: deque[_Waiting] = deque()
        self._wanted = asyncio.Event()

    @property
    def workers(self) -> list[WorkerProcess]:
        """Those that are asked; all have loaded the same files."""
        return [lane.worker for lane in self._lanes]

    @property
    def about(self) -> dict[str, Any]:
        """What the workers tell of their model."""
        return self._lanes[0].worker.about

    async def ask(self, question: Question) -> tuple[Answer, WorkerProcess]:
        """The answer, and who gave it.

        Raises
        ------
        OverloadedError
            When too much waits already.
        TimeoutError
            When it takes longer than a request may.
        WorkerDiedError
            When it has ended the worker.
        """
        estimate, load = self._estimate(question.content_type), load_of(len(question.body))
        if not self.admission.takes(estimate(load)):
            raise OverloadedError
        # What is asked together shares what every batch takes.
        shared = bool(self._queue) and len(question.body) <= self._limits.small_body
        work = estimate(load) - (estimate.fixed * (1 - 1 / MOST_TOGETHER) if shared else 0.0)
        waiting = _Waiting(question, work, asyncio.get_running_loop().create_future())
        self.admission.waiting += work
        self._queue.append(waiting)
        self._wanted.set()
        self._metrics.waiting.inc()
        try:
            # Before it is its turn, another may take all of its time, and a new worker be started.
            async with asyncio.timeout(max(ANSWER_SECONDS, 2 * self._limits.request_seconds)):
                return await waiting.answer
        finally:
            self._metrics.waiting.dec()

    def trouble(self) -> str:
        """What keeps all workers from answering; "" where one of them can."""
        troubles = [self._trouble(lane.worker) for lane in self._lanes]
        return troubles[0] if all(troubles) else ""

    def _trouble(self, worker: WorkerProcess) -> str:
        since = worker.busy_since
        if not worker.alive:
            return "the process that decides is started again"
        if since is not None and time.monotonic() - since > self._limits.stuck_seconds:
            return f"one request is in work for {time.monotonic() - since:.0f} s"
        return ""

    def switch(self, new: Sequence[WorkerProcess]) -> None:
        """From now on ask ``new`` ones; those before them stand by until ``end_trial``."""
        for lane, worker in zip(self._lanes, new, strict=True):
            lane.previous, lane.worker = lane.worker, worker

    @property
    def on_trial(self) -> bool:
        return self._lanes[0].previous is not None

    def end_trial(self) -> list[WorkerProcess]:
        """The workers that stood by, and are not needed any more."""
        stood_by = [lane.previous for lane in self._lanes if lane.previous is not None]
        for lane in self._lanes:
            lane.previous = None
        return stood_by

    async def run(self) -> None:
        """Ask until cancelled."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(self._run(lane))

    async def _run(self, lane: _Lane) -> None:
        while True:
            try:
                async with asyncio.timeout(PULSE_SECONDS):
                    await self._wanted.wait()
            except TimeoutError:
                await self._pulse(lane)
                continue
            await self._ask_next(lane)
            if not self._queue:
                self._wanted.clear()

    async def _pulse(self, lane: _Lane) -> None:
        worker = lane.worker
        try:
            await worker.ask([], PULSE_LIMIT)
        except (WorkerDiedError, TimeoutError):
            if worker is lane.worker:
                await self._another(lane, "not answered when asked nothing")

    async def _ask_next(self, lane: _Lane) -> None:
        if not lane.worker.alive:
            await self._another(lane, "ended unasked")
        batch = self._take()
        if not batch:
            return
        worker, load = lane.worker, sum(load_of(len(one.question.body)) for one in batch)
        estimate = self._estimate(batch[0].question.content_type)
        self.admission.started(estimate(load), lane.number)
        started = time.monotonic()
        try:
            limit = self._limits.request_seconds
            answers = await worker.ask([one.question for one in batch], limit)
        except (WorkerDiedError, TimeoutError) as error:
            if worker is not lane.worker:  # replaced or rolled back while it was in work
                self._ask_again(batch)
                return
            self._failed(batch, error)
            await self._another(lane, str(error) or "taken longer than a request may")
            return
        finally:
            self.admission.finished(lane.number)
        estimate.measured(load, time.monotonic() - started)
        if worker is lane.worker and self.on_trial and any(one.status == 500 for one in answers):
            self._roll_back(worker, "failed")
            self._ask_again(batch)
            return
        for one, answer in zip(batch, answers, strict=True):
            if answer.status == 200:
                self._answered(one.question)
            if not one.answer.done():
                one.answer.set_result((answer, worker))

    def _take(self) -> list[_Waiting]:
        """The next to be asked together: small ones of one content type, or a single one."""
        batch: list[_Waiting] = []
        size = 0
        while self._queue and len(batch) < MOST_TOGETHER:
            one = self._queue[0]
            size += len(one.question.body)
            if batch and (
                one.alone
                or batch[0].alone
                or size > self._limits.small_body
                or one.question.content_type != batch[0].question.content_type
            ):
                break
            self._queue.popleft()
            self.admission.waiting = max(0.0, self.admission.waiting - one.work)
            if not one.answer.done():  # its client may have gone
                batch.append(one)
        return batch

    def _failed(self, batch: list[_Waiting], error: Exception) -> None:
        """The one that did it is told so; of several nobody knows which, so each is asked alone."""
        if len(batch) == 1 and not self.on_trial:
            if not batch[0].answer.done():
                batch[0].answer.set_exception(error)
            return
        for one in batch:
            one.alone = True
        self._ask_again(batch)

    def _ask_again(self, batch: list[_Waiting]) -> None:
        self._queue.extendleft(reversed(batch))
        self.admission.waiting += sum(one.work for one in batch)
        self._wanted.set()

    async def _another(self, lane: _Lane, why: str) -> None:
        """In place of a worker that has ended: the one before it, or a new one."""
        if lane.previous is not None:
            self._roll_back(lane.worker, why)
            return
        _log.error("the process that decides has %s; another is started", why)
        while True:
            try:
                (lane.worker,) = await asyncio.to_thread(together, self._start, 1)
                _log.info("%s is served again", lane.worker.version)
                return
            except Exception as error:
                _log.error("no process that decides can be started: %s", error)
                await asyncio.sleep(SECONDS_BETWEEN_STARTS)

    def _roll_back(self, culprit: WorkerProcess, why: str) -> None:
        """Back to those before, all of them: no two models are served for long."""
        new = self.workers
        for lane in self._lanes:
            assert lane.previous is not None
            lane.worker, lane.previous = lane.previous, None
        version = self._lanes[0].worker.version
        _log.error("%s has %s; back to %s", culprit.version, why, version)
        for worker in new:
            worker.kill()  # what it has in work is asked again
        self._metrics.reloads.labels("rolled back").inc()

    def _estimate(self, content_type: str) -> Estimate:
        if content_type not in self._estimates:
            self._estimates[content_type] = Estimate(self._lanes[0].worker.seconds)
        return self._estimates[content_type]

    async def rest(self) -> None:
        """Until nothing waits and nothing is in work."""
        while self._queue or any(worker.busy_since is not None for worker in self.workers):
            await asyncio.sleep(REST_SECONDS)

    async def close(self) -> None:
        """End all workers, and tell who still waits."""
        for one in self._queue:
            if not one.answer.done():
                one.answer.set_exception(WorkerDiedError("the server is stopping"))
        for worker in [*self.workers, *self.end_trial()]:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(worker.close)


def together(start: Callable[[], WorkerProcess], count: int) -> list[WorkerProcess]:
    """So many workers, started at once and ready; all or none. Not for the thread of an event loop."""
    workers: list[WorkerProcess] = []
    try:
        workers.extend(start() for _ in range(count))
        for worker in workers:
            worker.wait()
    except BaseException:
        for worker in workers:
            worker.kill()
        raise
    return workers
