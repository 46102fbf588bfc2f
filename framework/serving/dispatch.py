"""Questions wait here for the worker; small ones are asked together, and none may block the others."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from framework.serving.admission import MOST_TOGETHER, Admission, Estimate, load_of
from framework.serving.framing import Answer, Question
from framework.serving.limits import Limits
from framework.serving.metrics import Metrics
from framework.serving.worker_process import WorkerDiedError, WorkerProcess

PULSE_SECONDS = 1.0  # an idle worker is asked nothing this often: does it still answer?
PULSE_LIMIT = 5.0
SECONDS_BETWEEN_STARTS = 1.0
ANSWER_SECONDS = 60  # SageMaker waits no longer

_log = logging.getLogger(__name__)


class OverloadedError(Exception):
    """More waits than can be answered soon."""


@dataclass(eq=False)
class _Waiting:
    question: Question
    work: float
    answer: asyncio.Future[tuple[Answer, WorkerProcess]]
    alone: bool = False
    since: float = field(default_factory=time.monotonic)


class Dispatcher:
    """One worker, whoever it is at the moment, and those who wait for it.

    ``start`` makes a worker for the present folder; ``answered`` is told of what went well.
    """

    def __init__(
        self,
        start: Callable[[], WorkerProcess],
        limits: Limits,
        metrics: Metrics,
        answered: Callable[[Question], None],
    ) -> None:
        self._start, self._limits, self._metrics, self._answered = start, limits, metrics, answered
        self.worker = start()
        # The one before, for as long as the present one is on trial.
        self.previous: WorkerProcess | None = None
        self.admission = Admission(limits.burst_seconds)
        self._estimates: dict[str, Estimate] = {}
        self._queue: deque[_Waiting] = deque()
        self._wanted = asyncio.Event()

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
        """What keeps the worker from answering; "" where nothing does."""
        since = self.worker.busy_since
        if not self.worker.alive:
            return "the process that decides is started again"
        if since is not None and time.monotonic() - since > self._limits.stuck_seconds:
            return f"one request is in work for {time.monotonic() - since:.0f} s"
        return ""

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            try:
                async with asyncio.timeout(PULSE_SECONDS):
                    await self._wanted.wait()
            except TimeoutError:
                await self._pulse()
                continue
            await self._ask_next()
            if not self._queue:
                self._wanted.clear()

    async def _pulse(self) -> None:
        try:
            await self.worker.ask([], PULSE_LIMIT)
        except (WorkerDiedError, TimeoutError):
            await self._another("not answered when asked nothing")

    async def _ask_next(self) -> None:
        if not self.worker.alive:
            await self._another("ended unasked")
        batch = self._take()
        if not batch:
            return
        worker, load = self.worker, sum(load_of(len(one.question.body)) for one in batch)
        estimate = self._estimate(batch[0].question.content_type)
        self.admission.started(estimate(load))
        started = time.monotonic()
        try:
            limit = self._limits.request_seconds
            answers = await worker.ask([one.question for one in batch], limit)
        except (WorkerDiedError, TimeoutError) as error:
            self._failed(batch, error)
            await self._another(str(error) or "taken longer than a request may")
            return
        finally:
            self.admission.finished()
        estimate.measured(load, time.monotonic() - started)
        if self.previous is not None and any(answer.status == 500 for answer in answers):
            self._roll_back("failed")
            self._queue.extendleft(reversed(batch))
            self.admission.waiting += sum(one.work for one in batch)
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
        if len(batch) == 1 and self.previous is None:
            if not batch[0].answer.done():
                batch[0].answer.set_exception(error)
            return
        for one in reversed(batch):
            one.alone = True
            self.admission.waiting += one.work
            self._queue.appendleft(one)

    async def _another(self, why: str) -> None:
        """In place of a worker that has ended: the one before it, or a new one."""
        if self.previous is not None:
            self._roll_back(why)
            return
        _log.error("the process that decides has %s; another is started", why)
        while True:
            try:
                self.worker = await asyncio.to_thread(self._start)
                _log.info("%s is served again", self.worker.version)
                return
            except Exception as error:
                _log.error("no process that decides can be started: %s", error)
                await asyncio.sleep(SECONDS_BETWEEN_STARTS)

    def _roll_back(self, why: str) -> None:
        assert self.previous is not None
        _log.error("%s has %s; back to %s", self.worker.version, why, self.previous.version)
        self.worker.kill()
        self.worker, self.previous = self.previous, None
        self._metrics.reloads.labels("rolled back").inc()

    def _estimate(self, content_type: str) -> Estimate:
        if content_type not in self._estimates:
            self._estimates[content_type] = Estimate(self.worker.seconds)
        return self._estimates[content_type]

    async def close(self) -> None:
        """End all workers, and tell who still waits."""
        for one in self._queue:
            if not one.answer.done():
                one.answer.set_exception(WorkerDiedError("the server is stopping"))
        for worker in filter(None, (self.worker, self.previous)):
            with contextlib.suppress(OSError):
                await asyncio.to_thread(worker.close)
