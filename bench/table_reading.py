"""What a table in a CSV costs against the same numbers in an .npy: whole runs of one epoch.

    python bench/table_reading.py [--cases 1000000] [--columns 30] [--rounds 2]

Both are whole processes, started in turn: reading, recognising the columns, training, judging.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

FW = str(Path(sys.executable).with_name("fw"))
FROM_ARRAY = """
import sys
import numpy as np
from framework import DatasetSpec, Registry, RunConfig, hookimpl, run
from framework.core import process

process.is_commands_own = True

@hookimpl
def fw_register_datasets():
    load = lambda: (np.load("X.npy"), np.load("y.npy"))
    return [DatasetSpec("array", ("no", "yes"), load)]

registry = Registry()
registry.register(sys.modules[__name__])
run(RunConfig(dataset="array", cost=["yes->no=5", "no->yes=1"], epochs=1, report=False), registry)
"""
FROM_CSV = (
    *("run", "t.csv", "--target", "label", "--cost", "yes->no=5", "--cost", "no->yes=1"),
    *("--epochs", "1", "--no-report"),
)


def write(folder: Path, cases: int, columns: int) -> None:
    rng = np.random.default_rng(0)
    X = np.round(rng.normal(size=(cases, columns)), 6)
    y = (X[:, 0] + rng.normal(size=cases) > 1).astype(int)
    np.save(folder / "X.npy", X)
    np.save(folder / "y.npy", y)
    with (folder / "t.csv").open("w") as file:
        print(*(f"x{j}" for j in range(columns)), "label", sep=",", file=file)
        for row, label in zip(X.tolist(), y.tolist(), strict=True):
            print(*row, "yes" if label else "no", sep=",", file=file)


def used(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds of wall time and of CPU."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, given.cases, given.columns)
        commands = {"csv": [FW, *FROM_CSV], "npy": [sys.executable, "-c", FROM_ARRAY]}
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(given.rounds):
            for name, command in commands.items():
                times[name].append(used(command, folder))
                time.sleep(1)  # the next run folder has another name
    print(f"Whole runs of one epoch, {given.cases:,} cases x {given.columns} columns:")
    for name, of_name in times.items():
        wall, cpu = (statistics.median(values) for values in zip(*of_name, strict=True))
        print(f"  {name}: {wall:6.1f} s wall, {cpu:6.1f} s CPU")
    ratios = [
        statistics.median(a[k] / b[k] for a, b in zip(times["csv"], times["npy"], strict=True))
        for k in (0, 1)
    ]
    print(f"csv / npy: {ratios[0]:.2f} wall, {ratios[1]:.2f} CPU")


if __name__ == "__main__":
    main()
