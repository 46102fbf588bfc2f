"""Clients of `fw serve`: many connections in one thread, at their own pace or at a given rate."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

HOST = "127.0.0.1"
PATIENCE = 65  # seconds; the server promises an answer in 60


def request(
    body: bytes, content_type: str = "application/json", path: str = "/invocations"
) -> bytes:
    """A POST as bytes."""
    head = f"POST {path} HTTP/1.1\r\nHost: soak\r\nContent-Type: {content_type}\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


class Connection(asyncio.Protocol):
    """One connection, kept; one request at a time."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, gap, _ = self.buffer.partition(b"\r\n\r\n")
        if not gap or self.answer is None:
            return
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.buffer) >= len(head) + 4 + length:
            whole, self.buffer = bytes(self.buffer), bytearray()
            if not self.answer.done():
                self.answer.set_result((int(whole[9:12]), whole))

    def connection_lost(self, error: Exception | None) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionResetError(str(error)))

    async def ask(self, data: bytes) -> tuple[int, bytes]:
        """The status and the whole answer."""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(data)
        async with asyncio.timeout(PATIENCE):
            return await self.answer


async def connect(port: int) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(Connection, HOST, port)
    return connection


@dataclass
class Outcome:
    """What came back: seconds and status of every request, by when it was sent."""

    sent: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def add(self, sent: float, status: int) -> None:
        self.sent.append(sent)
        self.seconds.append(time.perf_counter() - sent)
        self.statuses.append(status)

    def count(self, status: int) -> int:
        return self.statuses.count(status)

    def percentile(self, share: float, after: float = float("-inf")) -> float:
        """Seconds that ``share`` of the answers with 200, sent ``after`` a moment, took at most."""
        of = sorted(
            seconds
            for sent, seconds, status in zip(self.sent, self.seconds, self.statuses, strict=True)
            if status == 200 and sent >= after
        )
        return of[min(len(of) - 1, int(share * len(of)))] if of else float("inf")


async def closed(
    port: int,
    data: bytes,
    clients: int,
    until: Callable[[int], bool],
    heard: Callable[[int, bytes], None] = lambda status, whole: None,
) -> Outcome:
    """Each of the clients asks again as soon as it was answered, until ``until(how many)``."""
    outcome = Outcome()

    async def one() -> None:
        connection = await connect(port)
        while not until(len(outcome.sent)):
            sent = time.perf_counter()
            try:
                status, whole = await connection.ask(data)
            except OSError as error:
                outcome.failures.append(f"{type(error).__name__}: {error}")
                connection = await connect(port)
                continue
            outcome.add(sent, status)
            heard(status, whole)
        connection.transport.close()

    await asyncio.gather(*(one() for _ in range(clients)))
    return outcome


async def paced(port: int, data: bytes, rate: float, seconds: float, seed: int) -> Outcome:
    """Requests at random moments, ``rate`` a second, whether or not earlier ones were answered.

    Seconds are counted from the moment at which a request was due.
    """
    outcome, free, chance = Outcome(), [], random.Random(seed)

    async def one(due: float) -> None:
        try:
            connection = free.pop() if free else await connect(port)
            if connection.transport.is_closing():
                connection = await connect(port)
            status, _ = await connection.ask(data)
        except OSError as error:
            outcome.failures.append(f"{type(error).__name__}: {error}")
            return
        outcome.add(due, status)
        free.append(connection)

    tasks, due = set(), time.perf_counter()
    end = due + seconds
    while due < end:
        due += chance.expovariate(rate)
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        task = asyncio.create_task(one(due))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(10):
            await asyncio.gather(*tasks)
    for connection in free:
        connection.transport.close()
    return outcome


def for_seconds(seconds: float) -> Callable[[int], bool]:
    end = time.perf_counter() + seconds
    return lambda _: time.perf_counter() > end
