"""How much is read: the largest body, and all of them together, counted before they come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.exceptions import HTTPException
from starlette.requests import Request

from framework.serving.limits import Limits
from framework.serving.refusals import Refusals


class BodyBudget:
    """Bytes of bodies above the small ones that are read, waiting, or in work."""

    def __init__(self, limits: Limits, refusals: Refusals) -> None:
        self._limits, self._refusals = limits, refusals
        self.in_flight = 0

    @asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[bytearray]:
        """All of a request's body; it counts until the context is left.

        Raises
        ------
        HTTPException
            413 for one above the largest, 503 where all together are too much.
        """
        claimed = self._claimed(request)
        if claimed and self.in_flight + claimed > self._limits.in_flight:
            self._refusals.note("bytes in flight", "bodies of too many bytes at once: some get 503")
            raise HTTPException(
                503,
                f"bodies of {self.in_flight:,} bytes are in work already; try again",
                {"Retry-After": "1"},
            )
        self.in_flight += claimed
        try:
            yield await self._read(request)
        finally:
            self.in_flight -= claimed

    def _claimed(self, request: Request) -> int:
        """Bytes that the body may have: what its head says, or else the most."""
        told = request.headers.get("content-length", "")
        size = int(told) if told.isdigit() else self._limits.body
        if "content-length" not in request.headers and "transfer-encoding" not in request.headers:
            size = 0
        return 0 if size <= self._limits.small_body else min(size, self._limits.body)

    async def _read(self, request: Request) -> bytearray:
        """Beyond the limit it is read and dropped, so that the client can hear why."""
        size, largest, body = 0, self._limits.body, bytearray()
        async for chunk in request.stream():
            size += len(chunk)
            if size <= largest:
                body += chunk
            else:
                body.clear()
        if size > largest:
            raise HTTPException(
                413,
                f"the body has {size:,} bytes; expected at most {largest:,} "
                "(fw serve --max-body sets it); send fewer cases at a time",
            )
        return body
