"""A run with a thousand classes: seconds and memory of the run, seconds and size of its page and folder.

    python bench/many_classes.py [--classes 1000] [--cases 5000]

The costs are those of a tree: mistakes within a group of fifty classes are cheap, others dear. Run and page
are processes of their own; memory is their peak.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from framework import CostMatrix, Dataset, DatasetSpec, Registry, RunConfig, hookimpl, run
from framework.plugins.registry import Plugin

N_FEATURES, GROUP = 64, 50
STEP = """
import resource, sys, time
sys.path.insert(0, {here!r})
import many_classes
started = time.perf_counter()
many_classes.{step}({classes}, {cases}, {folder!r})
seconds = time.perf_counter() - started
print(seconds, time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10)
"""


def labels_of(n_classes: int) -> tuple[str, ...]:
    return tuple(f"class {k}" for k in range(n_classes))


def costs_of(n_classes: int) -> np.ndarray:
    """A few dollars within a group, hundreds to thousands between groups."""
    rng = np.random.default_rng(1)
    group = np.arange(n_classes) // GROUP
    costs = rng.uniform(200, 5000, (n_classes, n_classes)).round(2)
    costs[group[:, None] == group] = 5.0
    np.fill_diagonal(costs, 0)
    return costs


class Blobs:
    """Overlapping clouds of points, one per class."""

    def __init__(self, n_classes: int, n_test: int) -> None:
        self.n_classes, self.n_test = n_classes, n_test

    @hookimpl
    def fw_register_datasets(self) -> list[DatasetSpec]:
        return [
            DatasetSpec("blobs", labels_of(self.n_classes), self.load, default_model="logistic")
        ]

    def load(self) -> Dataset:
        rng = np.random.default_rng(0)
        n = 4 * self.n_test
        y = np.arange(n) % self.n_classes
        centres = rng.normal(size=(self.n_classes, N_FEATURES))
        return Dataset(centres[y] + rng.normal(size=(n, N_FEATURES)), y, labels_of(self.n_classes))


def one_run(n_classes: int, n_test: int, folder: str) -> None:
    registry = Registry(entry_points=[])
    registry.register(Blobs(n_classes, n_test), Plugin("bench", "bench", "0"))
    matrix = CostMatrix("tree", labels_of(n_classes), costs_of(n_classes))
    out = Path(folder) / "run"
    config = RunConfig(dataset="blobs", cost_matrix=matrix, epochs=3, report=False, out=out)
    run(config, registry)


def one_page(n_classes: int, n_test: int, folder: str) -> None:
    from framework.report.run.page import write_report

    write_report(Path(folder) / "run")


def measured(step: str, classes: int, cases: int, folder: str) -> list[float]:
    """Seconds by the clock and of the processors, and peak memory in MB, of a process."""
    code = STEP.format(
        here=str(Path(__file__).parent), step=step, classes=classes, cases=cases, folder=folder
    )
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True
    )
    return [float(number) for number in done.stdout.split()[-3:]]


def megabytes(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--cases", type=int, default=5000, help="of the test part")
    options = parser.parse_args()
    print(f"{options.classes:,} classes, {options.cases:,} test cases, three models:")
    with tempfile.TemporaryDirectory() as folder:
        for step, name in (("one_run", "run, 3 epochs"), ("one_page", "page")):
            clock, cpu, memory = measured(step, options.classes, options.cases, folder)
            print(
                f"  {name:16s} {clock:6.1f} s  {cpu:6.1f} CPU s  {memory:6,.0f} MB of memory",
                flush=True,
            )
        run_dir = Path(folder) / "run"
        print(f"  page             {megabytes(run_dir / 'report.html'):6.1f} MB")
        page = megabytes(run_dir / "report.html")
        print(f"  folder, page aside {megabytes(run_dir) - page:4.1f} MB:", end="")
        for part in sorted(run_dir.iterdir()):
            if megabytes(part) > 0.05 * megabytes(run_dir):
                print(f"  {part.name} {megabytes(part):.1f}", end="")
        print()


if __name__ == "__main__":
    main()
