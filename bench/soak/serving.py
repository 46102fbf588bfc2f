"""`fw serve` under load and under attack: what it answers, how fast, and with how much memory.

    python bench/soak/serving.py [--seconds 300] [--seed 1] [--short]

Everything is on loopback. What takes long is bounded by its share of the seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import http_attacks
import load
from load import closed, for_seconds, paced
from rows import Row
from served import Served, server, train

CLIENTS = 256
BURST, BURSTS = 100, 20
REQUESTS, MOST_MB = 200_000, 20
RELOADS, ASKED = 20, 10_000
# Rows of a request of which one worker decides some hundred a second: its own work is what is short.
ROWS = 200


def soak(seconds: float, seed: int, *, short: bool) -> list[Row]:
    """Try it all, in about ``seconds``; ``short`` leaves out what needs an idle machine."""
    with tempfile.TemporaryDirectory(prefix="fw-soak-") as folder:
        run = train(Path(folder) / "run")
        rows: list[Row] = []
        with server(run, "--model", "medical") as served:
            one, many = http_attacks.cases(1), http_attacks.cases(ROWS)
            if not short:
                rows += _told([_many_clients(served, one, seconds / 25)])
                rows += _told([_bursts(served, one, seed)])
                rows += _told(_overload(served, many, seconds / 15, seed))
            rows += _told([_memory(served, one, seconds / 3, 2_000 if short else REQUESTS)])
            rows += _told(http_attacks.tried(served, seed, 300 if short else 100_000, seconds / 10))
        rows += _told(http_attacks.with_short_limits(run))
        reloads, asked = (1, 100) if short else (RELOADS, ASKED)
        rows += _told([_reloads(run, Path(folder), reloads, asked, max(60, seconds / 3))])
    return rows


def _told(rows: list[Row]) -> list[Row]:
    for row in rows:
        print(f"{'ok  ' if row.ok else 'FAIL'} {row.what}: {row.measured}", file=sys.stderr)
        for line in row.found:
            print(f"     {line}", file=sys.stderr)
    return rows


def _many_clients(served: Served, data: bytes, seconds: float) -> Row:
    rate, found = {}, []
    _run(closed(served.port, data, 8, for_seconds(1)))
    for clients in (2, CLIENTS):
        outcome = _run(closed(served.port, data, clients, for_seconds(seconds)))
        rate[clients] = outcome.count(200) / seconds
        found += outcome.failures[:3]
    ratio = rate[CLIENTS] / rate[2]
    return Row(
        f"answers a second at {CLIENTS} clients / at 2",
        int(sum(rate.values()) * seconds),
        f"{ratio:.2f} ({rate[CLIENTS]:.0f} / {rate[2]:.0f})",
        ">= 0.95",
        ratio >= 0.95 and not found,
        tuple(found),
    )


def _bursts(served: Served, data: bytes, seed: int) -> Row:
    """Bursts of requests, each on a connection of its own, beside 40 % of what two clients get."""
    capacity = _run(closed(served.port, data, 2, for_seconds(2))).count(200) / 2

    async def both() -> list[int]:
        beside = asyncio.create_task(paced(served.port, data, 0.4 * capacity, BURSTS * 0.5, seed))
        refused = []
        for _ in range(BURSTS):
            outcome = await closed(served.port, data, BURST, lambda sent: sent >= BURST)
            refused.append(len(outcome.sent) - outcome.count(200))
            await asyncio.sleep(0.3)
        outcome = await beside
        return [*refused, len(outcome.sent) - outcome.count(200)]

    refused = sum(_run(both()))
    return Row(f"bursts of {BURST} at 40 % load", BURSTS, f"{refused} refused", "0", refused == 0)


def _overload(served: Served, data: bytes, seconds: float, seed: int) -> list[Row]:
    """Requests at random moments, more of them than there can be answers; after a second of it."""
    alone = _run(closed(served.port, data, 1, for_seconds(seconds / 2)))
    capacity = _run(closed(served.port, data, 8, for_seconds(seconds / 2))).count(200)
    capacity /= seconds / 2
    rows = []
    for times in (3, 10):
        started = time.perf_counter()
        outcome = _run(paced(served.port, data, times * capacity, seconds, seed))
        slow, fast = outcome.percentile(0.99, started + 1), alone.percentile(0.99)
        measured = f"{slow / fast:.1f} ({slow * 1000:.0f} / {fast * 1000:.0f} ms)"
        good = outcome.count(200) / seconds / capacity
        asked, ok = ("<= 3", slow <= 3 * fast) if times == 3 else (">= 50% answered", good >= 0.5)
        rows.append(
            Row(
                f"p99 of accepted at {times} x capacity / unloaded",
                len(outcome.sent),
                f"{measured}; {good:.0%} of capacity answered",
                asked,
                ok,
                tuple(outcome.failures[:3]),
            )
        )
    return rows


def _memory(served: Served, data: bytes, seconds: float, requests: int) -> Row:
    """Of all processes of the server, before and after many requests."""
    _run(closed(served.port, data, 8, lambda sent: sent >= min(2_000, requests)))
    before, end = served.memory(), time.perf_counter() + seconds
    outcome = _run(
        closed(served.port, data, 8, lambda sent: sent >= requests or time.perf_counter() > end)
    )
    more, wrong = served.memory() - before, len(outcome.sent) - outcome.count(200)
    return Row(
        f"memory after {len(outcome.sent):,} requests",
        len(outcome.sent),
        f"{more:+.1f} MB, {wrong} not answered",
        f"<= +{MOST_MB} MB, 0",
        more <= MOST_MB and wrong == 0 and not outcome.failures,
        tuple(outcome.failures[:3]),
    )


def _reloads(run: Path, folder: Path, reloads: int, asked: int, seconds: float) -> Row:
    """Requests go on while the model is replaced again and again by another one."""
    end = time.perf_counter() + seconds
    for name in ("medical", "built-in"):
        shutil.copytree(run / "models" / name, folder / name)
    link = folder / "now"
    link.symlink_to(folder / "medical")
    named: set[bytes] = set()
    switches: list[int] = []

    def heard(status: int, whole: bytes) -> None:
        if status == 200:
            head, _, body = whole.partition(b"\r\n\r\n")
            told = head.split(b"x-model: ", 1)[1].split(b"\r\n", 1)[0]
            named.add(told if b'"model": "' + told + b'"' in body else b"nothing")

    async def replaced(served: Served) -> None:
        for number in range(reloads):
            if time.perf_counter() > end:
                return
            new = link.with_name("new")
            new.symlink_to(folder / ("built-in", "medical")[number % 2])
            new.replace(link)
            served.reload()
            done = number + 1
            while served.log.read_text().count(" is served in place of ") < done:
                await asyncio.sleep(0.1)
                if time.perf_counter() > end + 60:
                    return
            switches.append(done)

    async def both(served: Served) -> load.Outcome:
        replacing = asyncio.create_task(replaced(served))
        return await closed(
            served.port,
            http_attacks.cases(1),
            2,
            lambda sent: sent >= asked and replacing.done(),
            heard,
        )

    with server(link) as served:
        outcome = _run(both(served))
    wrong = len(outcome.sent) - outcome.count(200) + len(outcome.failures)
    versions = {name.split(b"@")[0] for name in named}
    return Row(
        f"{len(switches)} reloads, requests going on",
        len(outcome.sent),
        f"{wrong} failed, {len(named)} models named",
        "0 failed, 2 models named",
        wrong == 0
        and len(switches) == reloads
        and versions == {b"medical", b"built-in"}
        and len(named) == 2,
        tuple(outcome.failures[:3]),
    )


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    rows = soak(options.seconds, options.seed, short=options.short)
    raise SystemExit(0 if all(row.ok for row in rows) else 1)


if __name__ == "__main__":
    main()
