"""Time and size of the report of a run with 43 classes.

python bench/report.py
"""

import tempfile
import time
from pathlib import Path

import numpy as np

from framework import CostMatrix, Dataset, DatasetSpec, Registry, RunConfig, hookimpl, run
from framework.plugins.registry import Plugin
from framework.report.run.page import write_report

N_CLASSES, N_CASES, N_FEATURES = 43, 8_000, 30
LABELS = tuple(f"class_{k}" for k in range(N_CLASSES))


class Blobs:
    """Overlapping clouds of points, one per class."""

    @hookimpl
    def fw_register_datasets(self):
        return [DatasetSpec("blobs", LABELS, self.load, default_model="logistic")]

    @staticmethod
    def load():
        rng = np.random.default_rng(0)
        y = np.arange(N_CASES) % N_CLASSES
        centres = rng.normal(size=(N_CLASSES, N_FEATURES))
        return Dataset(centres[y] + rng.normal(size=(N_CASES, N_FEATURES)), y, LABELS)


def main():
    costs = np.random.default_rng(1).uniform(1, 5000, (N_CLASSES, N_CLASSES))
    np.fill_diagonal(costs, 0)
    registry = Registry(entry_points=[])
    registry.register(Blobs(), Plugin("bench", "bench", "0"))
    with tempfile.TemporaryDirectory() as folder:
        config = RunConfig(
            dataset="blobs",
            cost_matrix=CostMatrix("random", LABELS, costs),
            epochs=5,
            report=False,
            out=Path(folder) / "run",
        )
        run_dir = run(config, registry).run_dir
        started = time.perf_counter()
        path = write_report(run_dir)
        seconds = time.perf_counter() - started
        size = path.stat().st_size / 2**20
    print(
        f"Report of {N_CLASSES} classes, {N_CASES // 4:,} test cases: {seconds:.1f} s, {size:.2f} MB"
    )


if __name__ == "__main__":
    main()
