"""The ASGI application: HTTP in, HTTP out; what is decided is decided on one thread of its own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from email.message import Message
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from framework.core.errors import CostMatrixError, DataError
from framework.inference.folders import find_model
from framework.inference.trained_model import load
from framework.serving.bodies import Bodies
from framework.serving.description import describe
from framework.serving.limits import MAX_BODY_MB, MAX_WAITING, MEGABYTE
from framework.serving.metrics import Metrics
from framework.serving.replies import TYPES, encoded, negotiated

CLIENT_CLOSED = 499  # as nginx has it in its logs; nobody is there to read it

_log = logging.getLogger(__name__)


def create_app(
    folder: str | Path,
    model: str | None = None,
    *,
    max_body_mb: int = MAX_BODY_MB,
    max_waiting: int = MAX_WAITING,
) -> Starlette:
    """An application that is ready to answer: the model is loaded and has predicted once.

    Parameters
    ----------
    folder : path
        Of a run (the served model, or the one called ``model``) or of a model.
    max_body_mb : int
        Megabytes of the largest body of a request.
    max_waiting : int
        Requests in work or waiting for it; further ones are told to come again (503).

    Raises
    ------
    ArtifactError
        When there is no such model, or it cannot be loaded.
    """
    path = find_model(Path(folder), model)
    return _Service(path, max_body_mb, max_waiting).app()


class _Service:
    def __init__(self, folder: Path, max_body_mb: int, max_waiting: int) -> None:
        self.model = load(folder)
        self.bodies = Bodies(self.model)
        self.metrics = Metrics()
        self.max_body, self.max_waiting = max_body_mb * MEGABYTE, max_waiting
        self.about = describe(folder, self.model, self.bodies.content_types)
        for warning in self.about["warnings"]:
            _log.warning("WARNING: %s", warning)
        matrix = self.model.artifact.cost_matrix
        _log.info('cost matrix "%s": %s', matrix.name, "; ".join(self.about["cost_sentences"]))
        self.waiting = 0
        # One thread: TensorFlow spreads a batch over the processors by itself.
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="predict")
        self.thread.submit(self.model.warm).result()

    def app(self) -> Starlette:
        routes = [
            Route("/", self._about),
            Route("/ping", self._ping),
            Route("/invocations", self._invocations, methods=["POST"]),
            Route("/execution-parameters", self._execution_parameters),
            Route("/metrics", self._metrics),
        ]
        return Starlette(
            routes=routes,
            lifespan=self._lifespan,
            exception_handlers={HTTPException: _sentence},
        )

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        yield
        self.thread.shutdown()

    async def _about(self, request: Request) -> Response:
        return JSONResponse(self.about)

    async def _ping(self, request: Request) -> Response:
        return JSONResponse({"status": "ready"})

    async def _metrics(self, request: Request) -> Response:
        return Response(self.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    async def _execution_parameters(self, request: Request) -> Response:
        """How SageMaker's batch transform shall call, unless its job says otherwise."""
        return JSONResponse(
            {
                "MaxConcurrentTransforms": 2,
                "BatchStrategy": "MULTI_RECORD",
                "MaxPayloadInMB": min(6, self.max_body // MEGABYTE),
            }
        )

    async def _invocations(self, request: Request) -> Response:
        started = time.perf_counter()
        try:
            response = await self._answer(request)
        except HTTPException as error:
            response = _sentence(request, error)
        except (CostMatrixError, DataError) as error:
            response = _sentence(request, HTTPException(400, str(error)))
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
        if content_type not in self.bodies.content_types:
            raise HTTPException(
                415,
                f"Content-Type: expected one of {', '.join(self.bodies.content_types)} (what this "
                f"model takes), received {content_type or 'none'}",
            )
        body = await self._body(request)
        if self.waiting >= self.max_waiting:
            raise HTTPException(
                503, f"{self.waiting} requests are waiting already; try again", {"Retry-After": "1"}
            )
        self.waiting += 1
        self.metrics.waiting.set(self.waiting)
        try:
            payload = await asyncio.get_running_loop().run_in_executor(
                self.thread, self._decide, content_type, parameters, body, media
            )
        finally:
            self.waiting -= 1
            self.metrics.waiting.set(self.waiting)
        return Response(payload, media_type=media)

    def _decide(
        self, content_type: str, parameters: dict[str, str], body: bytes, media: str
    ) -> bytes:
        cases = self.bodies.read(content_type, parameters, body)
        answers = self.model.answer(cases.X, cases.columns, cases.matrix, cases.prevalence)
        self.metrics.answered(answers)
        matrix = cases.matrix or self.model.artifact.cost_matrix
        return encoded(answers, media, matrix.name, cases.header)

    async def _body(self, request: Request) -> bytes:
        """All of it; beyond the limit it is read and dropped, so that the client can hear why."""
        size, chunks = 0, []
        async for chunk in request.stream():
            size += len(chunk)
            if size <= self.max_body:
                chunks.append(chunk)
            else:
                chunks.clear()
        if size > self.max_body:
            raise HTTPException(
                413,
                f"the body has {size:,} bytes; expected at most {self.max_body:,} "
                "(fw serve --max-body sets it); send fewer cases at a time",
            )
        return b"".join(chunks)


def _sentence(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


def _content_type(header: str) -> tuple[str, dict[str, str]]:
    """``text/csv; header=present`` as the type and its parameters, in lower case."""
    message = Message()
    message["content-type"] = header
    parameters = {key.lower(): str(value).lower() for key, value in message.get_params([])[1:]}
    return header.partition(";")[0].strip().lower(), parameters
