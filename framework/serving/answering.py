"""POST /invocations of whichever model: what is asked is read, waits, is decided, and is told."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from email.message import Message
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from framework.serving import case_ids
from framework.serving.body_budget import BodyBudget
from framework.serving.decision_log import DecisionLog
from framework.serving.dispatch import Dispatcher, OverloadedError
from framework.serving.framing import Question
from framework.serving.limits import Limits
from framework.serving.media import ANSWERS
from framework.serving.metrics import Metrics
from framework.serving.recording import Recording
from framework.serving.refusals import Refusals
from framework.serving.replies import negotiated
from framework.serving.worker_process import WorkerDiedError

CLIENT_CLOSED = 499  # as nginx has it in its logs; nobody is there to read it
# A refusal may be told this late, to so many at a time: who comes again at once, as loops do, would
# take the processors from those who are answered.
RETRY_SECONDS, MOST_HELD = 1, 256

_log = logging.getLogger(__name__)


class Answering:
    """Answers within ``limits``; ``accept`` is the form of answers to who asks for none.

    With a ``recording`` decisions are written, until it is closed. ``prices`` is the file of those at which
    the workers decide.
    """

    def __init__(
        self,
        limits: Limits,
        accept: str,
        recording: Recording | None = None,
        prices: Path | None = None,
    ) -> None:
        self.limits, self.accept, self.metrics = limits, accept, Metrics()
        self.recording, self.prices = recording, prices
        self._log = None if recording is None else DecisionLog(recording.decisions, self.metrics)
        self.refusals = Refusals(self.metrics)
        self.budget = BodyBudget(limits, self.refusals)
        self._held = 0  # refusals that are not told yet

    async def __call__(self, request: Request, dispatcher: Dispatcher) -> Response:
        """The response to a request, which is decided by the workers of ``dispatcher``."""
        started = time.perf_counter()
        try:
            response = await self._answer(request, dispatcher)
        except HTTPException as error:
            response = sentence(request, error)
        except OverloadedError:
            response = await self._refused(request)
        except ClientDisconnect:
            response = Response(status_code=CLIENT_CLOSED)
        except Exception:
            _log.exception("POST %s failed", request.url.path)
            response = sentence(request, HTTPException(500, "the server failed; its log says why"))
        self.metrics.request(response.status_code, time.perf_counter() - started)
        return response

    async def close(self) -> None:
        """Once nobody is answered any more."""
        if self._log is not None:
            await asyncio.to_thread(self._log.close)

    async def _answer(self, request: Request, dispatcher: Dispatcher) -> Response:
        accept = request.headers.get("accept", "")
        media = negotiated(accept, self.accept)
        if media is None:
            raise HTTPException(
                406, f"Accept: expected one of {', '.join(ANSWERS)}, received {accept!r}"
            )
        content_type, parameters = _content_type(request.headers.get("content-type", ""))
        taken = dispatcher.about["content_types"]
        if content_type not in taken:
            raise HTTPException(
                415,
                f"Content-Type: expected one of {', '.join(taken)} (what this "
                f"model takes), received {content_type or 'none'}",
            )
        async with self.budget.body(request) as body:
            name = request_id(request.headers.get("x-request-id", "")) if self._log else ""
            question = Question(content_type, parameters, media, body, name)
            return await self._decided(question, dispatcher)

    async def _refused(self, request: Request) -> Response:
        self.refusals.note("overload", "more requests than can be answered soon: some get 503")
        if self._held < MOST_HELD:
            self._held += 1
            await asyncio.sleep(RETRY_SECONDS)
            self._held -= 1
        again = {"Retry-After": str(RETRY_SECONDS)}
        return sentence(
            request, HTTPException(503, "too much is waiting already; try again", again)
        )

    async def _decided(self, question: Question, dispatcher: Dispatcher) -> Response:
        seconds = self.limits.request_seconds
        try:
            answer, worker = await dispatcher.ask(question)
        except TimeoutError:
            size = len(question.body)
            self.refusals.note("deadline", f"a request of {size:,} bytes took over {seconds:g} s")
            raise HTTPException(
                504,
                f"no answer in time: a request may take {seconds:g} s "
                "(fw serve --request-seconds sets it); send fewer cases at a time",
            ) from None
        except WorkerDiedError as error:
            self.refusals.note("crash", f"on {len(question.body):,} bytes the process has {error}")
            raise HTTPException(500, "the process that decides ended; the log says how") from None
        if answer.traceback:
            _log.error("POST /invocations failed\n%s", answer.traceback)
        if answer.status != 200:
            raise HTTPException(answer.status, answer.error)
        self.metrics.answered(answer)
        headers = {"X-Model": worker.version}
        if self._log is not None:
            self._log.write(answer.record)
            headers["X-Request-Id"] = question.id
        return Response(answer.body, headers=headers, media_type=question.media)


def sentence(request: Request, error: Exception) -> Response:
    """What is wrong, as JSON."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


def request_id(given: str) -> str:
    """The id that a client gave its request, or a new one."""
    plain = given.isascii() and given.isprintable() and 0 < len(given) <= case_ids.LONGEST
    return given if plain else uuid.uuid4().hex


def _content_type(header: str) -> tuple[str, dict[str, str]]:
    """``text/csv; header=present`` as the type and its parameters, in lower case."""
    message = Message()
    message["content-type"] = header
    parameters = {key.lower(): str(value).lower() for key, value in message.get_params([])[1:]}
    return header.partition(";")[0].strip().lower(), parameters
