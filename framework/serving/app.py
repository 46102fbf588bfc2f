"""The ASGI application: HTTP in, HTTP out; what is decided is decided in processes of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from framework.core.errors import ArtifactError, ConfigError
from framework.serving.answering import Answering, sentence
from framework.serving.limits import Limits
from framework.serving.media import ANSWERS, JSON
from framework.serving.models import Models
from framework.serving.recording import Recording
from framework.serving.served import Served, running

TRANSFORM_MB = 6  # of a request of SageMaker's batch transform, unless its job says otherwise


def create_app(
    folder: str | Path,
    model: str | None = None,
    limits: Limits | None = None,
    *,
    watch: bool = False,
    accept: str = JSON,
    models: bool = False,
    recording: Recording | None = None,
    prices: Path | None = None,
) -> Starlette:
    """An application that is ready to answer: the model is loaded and has predicted once.

    Its ``state.service`` has the ``metrics``, and ``reload()`` to load the folder anew.

    Parameters
    ----------
    folder : path
        Of a run (the served model, or the one called ``model``) or of a model; with ``models``,
        a folder below which there are some.
    limits : Limits, optional
        Of bodies, time and work; those of connections are kept by ``serve``.
    watch : bool
        Load the model anew when its files change.
    accept : str
        The form of answers to who asks for none: JSON, "application/jsonlines", "text/csv" or
        "application/x-npy".
    models : bool
        Serve several: POST /models loads them, as of SageMaker's endpoints of many models.
    recording : Recording, optional
        Where decisions are written, and how often others are tried.
    prices : Path, optional
        A file of ``fw predict --prices-out``: at its prices the model decides what brings no matrix of its
        own.

    Raises
    ------
    ArtifactError
        When there is no such model, or it cannot be loaded.
    ConfigError
        When there is no such form of answers, or no such prices.
    """
    if accept not in ANSWERS:
        raise ConfigError(
            f"the form of answers: expected one of {', '.join(ANSWERS)}, received {accept!r}"
        )
    answering = Answering(limits or Limits(), accept, recording, prices)
    service = (
        Several(Path(folder), answering) if models else One(Path(folder), model, answering, watch)
    )
    app = Starlette(
        routes=[*service.routes(), *_common(answering)],
        lifespan=service.lifespan,
        exception_handlers={HTTPException: sentence},
    )
    app.state.service = service
    return app


def _common(answering: Answering) -> list[Route]:
    async def metrics(request: Request) -> Response:
        return Response(answering.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    async def execution_parameters(request: Request) -> Response:
        """How SageMaker's batch transform shall call, unless its job says otherwise."""
        return JSONResponse(
            {
                "MaxConcurrentTransforms": max(2, answering.limits.workers),
                "BatchStrategy": "MULTI_RECORD",
                "MaxPayloadInMB": max(1, min(TRANSFORM_MB, int(answering.limits.body_mb))),
            }
        )

    return [Route("/metrics", metrics), Route("/execution-parameters", execution_parameters)]


class One:
    """What is served: one model."""

    def __init__(self, folder: Path, model: str | None, answering: Answering, watch: bool) -> None:
        self.answering, self.metrics, self.refusals = (
            answering,
            answering.metrics,
            answering.refusals,
        )
        try:
            self.served = Served(folder, model, answering, watch=watch)
        except MemoryError as error:
            raise ArtifactError(
                f"{folder}: there is too little memory for the model ({error})"
            ) from None

        self.metrics.models.set(1)

    def reload(self) -> None:
        self.served.reload()

    def routes(self) -> list[Route]:
        return [
            Route("/", self._about),
            Route("/ping", self._ping),
            Route("/invocations", self._invocations, methods=["POST"]),
        ]

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        async with running(self.served):
            yield
        await self.answering.close()

    async def _about(self, request: Request) -> Response:
        return JSONResponse(self.served.about)

    async def _ping(self, request: Request) -> Response:
        trouble = self.served.dispatcher.trouble()
        if trouble:
            return JSONResponse({"status": "not ready", "error": trouble}, 503)
        return JSONResponse({"status": "ready"})

    async def _invocations(self, request: Request) -> Response:
        return await self.answering(request, self.served.dispatcher)


class Several:
    """What is served: the models that were loaded, each under its name."""

    def __init__(self, folder: Path, answering: Answering) -> None:
        self.answering, self.metrics, self.refusals = (
            answering,
            answering.metrics,
            answering.refusals,
        )
        self.models = Models(folder, answering)

    def reload(self) -> None:
        for loaded in self.models.all():
            loaded.served.reload()

    def routes(self) -> list[Route]:
        return [Route("/ping", self._ping), *self.models.routes()]

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await self.models.close()
            await self.answering.close()

    async def _ping(self, request: Request) -> Response:
        return JSONResponse({"status": "ready", "models": len(self.models.all())})
