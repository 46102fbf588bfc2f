"""Latency and throughput of `fw serve` over HTTP, beside Flask with model.predict per request.

    python bench/serving.py [--requests 2000] [--seconds 5] [--clients 8]

Both serve the same model on the same machine, one after the other; clients keep their connections. What `fw
serve` answers at most is asked by many connections in one thread, which takes less of the processors.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from soak.load import closed, request

HERE = Path(__file__).parent
FW = str(Path(sys.executable).with_name("fw"))
CONNECTIONS = 256


@contextlib.contextmanager
def server(command: list[str], port: int) -> Iterator[float]:
    """A server process; gives the seconds until /ping answered 200."""
    with tempfile.TemporaryFile() as log:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            while not answers(port):
                if process.poll() is not None:
                    log.seek(0)
                    raise SystemExit(log.read().decode())
                time.sleep(0.02)
            yield time.perf_counter() - started
        finally:
            process.terminate()
            process.wait()


def answers(port: int) -> bool:
    try:
        return Client(port, "").get("/ping") == 200
    except OSError:
        return False


class Client:
    """One connection, kept alive."""

    def __init__(self, port: int, content_type: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Content-Type": content_type}

    def get(self, path: str) -> int:
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        response.read()
        return response.status

    def post(self, body: bytes) -> None:
        self.connection.request("POST", "/invocations", body, self.headers)
        response = self.connection.getresponse()
        text = response.read()
        assert response.status == 200, text


def seconds_each(client: Client, body: bytes, times: int) -> np.ndarray:
    taken = np.empty(times)
    for i in range(times):
        started = time.perf_counter()
        client.post(body)
        taken[i] = time.perf_counter() - started
    return taken


def per_second(port: int, body: bytes, clients: int, seconds: float) -> float:
    """Requests a second of several clients at once."""
    end = time.perf_counter() + seconds

    def ask(_: int) -> int:
        client, done = Client(port, "application/json"), 0
        while time.perf_counter() < end:
            client.post(body)
            done += 1
        return done

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(ask, range(clients))) / seconds


def at_most(port: int, body: bytes, seconds: float) -> float:
    """Answers a second to many connections, each of which asks again as soon as it is answered."""
    end = time.perf_counter() + seconds
    asked = closed(port, request(body), CONNECTIONS, lambda _: time.perf_counter() > end)
    outcome = asyncio.run(asked)
    if outcome.failures or outcome.count(200) < len(outcome.statuses):
        raise SystemExit(f"not all was answered: {outcome.failures[:3]}, {set(outcome.statuses)}")
    return len(outcome.statuses) / seconds


def milliseconds(taken: np.ndarray) -> str:
    p50, p99 = np.percentile(taken, [50, 99]) * 1000
    return f"p50 {p50:6.2f} ms, p99 {p99:6.2f} ms"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def rows_of_cancer() -> tuple[bytes, bytes]:
    """One row, and a thousand, as JSON."""
    from sklearn.datasets import load_breast_cancer

    X = load_breast_cancer().data
    many = X[np.arange(1000) % len(X)].tolist()
    return tuple(json.dumps({"instances": rows}).encode() for rows in ([many[0]], many))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args()
    one, thousand = rows_of_cancer()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        subprocess.run(
            [FW, "run", "breast_cancer", "--cost-matrix", "medical.json", "--out", str(run)],
            check=True,
            capture_output=True,
        )
        port = free_port()
        command = [FW, "serve", str(run), "--model", "medical", "--port", str(port)]
        with server(command, port) as ready:
            client = Client(port, "application/json")
            seconds_each(client, one, 100)
            single = seconds_each(client, one, options.requests)
            batch = seconds_each(client, thousand, 20)
            ours = per_second(port, one, options.clients, options.seconds)
            most = at_most(port, one, options.seconds)
        port = free_port()
        model = run / "models" / "medical" / "model.keras"
        command = [sys.executable, str(HERE / "flask_predict.py"), str(model), str(port)]
        with server(command, port) as flask_ready:
            client = Client(port, "application/json")
            seconds_each(client, one, 20)
            flask_single = seconds_each(client, one, options.requests // 10)
            flask = per_second(port, one, options.clients, options.seconds)
    by_one, by_thousand = 1 / single.mean(), 1000 / batch.mean()
    print(f"from process start to /ping: fw serve {ready:.1f} s, Flask {flask_ready:.1f} s")
    print(f"one row:  fw serve {milliseconds(single)}   (goal: p99 below 25 ms)")
    print(f"          Flask    {milliseconds(flask_single)}")
    print(
        f"rows a second: {by_thousand:,.0f} by the thousand, {by_one:,.0f} one by one: "
        f"{by_thousand / by_one:.0f} times as many (goal: 20)"
    )
    print(
        f"{options.clients} clients at once, requests a second: fw serve {ours:,.0f}, "
        f"Flask {flask:,.0f}: {ours / flask:.1f} times as many (goal: 5)"
    )
    print(f"{CONNECTIONS} connections, rows a second, one a request: {most:,.0f} (goal: 3,000)")


if __name__ == "__main__":
    main()
