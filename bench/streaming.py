"""A table larger than memory: processor time, memory and disk of a run, as the table grows.

    python bench/streaming.py [--rows 1000000 10000000] [--columns 30] [--model logistic] [--keep FOLDER]

Writes Parquet of so many rows by so many numbers, and runs `fw run` on it: two networks (cross-entropy, and
with costs), one epoch of batches of 4,096, judged. A hundred million rows (`--rows 10000000 100000000`) take
30 GB of disk and a quarter of an hour.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet

FW = str(Path(sys.executable).with_name("fw"))
ROWS_OF_A_FILE = 1_000_000
COSTS = ("--cost", "paid->lost=1", "--cost", "lost->paid=5")


@dataclass(frozen=True)
class Used:
    """What a run has taken: processor seconds, the most megabytes of its process and of its scratch."""

    rows: int
    seconds: float
    megabytes: float
    scratch: float

    @property
    def line(self) -> str:
        return (
            f"| {self.rows:,} | {self.seconds:.0f} | {self.rows / self.seconds / 1e6:.2f} | "
            f"{self.megabytes:,.0f} | {self.scratch / 1e3:.1f} |"
        )


def write(folder: Path, rows: int, columns: int) -> None:
    """Files of normal numbers; every sixteenth case or so is lost, by a logistic law."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = np.random.default_rng(0).normal(size=columns).astype(np.float32) / columns**0.5
    names = [f"x{k}" for k in range(columns)]
    for number, start in enumerate(range(0, rows, ROWS_OF_A_FILE)):
        path = folder / f"part-{number:05}.parquet"
        if path.exists():
            continue
        rng = np.random.default_rng(number)
        n = min(ROWS_OF_A_FILE, rows - start)
        X = rng.standard_normal((columns, n), dtype=np.float32)
        p = 1 / (1 + np.exp(3.4 - 1.5 * (weights @ X)))
        labels = np.where(rng.random(n, dtype=np.float32) < p, "lost", "paid")
        table = pyarrow.table({**dict(zip(names, X, strict=True)), "label": labels})
        pyarrow.parquet.write_table(
            table, path, row_group_size=100_000, use_dictionary=["label"], compression="snappy"
        )


def run(folder: Path, rows: int, model: str) -> Used:
    """One run in a process of its own, whose scratch is looked at as it works."""
    words = ("run", str(folder), "--target", "label", *COSTS, "--stream", "yes", "--no-report")
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        place = Path(name)
        process = subprocess.Popen(
            (FW, *words, "--model", model, "--epochs", "1", "--batch-size", "4096", "--out", "run"),
            cwd=place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        scratch = 0
        while True:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            scratch = max(scratch, *(path.stat().st_size for path in place.rglob("cases.bin")), 0)
            if ended:
                break
            time.sleep(0.2)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"fw {' '.join(words)} ended with {process.returncode}")
    return Used(rows, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**10, scratch / 1e6)


def growth(small: Used, large: Used) -> str:
    """What further rows take, of the two largest sizes."""
    more = (large.rows - small.rows) / 1e6
    return (
        f"From {small.rows:,} rows to {large.rows:,}: {large.seconds / small.seconds:.1f} times the CPU "
        f"seconds, {large.megabytes / small.megabytes:.2f} times the memory. Each further million rows takes "
        f"{(large.seconds - small.seconds) / more:.2f} CPU s "
        f"({more / (large.seconds - small.seconds):.2f} million rows a CPU second); all that does not grow "
        f"{small.seconds - small.rows * (large.seconds - small.seconds) / more / 1e6:.0f} CPU s."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--model", default="logistic")
    parser.add_argument(
        "--keep", type=Path, help="A folder for the tables, which stay there (default: none)."
    )
    options = parser.parse_args()
    print("| rows | CPU s | million rows a CPU s | MB | scratch, GB |\n|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as name:
        found = []
        for rows in sorted(options.rows):
            folder = (options.keep or Path(name)) / f"{rows}x{options.columns}"
            write(folder, rows, options.columns)
            found.append(run(folder, rows, options.model))
            print(found[-1].line, flush=True)
        if len(found) > 1:
            print(growth(*found[-2:]))


if __name__ == "__main__":
    main()
