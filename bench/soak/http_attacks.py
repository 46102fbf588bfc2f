"""Requests that are meant ill, over HTTP: slow, huge, endless, smuggled, nearly right."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from pathlib import Path

from load import HOST, Connection, connect, request
from rows import Row
from served import PLUGIN, Served, server

HALF_HEADS, HALF_BODIES, BODY = 3_000, 60, 20 * 2**20
MOST_MB = 200
ENDLESS, ASLEEP, KILLED = 397, 398, 399  # cases, as the plugin has them
BODY_HEAD = b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
GET = b"GET /ping HTTP/1.1\r\nHost: x\r\n"
# Whose end would be another one for a proxy than for the server.
SMUGGLED = (
    BODY_HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    BODY_HEAD + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n[[1]]",
    BODY_HEAD + b"Content-Length: +4\r\n\r\n[[1]",
    BODY_HEAD + b"Content-Length: 0x4\r\n\r\n[[1]",
    BODY_HEAD + b"Content-Length: 4, 5\r\n\r\n[[1]]",
    BODY_HEAD + b"Content-Length : 4\r\n\r\n[[1]",
    BODY_HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    BODY_HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    BODY_HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    BODY_HEAD + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n",
    GET + b" folded: x\r\n\r\n",
    GET + b"X-A: b\rX-B: c\r\n\r\n",
)
TOO_LARGE = (
    GET + b"".join(b"X-%d: y\r\n" % i for i in range(100_000)) + b"\r\n",
    GET + b"X-A: " + b"y" * 2**20 + b"\r\n\r\n",
    b"GET /" + b"y" * 2**20 + b" HTTP/1.1\r\n\r\n",
)


def rows_of_cancer(n: int) -> list[list[float]]:
    from sklearn.datasets import load_breast_cancer

    X = load_breast_cancer().data
    return [X[i % len(X)].tolist() for i in range(n)]


def cases(n: int) -> bytes:
    """A request of ``n`` cases."""
    return request(json.dumps({"instances": rows_of_cancer(n)}).encode())


def tried(served: Served, seed: int, requests: int, seconds: float) -> list[Row]:
    """All that one server is tried with, one after another."""
    short = requests < 1000

    async def all_of_them() -> list[Row]:
        return [
            await _refused("smuggling", served, SMUGGLED, (400, 501)),
            await _refused("heads that are too large", served, TOO_LARGE, (431,)),
            await _half_heads(served, 300 if short else HALF_HEADS),
            await _half_bodies(served),
            await _nearly_right(served, seed, requests, seconds),
        ]

    return [*asyncio.run(all_of_them()), _largest(served, short)]


def with_short_limits(run: Path) -> list[Row]:
    """What needs a server of its own: little time for a request, few descriptors."""
    with server(run, "--model", "medical", "--request-seconds", "2") as served:
        rows = [asyncio.run(_stopped(served))]
    with server(run, descriptors=128) as served:
        row = asyncio.run(_half_heads(served, 200))
    return [*rows, Row(f"{row.what}, 128 descriptors", *list(vars(row).values())[1:])]


async def _say(port: int, data: bytes) -> int:
    """The status of what comes back before the server hangs up; 0 where nothing does."""
    reader, writer = await asyncio.open_connection(HOST, port)
    head = b""
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(15):
            writer.write(data)
            writer.write_eof()
            head = await reader.read(4096)
    writer.close()
    return int(head[9:12]) if head[9:12].isdigit() else 0


async def _ping(port: int) -> tuple[int, float]:
    started = time.perf_counter()
    connection = await connect(port)
    status, _ = await connection.ask(GET + b"\r\n")
    connection.transport.close()
    return status, time.perf_counter() - started


async def _refused(
    what: str, served: Served, heads: tuple[bytes, ...], statuses: tuple[int, ...]
) -> Row:
    found = []
    for head in heads:
        status = await _say(served.port, head)
        if status not in (*statuses, 0):  # 0: it hung up before all was sent
            found.append(f"{status} for {head[:200]!r}")
    return Row(what, len(heads), f"{len(found)} taken", "0", not found, tuple(found))


async def _half_heads(served: Served, number: int) -> Row:
    """So many connections with half a head each, and /ping beside them."""
    connections = []
    for _ in range(number):
        with contextlib.suppress(OSError):
            connections.append(await connect(served.port))
            connections[-1].transport.write(b"GET /pi")
    try:
        status, seconds = await _ping(served.port)
    except OSError as error:
        status, seconds = 0, float("inf")
        print(f"/ping: {error}")
    for connection in connections:
        connection.transport.abort()
    return Row(
        f"{number:,} half heads", number, f"/ping {status} in {seconds:.2f} s", "200", status == 200
    )


async def _half_bodies(served: Served) -> Row:
    """Large bodies that are sent as far as they are read, and never finished."""
    before = served.memory()
    served.forget_peak()
    head = BODY_HEAD + b"Content-Length: %d\r\n\r\n" % BODY
    connections = []
    for _ in range(HALF_BODIES):
        connections.append(await connect(served.port))
        connections[-1].transport.write(head + b" " * (BODY - 1))
    end = time.perf_counter() + 10
    while time.perf_counter() < end and any(
        connection.transport.get_write_buffer_size() and not connection.transport.is_closing()
        for connection in connections
    ):
        await asyncio.sleep(0.1)
    status, _ = await _ping(served.port)
    more = served.peak() - before
    for connection in connections:
        connection.transport.abort()
    return Row(
        f"{HALF_BODIES} bodies of 20 MB, never finished",
        HALF_BODIES,
        f"{more:+.0f} MB, /ping {status}",
        "<= +400 MB, 200",
        more <= 400 and status == 200,
    )


async def _nearly_right(served: Served, seed: int, requests: int, seconds: float) -> Row:
    """Bodies, and whole requests, changed at random: none may be answered with 500, or by silence."""
    chance, end = random.Random(seed), time.perf_counter() + seconds
    whole, found, done = cases(2), [], 0
    body = whole.partition(b"\r\n\r\n")[2]
    types = ["application/json", "application/jsonlines", "text/csv", "application/x-npy"]

    async def one() -> None:
        nonlocal done
        connection: Connection | None = None
        while done < requests and time.perf_counter() < end:
            done += 1
            number = done
            if chance.random() < 0.1:
                data = _changed(whole, chance)
                status = await _say(served.port, data)
            else:
                data = request(_changed(body, chance), chance.choice(types))
                if connection is None or connection.transport.is_closing():
                    connection = await connect(served.port)
                try:
                    async with asyncio.timeout(15):
                        status, _ = await connection.ask(data)
                except (OSError, TimeoutError) as error:
                    found.append(f"no answer to number {number} of seed {seed}: {error!r}")
                    connection = None
                    continue
            if status == 500:
                found.append(f"500 for {data[:300]!r}")

    await asyncio.gather(*(one() for _ in range(8)))
    status, _ = await _ping(served.port)
    crashes = served.log.read_text().count("Traceback")
    return Row(
        "requests that are nearly right",
        done,
        f"{len(found)} answered with 500 or not at all, {crashes} tracebacks, /ping {status}",
        "0, 0, 200",
        not found and not crashes and status == 200,
        tuple(found[:5]),
    )


def _changed(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(changed))
        kind = chance.randrange(4)
        if kind == 0:
            changed[at] = chance.randrange(256)
        elif kind == 1:
            del changed[at : at + chance.randrange(1, 20)]
        elif kind == 2:
            changed[at:at] = chance.choice(
                (b"[", b"]", b"{", b",", b'"', b"1e999", b"-", b"null", b"\xff", b"NaN", b"9" * 400)
            )
        else:
            changed[at:at] = changed[at : at + chance.randrange(1, 50)]
        if not changed:
            return data
    return bytes(changed)


def _bodies(short: bool) -> dict[str, tuple[str, bytes]]:
    labels = [f"label {i}" for i in range(5_000)]
    matrix = {"name": "m", "labels": labels, "default": 1}
    good = rows_of_cancer(1)
    size = (2 if short else 25) * 10**6
    row = json.dumps(good[0]).encode()
    few = b"[" + b",".join([row] * (size // (len(row) + 1))) + b"]"
    keys = b",".join(b'"k%d": 1' % i for i in range(40_000))
    return {
        "5,000 labels": (
            "application/json",
            json.dumps({"instances": good, "cost_matrix": matrix}).encode(),
        ),
        "40,000 keys": ("application/json", b"[{" + keys + b"}]"),
        "many cases": ("application/json", few),
        "many ones": ("application/json", b"[[" + b"1," * (size // 2 - 3) + b"1]]"),
        "many brackets": ("application/json", b"[" * size),
        "many lists": ("application/json", b"[" + b"[]," * (size // 3 - 2) + b"[]]"),
        "many lines": ("application/jsonlines", b"1\n" * (size // 2)),
        "many cells": ("text/csv", (row[1:-1] + b"\n") * (size // len(row))),
        "many commas": ("text/csv", b"," * size),
    }


def _largest(served: Served, short: bool) -> Row:
    """The most memory that one request takes, of all processes together."""
    worst, name, found = 0.0, "", []

    async def ask(data: bytes) -> int:
        connection = await connect(served.port)
        status, _ = await connection.ask(data)
        connection.transport.close()
        return status

    bodies = _bodies(short)
    for what, (content_type, body) in bodies.items():
        asyncio.run(ask(cases(1)))
        served.forget_peak()
        before = served.memory()
        try:
            asyncio.run(ask(request(body, content_type)))
        except OSError as error:
            found.append(f"{what}: {error}")
        more = served.peak() - before
        if more > MOST_MB:
            found.append(f"{what}: {more:.0f} MB")
        if more > worst:
            worst, name = more, what
    return Row(
        "largest memory one request takes",
        len(bodies),
        f"{worst:.0f} MB ({name})",
        f"<= {MOST_MB} MB",
        not found,
        tuple(found),
    )


async def _stopped(served: Served) -> Row:
    """A request without end, one that sleeps, and one that kills: each is told, the next answered."""
    found = []
    connection = await connect(served.port)
    for number, asked in ((ENDLESS, 504), (ASLEEP, 504), (KILLED, 500)):
        status, _ = await connection.ask(cases(number))
        after, _ = await connection.ask(cases(1))
        if (status, after) != (asked, 200):
            found.append(f"{number} cases, {PLUGIN.name}: {status}, and the next {after}")
    return Row(
        "requests that stop or kill the process that decides",
        3,
        f"{len(found)} not told, or in the way of the next",
        "0",
        not found,
        tuple(found),
    )
