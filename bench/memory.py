"""Peak memory of a run whose table is in memory, beside what the process takes with a small one.

    python bench/memory.py [--rows 1000000] [--columns 30] [--model mlp]

The table is a dataset's array of float64. Each run is a process of its own.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from framework import CostMatrix, Dataset, DatasetSpec, Registry, RunConfig, hookimpl, run
from framework.plugins.registry import Plugin

LABELS = ("no", "yes")
SMALL = 20_000
GOAL = 1.3
STEP = """
import resource, sys
sys.path.insert(0, {here!r})
import memory
memory.one_run({rows}, {columns}, {model!r}, {folder!r})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10)
"""


class Numbers:
    """Cases of which the first feature tells the class."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns = rows, columns

    @hookimpl
    def fw_register_datasets(self) -> list[DatasetSpec]:
        return [DatasetSpec("numbers", LABELS, self.load)]

    def load(self) -> Dataset:
        rng = np.random.default_rng(0)
        X = np.empty((self.rows, self.columns))
        rng.random(out=X)
        return Dataset(X, (X[:, 0] + rng.random(self.rows) > 1.4).astype(np.int64), LABELS)


def one_run(rows: int, columns: int, model: str, folder: str) -> None:
    registry = Registry(entry_points=[])
    registry.register(Numbers(rows, columns), Plugin("bench", "bench", "0"))
    matrix = CostMatrix("five", LABELS, np.array([[0.0, 1.0], [5.0, 0.0]]))
    out = Path(folder) / f"run-{rows}"
    run(
        RunConfig(
            dataset="numbers",
            cost_matrix=matrix,
            model=model,
            epochs=1,
            batch_size=1024,
            report=False,
            out=out,
        ),
        registry,
    )


def megabytes(rows: int, columns: int, model: str, folder: str) -> float:
    """Peak memory of a process that makes a run."""
    here = str(Path(__file__).parent)
    code = STEP.format(here=here, rows=rows, columns=columns, model=model, folder=folder)
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--model", default="mlp")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        few, many = (
            megabytes(rows, options.columns, options.model, folder)
            for rows in (SMALL, options.rows)
        )
    data = options.rows * options.columns * 8 / 2**20
    print(
        f"peak memory, {options.rows:,} rows x {options.columns} of float64 in memory, {options.model}: "
        f"{many:,.0f} MB; {few:,.0f} MB and {(many - few) / data:.2f} x data "
        f"({data:,.0f} MB; goal: {GOAL})"
    )


if __name__ == "__main__":
    main()
