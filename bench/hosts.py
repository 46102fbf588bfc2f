"""How many cases a second two hosts train on that share a table, against one; each has one core.

    python bench/hosts.py [--rows 2000000] [--batch-size 8192 32768] [--epochs 4]

Both are processes of this machine, each bound to a core of its own, that train one network from files of
their own cases; the first epoch, which compiles, does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from framework.data.case_file import CaseFile, CaseFileWriter, Layout

COLUMNS, UNITS, BLOCK = 30, 64, 50_000


def write(folder: Path, rows: int) -> None:
    """Cases of two classes, which a sum of their features parts with some noise."""
    draw = np.random.default_rng(0)
    with CaseFileWriter(folder, layout(rows), "cases") as writer:
        for size in writer.layout.sizes:
            X = draw.standard_normal((size, COLUMNS), np.float32)
            y = (X[:, :5].sum(axis=1) + draw.standard_normal(size) > 0).astype(np.int64)
            writer.write(X, y, {})


def layout(rows: int) -> Layout:
    sizes = [min(BLOCK, rows - start) for start in range(0, rows, BLOCK)]
    return Layout.of(sizes, COLUMNS, "<f4", 2, ())


def train_share(folder: Path, rows: int, batch_size: int, epochs: int) -> None:
    """As one host: print the seconds of every epoch."""
    from framework.training.hosts import join

    join()
    from framework.core.backend import keras
    from framework.core.losses import cross_entropy
    from framework.core.scaling import Scaling
    from framework.training.jobs import Cases, Job, Settings
    from framework.training.loop import train

    def build() -> keras.Model:
        hidden = [keras.layers.Dense(UNITS, "relu") for _ in range(2)]
        return keras.Sequential(
            [keras.Input((COLUMNS,)), *hidden, keras.layers.Dense(2, "softmax")]
        )

    stream = CaseFile(folder, layout(rows), np.array([rows, rows]), "cases")
    some = stream.read(0)
    ends = [time.perf_counter()]
    job = Job(cross_entropy, 1 - np.eye(2), 0, np.arange(len(some)), Scaling.fit(some.X))
    settings = Settings(lambda: keras.optimizers.Adam(1e-3), epochs + 1, batch_size)
    train(
        build,
        [job],
        Cases(some.X, some.y, some.y, stream),
        settings,
        lambda *_: ends.append(time.perf_counter()),
    )
    print("SECONDS", json.dumps(np.diff(ends).tolist()), flush=True)


def cases_a_second(count: int, rows: int, batch_size: int, epochs: int) -> float:
    ports = []
    for _ in range(count):
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            ports.append(one.getsockname()[1])
    workers = [f"127.0.0.1:{port}" for port in ports]
    with tempfile.TemporaryDirectory() as name:
        hosts = []
        for index, core in zip(range(count), sorted(os.sched_getaffinity(0)), strict=False):
            folder = Path(name) / str(index)
            folder.mkdir()
            write(folder, rows // count)
            cluster = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
            words = [sys.executable, __file__, "--share", str(folder), "--rows", str(rows // count)]
            words += ["--batch-size", str(batch_size), "--epochs", str(epochs)]
            env = {**os.environ, **({"TF_CONFIG": json.dumps(cluster)} if count > 1 else {})}
            hosts.append((core, words, env))
        running = [
            subprocess.Popen(
                ["taskset", "--cpu-list", str(core), *words],
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            for core, words, env in hosts
        ]
        told = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        raise SystemExit(f"a host of {count} ended with {[p.returncode for p in running]}")
    seconds = json.loads(told[0].partition("SECONDS")[2])
    return rows / float(np.median(seconds[1:]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--batch-size", type=int, nargs="+", default=[8192, 32_768])
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--share", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.share is not None:
        train_share(options.share, options.rows, options.batch_size[0], options.epochs)
        return
    if len(os.sched_getaffinity(0)) < 2:
        raise SystemExit("two cores are needed, one for each host")
    for size in options.batch_size:
        one, two = (cases_a_second(count, options.rows, size, options.epochs) for count in (1, 2))
        print(
            f"batches of {size:,}: one host {one:,.0f} cases a second, two {two:,.0f}: {two / one:.2f} times"
        )


if __name__ == "__main__":
    main()
