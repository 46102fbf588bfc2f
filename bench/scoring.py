"""What deciding a large table takes: processor time a million rows, and memory, as the table grows.

    python bench/scoring.py [--rows 500000 2000000] [--columns 30]

`fw predict` of Parquet and of the same rows as CSV, each a process, with a small network; and what
`fw evaluate` takes of its answers.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

FW = str(Path(sys.executable).with_name("fw"))
MEGABYTE = 2**10  # of the kilobytes in which Linux tells
TRAINING_ROWS = 20_000
RUN = (
    *("run", "training.csv", "--target", "label", "--cost", "no->yes=1", "--cost", "yes->no=5"),
    *("--epochs", "2", "--no-report", "--out", "run"),
)


def used(words: tuple[str, ...], folder: Path) -> tuple[float, float]:
    """CPU seconds and the most megabytes of the process."""
    process = subprocess.Popen([FW, *words], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"fw {' '.join(words)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MEGABYTE


def write(folder: Path, rows: int, columns: int, names: tuple[str, ...]) -> None:
    """Numbers, a category and a label that depends on the first number, under each of the ``names``."""
    numbers = ", ".join(f"round(random() * 2 - 1, 6) AS x{k}" for k in range(columns - 1))
    levels = "['phone', 'mail', 'web'][1 + (range % 3)] AS channel"
    label = "CASE WHEN x0 + random() > 1 THEN 'yes' ELSE 'no' END AS label"
    with duckdb.connect() as database:
        database.execute("SET enable_progress_bar = false; SELECT setseed(0.5)")
        for name in names:
            kind = "(FORMAT parquet)" if name.endswith("parquet") else "(HEADER)"
            drawn = f"SELECT range AS id, {numbers}, {levels} FROM range({rows})"
            database.execute(f"COPY (SELECT *, {label} FROM ({drawn})) TO '{folder / name}' {kind}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[500_000, 2_000_000])
    parser.add_argument("--columns", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, TRAINING_ROWS, options.columns, ("training.csv",))
        used(RUN, folder)
        print("| rows | what | CPU s a million rows | MB |\n|--:|---|--:|--:|")
        for rows in options.rows:
            write(folder, rows, options.columns, ("cases.parquet", "cases.csv"))
            keep = ("--keep", "id", "--keep", "label")
            costs = ("--cost-matrix", "run/cost_matrix.json")
            for words in (
                ("predict", "run", "cases.parquet", *keep, "--out", "answers.parquet"),
                ("predict", "run", "cases.csv", *keep, "--out", "answers.csv"),
                (
                    "evaluate",
                    "answers.parquet",
                    "--truth",
                    "label",
                    "--probabilities",
                    "p(*)",
                    *costs,
                ),
            ):
                seconds, megabytes = used(words, folder)
                what = f"fw {words[0]}, {words[1 if words[0] == 'evaluate' else 2]}"
                print(
                    f"| {rows:,} | {what} | {seconds / rows * 1e6:.1f} | {megabytes:.0f} |",
                    flush=True,
                )
            for path in folder.glob("*s.*"):
                path.unlink()


if __name__ == "__main__":
    main()
