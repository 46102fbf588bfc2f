"""The ASGI application: HTTP in, HTTP out; what is decided is decided in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import Message
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from framework.inference.folders import find_model
from framework.serving import case_ids
from framework.serving.body_budget import BodyBudget
from framework.serving.decision_log import DecisionLog
from framework.serving.dispatch import Dispatcher, OverloadedError
from framework.serving.framing import Question
from framework.serving.limits import Limits
from framework.serving.metrics import Metrics
from framework.serving.recording import Recording
from framework.serving.refusals import Refusals
from framework.serving.replacing import Replacing, Watch
from framework.serving.replies import TYPES, negotiated
from framework.serving.worker_process import WorkerDiedError, WorkerProcess

CLIENT_CLOSED = 499  # as nginx has it in its logs; nobody is there to read it
# A refusal may be told this late, to so many at a time: who comes again at once, as loops do, would
# take the processors from those who are answered.
RETRY_SECONDS, MOST_HELD = 1, 256

_log = logging.getLogger(__name__)


def create_app(
    folder: str | Path,
    model: str | None = None,
    limits: Limits | None = None,
    *,
    watch: bool = False,
    recording: Recording | None = None,
) -> Starlette:
    """An application that is ready to answer: the model is loaded and has predicted once.

    Its ``state.service`` has the ``metrics``, and ``reload()`` to load the folder anew.

    Parameters
    ----------
    folder : path
        Of a run (the served model, or the one called ``model``) or of a model.
    limits : Limits, optional
        Of bodies, time and work; those of connections are kept by ``serve``.
    watch : bool
        Load the model anew when its files change.
    recording : Recording, optional
        Where decisions are written, and how often others are tried.

    Raises
    ------
    ArtifactError
        When there is no such model, or it cannot be loaded.
    """
    path = Path(folder)
    find_model(path, model)  # told before seconds go by
    return Service(path, model, limits or Limits(), watch, recording).app()


class Service:
    """The routes, and what stands behind them."""

    def __init__(
        self,
        folder: Path,
        model: str | None,
        limits: Limits,
        watch: bool,
        recording: Recording | None = None,
    ) -> None:
        def start() -> WorkerProcess:
            return WorkerProcess(folder, model, limits.request_seconds, recording)

        self.limits, self.metrics = limits, Metrics()
        self.log = None if recording is None else DecisionLog(recording.decisions, self.metrics)
        self.refusals = Refusals(self.metrics)
        self.held = 0  # refusals that are not told yet
        self.budget = BodyBudget(limits, self.refusals)
        self.watch = Watch(folder, model) if watch else None
        self.replacing = Replacing(start, limits, self.metrics)
        remember = self.replacing.remember
        self.dispatcher = Dispatcher(start, limits, self.metrics, remember)
        about = self.dispatcher.worker.about
        for warning in about["warnings"]:
            _log.warning("WARNING: %s", warning)
        costs = "; ".join(about["cost_sentences"])
        _log.info('cost matrix "%s": %s', about["cost_matrix"]["name"], costs)

    def app(self) -> Starlette:
        routes = [
            Route("/", self._about),
            Route("/ping", self._ping),
            Route("/invocations", self._invocations, methods=["POST"]),
            Route("/execution-parameters", self._execution_parameters),
            Route("/metrics", self._metrics),
        ]
        app = Starlette(
            routes=routes,
            lifespan=self._lifespan,
            exception_handlers={HTTPException: _sentence},
        )
        app.state.service = self
        return app

    def reload(self) -> None:
        """Load the folder anew beside what is served, check it, and switch to it."""
        self.replacing.ask()

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        work = [self.dispatcher.run(), self.replacing.run(self.dispatcher)]
        if self.watch is not None:
            work.append(self.watch.run(self.replacing))
        tasks = [asyncio.create_task(one) for one in work]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.dispatcher.close()
        if self.log is not None:
            await asyncio.to_thread(self.log.close)

    async def _about(self, request: Request) -> Response:
        return JSONResponse(self.dispatcher.worker.about)

    async def _ping(self, request: Request) -> Response:
        trouble = self.dispatcher.trouble()
        if trouble:
            return JSONResponse({"status": "not ready", "error": trouble}, 503)
        return JSONResponse({"status": "ready"})

    async def _metrics(self, request: Request) -> Response:
        return Response(self.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    async def _execution_parameters(self, request: Request) -> Response:
        """How SageMaker's batch transform shall call, unless its job says otherwise."""
        return JSONResponse(
            {
                "MaxConcurrentTransforms": 2,
                "BatchStrategy": "MULTI_RECORD",
                "MaxPayloadInMB": min(6, self.limits.body_mb),
            }
        )

    async def _invocations(self, request: Request) -> Response:
        started = time.perf_counter()
        try:
            response = await self._answer(request)
        except HTTPException as error:
            response = _sentence(request, error)
        except OverloadedError:
            response = await self._refused(request)
        except ClientDisconnect:
            response = Response(status_code=CLIENT_CLOSED)
        except Exception:
            _log.exception("POST /invocations failed")
            response = _sentence(request, HTTPException(500, "the server failed; its log says why"))
        self.metrics.request(response.status_code, time.perf_counter() - started)
        return response

    async def _answer(self, request: Request) -> Response:
        accept = request.headers.get("accept", "")
        media = negotiated(accept)
        if media is None:
            raise HTTPException(
                406, f"Accept: expected one of {', '.join(TYPES)}, received {accept!r}"
            )
        content_type, parameters = _content_type(request.headers.get("content-type", ""))
        taken = self.dispatcher.worker.about["content_types"]
        if content_type not in taken:
            raise HTTPException(
                415,
                f"Content-Type: expected one of {', '.join(taken)} (what this "
                f"model takes), received {content_type or 'none'}",
            )
        async with self.budget.body(request) as body:
            name = request_id(request.headers.get("x-request-id", "")) if self.log else ""
            return await self._decided(Question(content_type, parameters, media, body, name))

    async def _refused(self, request: Request) -> Response:
        self.refusals.note("overload", "more requests than can be answered soon: some get 503")
        if self.held < MOST_HELD:
            self.held += 1
            await asyncio.sleep(RETRY_SECONDS)
            self.held -= 1
        again = {"Retry-After": str(RETRY_SECONDS)}
        return _sentence(
            request, HTTPException(503, "too much is waiting already; try again", again)
        )

    async def _decided(self, question: Question) -> Response:
        seconds = self.limits.request_seconds
        try:
            answer, worker = await self.dispatcher.ask(question)
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
        if self.log is not None:
            self.log.write(answer.record)
            headers["X-Request-Id"] = question.id
        return Response(answer.body, headers=headers, media_type=question.media)


def _sentence(request: Request, error: Exception) -> Response:
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
