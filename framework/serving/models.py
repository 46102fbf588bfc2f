"""Several models behind one address: loaded, listed, asked and unloaded, as SageMaker does it.

The contract is Amazon's "Custom Containers Contract for Multi-Model Endpoints": 409 for a name that is
loaded, 404 for one that is not, 507 where memory is short; SageMaker then unloads what is not used.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from framework.core.errors import ArtifactError
from framework.core.json_text import NotJsonError, parse_json
from framework.core.shown import short
from framework.serving import memory
from framework.serving.answering import Answering
from framework.serving.limits import MEGABYTE
from framework.serving.served import Served
from framework.serving.sizes import MOST

PAGE = 100  # models that are listed at a time
GUESSED = 100 * MEGABYTE  # of a model's process, before one is there to be measured
UNLOADING_SECONDS = 55  # that requests in work get; SageMaker waits for 60

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Loaded:
    """A model that answers, and the task that keeps it."""

    name: str
    url: str
    served: Served
    task: asyncio.Task[None]

    def to_json(self) -> dict[str, str]:
        return {"modelName": self.name, "modelUrl": self.url}


class Models:
    """Those below ``folder`` that are loaded."""

    def __init__(self, folder: Path, answering: Answering) -> None:
        self._folder, self._answering = folder.resolve(), answering
        self._limits = answering.limits
        self._loaded: dict[str, Loaded] = {}
        self._loading: set[str] = set()
        self._one_at_a_time = asyncio.Lock()  # each sees what the others take

    def routes(self) -> list[Route]:
        return [
            Route("/models", self._list),
            Route("/models", self._load, methods=["POST"]),
            Route("/models/{name}", self._get),
            Route("/models/{name}", self._unload, methods=["DELETE"]),
            Route("/models/{name}/about", self._about),
            Route("/models/{name}/invoke", self._invoke, methods=["POST"]),
        ]

    def all(self) -> list[Loaded]:
        """By name."""
        return [self._loaded[name] for name in sorted(self._loaded)]

    async def close(self) -> None:
        for name in list(self._loaded):
            await self._end(self._loaded.pop(name))

    async def _list(self, request: Request) -> Response:
        after = request.query_params.get("next_page_token", "")
        asked = request.query_params.get("limit", str(PAGE))
        if not asked.isdecimal() or not 1 <= int(asked) <= PAGE:
            raise HTTPException(
                400, f"limit: expected a number from 1 to {PAGE}, received {short(asked)}"
            )
        left = [loaded for loaded in self.all() if loaded.name > after]
        page = left[: int(asked)]
        told: dict[str, Any] = {"models": [loaded.to_json() for loaded in page]}
        if len(left) > len(page):
            told["nextPageToken"] = page[-1].name
        return JSONResponse(told)

    async def _get(self, request: Request) -> Response:
        return JSONResponse(self._named(request).to_json())

    async def _about(self, request: Request) -> Response:
        return JSONResponse(self._named(request).served.about)

    async def _invoke(self, request: Request) -> Response:
        try:
            dispatcher = self._named(request).served.dispatcher
        except HTTPException:
            self._answering.metrics.request(404, 0.0)
            raise
        return await self._answering(request, dispatcher)

    def _named(self, request: Request) -> Loaded:
        name = request.path_params["name"]
        if name not in self._loaded:
            raise HTTPException(404, f"no model {short(name)} is loaded; POST /models loads one")
        return self._loaded[name]

    async def _load(self, request: Request) -> Response:
        async with self._answering.budget.body(request) as body:
            name, url = _asked(bytes(body))
        if name in self._loaded or name in self._loading:
            raise HTTPException(409, f'the model "{name}" is loaded already')
        folder = self._below(url)
        self._loading.add(name)
        try:
            async with self._one_at_a_time:
                served = await self._served(name, folder)
        finally:
            self._loading.discard(name)
        loaded = Loaded(name, url, served, asyncio.create_task(served.run()))
        self._loaded[name] = loaded
        self._answering.metrics.models.set(len(self._loaded))
        _log.info('%s is served as "%s"', served.about["version"], name)
        return JSONResponse(loaded.to_json())

    def _below(self, url: str) -> Path:
        """Whoever can ask this server shall not be able to have it read any folder."""
        folder = (self._folder / url).resolve()
        if not folder.is_relative_to(self._folder):
            raise HTTPException(
                400, f'"url": expected a folder below {self._folder}, received {short(url)}'
            )
        return folder

    async def _served(self, name: str, folder: Path) -> Served:
        try:
            short_of = self._short_of_memory()
            if short_of:
                raise MemoryError(short_of)
            return await asyncio.to_thread(Served, folder, None, self._answering)
        except ArtifactError as error:
            raise HTTPException(400, f'the model "{name}": {error}') from None
        except (MemoryError, OSError) as error:  # an OSError: no process could be started
            self._answering.refusals.note("memory", f'no memory for the model "{name}": {error}')
            raise HTTPException(507, f'no memory for the model "{name}": {error}') from None

    def _short_of_memory(self) -> str:
        """Why another model would not fit; "" where it would, or nobody can tell."""
        taken = [loaded.served.bytes for loaded in self._loaded.values()]
        needed = max(taken, default=0) or GUESSED * self._limits.workers
        most = self._limits.models_mb * MEGABYTE
        if most and sum(taken) + needed > most:
            return f"{_mb(sum(taken))} of {_mb(most)} MB are taken, and one takes some {_mb(needed)} MB"
        left = memory.left()
        # A request may take as much again.
        if left is not None and left < needed + MOST:
            return f"{_mb(left)} MB are left, and one takes some {_mb(needed + MOST)} MB"
        return ""

    async def _unload(self, request: Request) -> Response:
        loaded = self._named(request)
        del self._loaded[loaded.name]  # from now on nobody can ask it
        self._answering.metrics.models.set(len(self._loaded))
        try:
            async with asyncio.timeout(UNLOADING_SECONDS):
                await loaded.served.dispatcher.rest()
        except TimeoutError:
            _log.warning('"%s" is unloaded with requests in work', loaded.name)
        await self._end(loaded)
        _log.info('"%s" is served no more', loaded.name)
        return JSONResponse(loaded.to_json())

    async def _end(self, loaded: Loaded) -> None:
        loaded.task.cancel()
        await asyncio.gather(loaded.task, return_exceptions=True)


def _asked(body: bytes) -> tuple[str, str]:
    """The name and the address that POST /models was given."""
    try:
        data = parse_json(body)
    except NotJsonError as error:
        raise HTTPException(400, f"the body {error}") from None
    fields = data if isinstance(data, dict) else {}
    name, url = fields.get("model_name"), fields.get("url")
    if not (isinstance(name, str) and isinstance(url, str) and name and url):
        raise HTTPException(
            400, f'expected {{"model_name": "...", "url": "..."}}, received {short(data)}'
        )
    if "/" in name or "\0" in url:
        raise HTTPException(400, f'"model_name": expected one without "/", received {short(name)}')
    return name, url


def _mb(size: float) -> str:
    return f"{size / MEGABYTE:,.0f}"
