"""Test dollars of our strategies and of the peers, on the same splits.

    make bench-dollars
    python bench/dollars/run.py --peers PYTHON [--data DIR] [--repeats N] [DATASET ...]

PYTHON is the interpreter of an environment with peers-requirements.txt. DIR holds german_credit/
and gtsrb/ (see the plugins for where to get them); a data set that is missing there is skipped.
Standard errors are over splits, which share cases: they tell how much a split matters, not how
sure the difference is on new data.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from cases import DATASETS, Case

from framework import DatasetSpec, FrameworkError, Registry, RunConfig, hookimpl, run
from framework.core.decision import minimum_expected_cost
from framework.experiment.candidates import DECISION, EQUAL_AUTO
from framework.plugins.registry import Plugin

HERE = Path(__file__).parent


def ours(case: Case) -> dict[str, np.ndarray]:
    """Decisions on the test part: plain Keras, what is free beside it, and auto."""
    dataset = replace(case.dataset, test=case.test)

    class ThisCase:
        @hookimpl
        def fw_register_datasets(self):
            return [DatasetSpec("this_case", dataset.labels, lambda: dataset)]

    registry = Registry(entry_points=[])
    registry.register(ThisCase(), Plugin("bench", "bench", "0"))
    with tempfile.TemporaryDirectory() as folder:
        config = RunConfig(
            dataset="this_case",
            cost_matrix=case.matrix,
            strategy="auto",
            seed=case.seed,
            report=False,
            out=Path(folder) / "run",
            **case.settings,
        )
        result = run(config, registry)
    auto = result.model(case.matrix.name)
    p = result.baseline.probabilities
    print(f"    auto chose: {auto.choice.strategy}", flush=True)
    return {
        "Keras: cross-entropy, argmax": p.argmax(axis=1),
        "Keras: cross-entropy, minimum expected cost": minimum_expected_cost(
            p, case.matrix.dollar_costs()
        ),
        "framework: equal costs, calibrated, cheapest decision": result.model(DECISION).decisions,
        "framework: --strategy auto, equal costs": result.model(EQUAL_AUTO).decisions,
        "framework: --strategy auto": auto.decisions,
        "framework: what the auto run serves": result.model(result.served.model).decisions,
    }


def peers(case: Case, python: str) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        given, taken = Path(folder) / "case.npz", Path(folder) / "decisions.json"
        case.save(given)
        subprocess.run([python, str(HERE / "peers.py"), str(given), str(taken)], check=True)
        answers = json.loads(taken.read_text())
    return {name: answer["decisions"] for name, answer in answers.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("datasets", nargs="*", default=[], metavar="DATASET", help=str([*DATASETS]))
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter of the peers' environment")
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="DIR")
    parser.add_argument("--repeats", type=int, metavar="N", help="instead of each set's own number")
    options = parser.parse_args()
    for name in options.datasets or DATASETS:
        cases, repeats = DATASETS[name]
        dollars: dict[str, list[float]] = {}
        failed: dict[str, str] = {}
        started = time.perf_counter()
        try:
            for number, case in enumerate(cases(options.repeats or repeats, options.data), 1):
                print(f"  {name}, case {number}", flush=True)
                answers = {**ours(case), **(peers(case, options.peers) if options.peers else {})}
                y, costs = case.dataset.y[case.test], case.matrix.dollar_costs()
                for method, decisions in answers.items():
                    if isinstance(decisions, str):
                        failed[method] = decisions
                    else:
                        dollars.setdefault(method, []).append(-float(costs[y, decisions].mean()))
                        print(f"    {dollars[method][-1]:12,.4f}  {method}", flush=True)
        except FrameworkError as error:
            print(f"{name}: skipped: {error}")
            continue
        seconds = time.perf_counter() - started
        print_table(name, cases.__doc__ or "", dollars, failed, seconds)


def print_table(
    name: str,
    about: str,
    dollars: dict[str, list[float]],
    failed: dict[str, str],
    seconds: float,
) -> None:
    n = len(next(iter(dollars.values())))
    print(f"\n### {name}: dollars per test case (negative = a loss), {n} splits, {seconds:.0f} s")
    print(f"{about.splitlines()[0]}\n")
    print("| method | mean | std. error | auto is cheaper in |\n|---|---|---|---|")
    auto = np.array(dollars["framework: --strategy auto"])
    for method, values in sorted(dollars.items(), key=lambda item: -np.mean(item[1])):
        error = np.std(values, ddof=1) / np.sqrt(n) if n > 1 else float("nan")
        wins = f"{(auto > np.array(values)).sum()} of {n}"
        print(f"| {method} | {np.mean(values):,.4g} | {error:,.2g} | {wins} |")
    for method, reason in failed.items():
        print(f"| {method} | failed: {reason.splitlines()[0]} | | |")
    print(flush=True)


if __name__ == "__main__":
    main()
