"""Connections with limits: of their number, of heads, and of the time that clients take.

uvicorn, whose protocol this is, limits neither heads nor how long it waits for them or for bodies.
"""

from __future__ import annotations

import asyncio
import resource
from enum import Enum, auto
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from framework.serving.limits import Limits
from framework.serving.refusals import Refusals

# Of the process's descriptors: what is open besides connections, and while a worker is started.
RESERVED_DESCRIPTORS = 48


class Connections:
    """All connections of a server, and those that wait for their client, longest first."""

    def __init__(self, limits: Limits, refusals: Refusals) -> None:
        self.limits, self.refusals = limits, refusals
        descriptors = _descriptors(limits.connections + RESERVED_DESCRIPTORS)
        self.most = max(1, min(limits.connections, descriptors - RESERVED_DESCRIPTORS))
        self.open: set[Connection] = set()
        self.waiting: dict[Connection, None] = {}

    def protocol(self, **arguments: Any) -> Connection:
        """One more of them, for uvicorn."""
        return Connection(self, **arguments)

    def enter(self, connection: Connection) -> bool:
        """Whether there is room, which the one that keeps us waiting longest may have to make."""
        if len(self.open) >= self.most:
            self.refusals.note(
                "connections", f"more than {self.most} connections: those that wait are closed"
            )
            longest = next(iter(self.waiting), None)
            if longest is None:
                return False
            longest.give_up()
        self.open.add(connection)
        return True

    def leave(self, connection: Connection) -> None:
        self.open.discard(connection)
        self.waiting.pop(connection, None)


class _Reading(Enum):
    HEAD = auto()  # or nothing at all yet
    BODY = auto()
    COMPLETE = auto()


class Connection(HttpToolsProtocol):
    """One connection; it is closed when its client takes too long or sends too long a head."""

    def __init__(self, connections: Connections, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._all, self._limits = connections, connections.limits
        self._reading = _Reading.HEAD
        self._head = self._size = 0  # bytes of a head as it comes, and of its headers
        self._head_too_large = False
        self._seconds = self._limits.head_seconds
        self._timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._all.enter(self):
            self._wait()
        else:
            self._refuse(503, "too many connections; try again")

    def connection_lost(self, exc: Exception | None) -> None:
        self._all.leave(self)
        for timer in (self._timer, self._write_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._reading is _Reading.COMPLETE:  # the next head
            self._reading, self._seconds = _Reading.HEAD, self._limits.head_seconds
            self._head = 0
        if self._reading is _Reading.HEAD:
            self._head += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._reading is _Reading.COMPLETE:
            self._wait_no_more()
        elif self._reading is _Reading.HEAD and self._head > self._limits.head_bytes:
            self._head_too_large = True
            self.send_400_response("")
        else:
            self._wait()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._size = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._size += len(name) + len(value)
        if len(self.headers) > self._limits.headers or self._size > self._limits.head_bytes:
            self._head_too_large = True
            raise ValueError("the head is too large")  # ends the parser, which has a 400 sent

    def on_headers_complete(self) -> None:
        length = next((v for k, v in self.headers if k == b"content-length"), b"0")
        # Of an endless length, which only the application would refuse, no more than it reads.
        size = min(int(length), self._limits.body) if length.isdigit() else self._limits.body
        self._seconds = self._limits.body_seconds + size / self._limits.bytes_per_second
        self._stop_timer()
        self._reading = _Reading.BODY
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._reading = _Reading.COMPLETE
        super().on_message_complete()
        if self.cycle.response_complete:  # it was answered before its end; uvicorn waits for ever
            self._next_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._reading is _Reading.COMPLETE and not self.transport.is_closing():
            self._all.waiting[self] = None  # idle, for as long as uvicorn's own timer allows

    def send_400_response(self, msg: str) -> None:
        if self._head_too_large:
            most = f"{self._limits.head_bytes:,} bytes and {self._limits.headers} headers"
            self._all.refusals.note("head", f"heads beyond {most}")
            self._refuse(431, f"the head of the request is too large; expected at most {most}")
        else:
            super().send_400_response(msg)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._write_timer = self.loop.call_later(self._limits.write_seconds, self._not_read)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def give_up(self) -> None:
        """Close it now, whatever its client is about."""
        self._all.leave(self)
        self.transport.abort()

    def _next_head(self) -> None:
        self._reading, self._seconds = _Reading.HEAD, self._limits.head_seconds
        self._head = 0
        self._stop_timer()
        self._wait()

    def _wait(self) -> None:
        """Give the client its time, and no more for what comes in pieces."""
        self._all.waiting.setdefault(self, None)
        if self._timer is None:
            self._timer = self.loop.call_later(self._seconds, self._too_slow)

    def _wait_no_more(self) -> None:
        self._all.waiting.pop(self, None)
        self._stop_timer()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if self.flow.read_paused:  # it is we who do not read
            self._wait()
            return
        what = "head" if self._reading is _Reading.HEAD else "body"
        self._all.refusals.note(f"slow {what}", f"a {what} not complete in {self._seconds:.3g} s")
        if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
            self._refuse(
                408, f"the {what} of the request was not complete in {self._seconds:.3g} s"
            )
        else:
            self.transport.abort()

    def _not_read(self) -> None:
        self._all.refusals.note("slow reader", "an answer that its client does not read")
        self.transport.abort()

    def _refuse(self, status: int, sentence: str) -> None:
        body = f'{{"error": "{sentence}"}}'.encode()
        head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(
            STATUS_LINE[status] + head.encode() + b"connection: close\r\n\r\n" + body
        )
        self._all.leave(self)
        self.transport.close()


def _descriptors(wanted: int) -> int:
    """How many files this process may have open, raised to what is wanted as far as it may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        soft = min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft
