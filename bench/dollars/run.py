"""Runs the methods on the splits of the data sets, what has not been run yet.

    make bench-dollars DATA=DIR
    python bench/dollars/run.py --data DIR --rivals PYTHON [--autogluon PYTHON] [--method NAME ...]
                                [--splits N] [--again NAME] [--jobs N] [--results DIR] [DATASET ...]

PYTHON are the interpreters of environments with requirements-*.txt; without one its methods
are left out. DIR holds tables/, german_credit/ and gtsrb/; a data set that is missing is skipped.
Each split and method is a line of results.jsonl (see store.py); report.py makes the tables.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import ours
import task_files
from cases import DATASETS, Case, case
from judging import judged
from store import Store

from framework import FrameworkError

HERE = Path(__file__).parent
GROUPS: dict[str, tuple[str, ...]] = {
    "framework": ours.METHODS,
    "scikit-learn": (
        "forest",
        "extra trees",
        "histogram boosting",
        "logistic regression",
        "mean of scikit-learn's",
    ),
    "boosting": ("lightgbm", "catboost"),
    "with costs": (
        "empulse CSLogit",
        "empulse CSBoost",
        "costsensitive WeightedAllPairs",
        "costsensitive RegressionOneVsRest",
    ),
    "autogluon": ("autogluon",),
    "pictures": ("augmented CNN", "three augmented CNNs", "fine-tuned MobileNetV2"),
}
METHODS = tuple(name for group in GROUPS.values() for name in group)
RIVALS = (*GROUPS["scikit-learn"], *GROUPS["boosting"], *GROUPS["with costs"])


@dataclass(frozen=True)
class Program:
    """Who answers: ``command`` before the folder of the case and the names of methods."""

    methods: tuple[str, ...]
    command: tuple[str, ...]
    pictures: bool


def programs(options: argparse.Namespace) -> list[Program]:
    answer = str(HERE / "rivals" / "answer.py")
    found = []
    if options.rivals:
        found.append(Program(RIVALS, (options.rivals, answer), pictures=False))
    if options.autogluon:
        found.append(Program(GROUPS["autogluon"], (options.autogluon, answer), pictures=False))
    pictures = str(HERE / "rivals" / "pictures.py")
    return [*found, Program(GROUPS["pictures"], (sys.executable, pictures), pictures=True)]


def named(names: Sequence[str]) -> list[str]:
    """Methods by their names and those of groups, in the order in which they are run."""
    found = {method for name in names for method in GROUPS.get(name, (name,))}
    return [method for method in METHODS if method in found]


def run_case(one: Case, store: Store, options: argparse.Namespace) -> None:
    """All methods of one split that are wanted and not there."""
    missing = store.missing(
        one.name, one.number, named(options.method) or [*METHODS], named(options.again)
    )
    own = [name for name in missing if name in ours.METHODS]
    if own:
        place = (one.name, str(one.number), str(options.data))
        _answered(one, own, (sys.executable, str(HERE / "ours.py"), *place), store, options)
    for program in programs(options):
        names = [name for name in missing if name in program.methods]
        if names and program.pictures == one.is_pictures:
            _answered(one, names, program.command, store, options)


@cache
def commit() -> str:
    """Of the source that runs, with a mark if it was changed since; nothing outside a checkout."""
    command = ["git", "-C", str(HERE), "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _answered(
    one: Case,
    methods: Sequence[str],
    command: Sequence[str],
    store: Store,
    options: argparse.Namespace,
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        framework = store.results.get((one.name, one.number, ours.AUTO))
        # Those that take what time they get have as much as the framework took.
        seconds = framework.seconds if framework else options.seconds
        task_files.write(one, folder, seconds, options.threads)
        asked = [] if command[1].endswith("ours.py") else methods
        count = str(options.threads)
        one_each = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), count)
        one_each |= dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), count)
        subprocess.run([*command, str(folder), *asked], env={**os.environ, **one_each}, check=False)
        for method in methods:
            result = replace(judged(one, method, folder / f"{method}.npz"), commit=commit())
            store.add(result)
            told = result.failure or f"{result.costs[0]:12,.4f} dollars  {result.seconds:5.0f} s"
            print(f"{one.name} {one.number}: {told}  {method} {result.setting}", flush=True)


def main() -> None:
    known = [*GROUPS, *METHODS]
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=f"NAME is one of: {'; '.join(known)}"
    )
    parser.add_argument("datasets", nargs="*", default=[], metavar="DATASET", help=str([*DATASETS]))
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="DIR")
    parser.add_argument("--results", type=Path, default=Path("build/bench-dollars"), metavar="DIR")
    parser.add_argument("--rivals", metavar="PYTHON", help="with requirements-rivals.txt")
    parser.add_argument("--autogluon", metavar="PYTHON", help="with requirements-autogluon.txt")
    for option, words in (("--method", "this one alone"), ("--again", "though it is there")):
        several = {"action": "append", "default": [], "choices": known}
        parser.add_argument(option, metavar="NAME", help=f"{words}; may be repeated", **several)
    parser.add_argument("--splits", type=int, metavar="N", help="at most so many of each data set")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="splits at a time")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of each of them")
    parser.add_argument(
        "--seconds",
        type=float,
        default=60,
        metavar="S",
        help="for AutoGluon, where auto has not run",
    )
    options = parser.parse_args()
    store = Store(options.results)

    def run_split(place: tuple[str, int]) -> None:
        run_case(case(*place, options.data), store, options)

    with ThreadPoolExecutor(options.jobs) as pool:
        for name in options.datasets or DATASETS:
            splits = min(options.splits or DATASETS[name].splits, DATASETS[name].splits)
            try:
                list(pool.map(run_split, [(name, number) for number in range(splits)]))
            except FrameworkError as error:
                print(f"{name}: skipped: {error}", flush=True)


if __name__ == "__main__":
    main()
