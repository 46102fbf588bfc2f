"""The framework's answers to one case: fw run --strategy auto, row by row.

python ours.py DATASET SPLIT DATA FOLDER
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from cases import Case, case

from framework import Registry, RunConfig, hookimpl, run
from framework.experiment.choosing.candidates import DECISION, EQUAL_AUTO
from framework.experiment.results.run_result import RunResult
from framework.plugins.registry import Plugin

AUTO = "framework: auto"
ARGMAX = "framework: baseline, likeliest class"
BASELINE = "framework: baseline, cheapest decision"
WITH_COSTS = "framework: auto, trained with costs"
SERVED = "framework: what auto serves"
# As a ladder: each adds something to the one before.
METHODS = (ARGMAX, BASELINE, AUTO, WITH_COSTS, SERVED)


def carried_out(case: Case) -> tuple[RunResult, float]:
    """One run for the bench matrix, and its seconds of the processor."""

    class ThisCase:
        @hookimpl
        def fw_register_datasets(self):
            return [case.spec]

    registry = Registry(entry_points=[])
    registry.register(ThisCase(), Plugin("bench", "bench", "0"))
    with tempfile.TemporaryDirectory() as folder:
        config = RunConfig(
            dataset=case.spec.name,
            cost_matrix=case.matrices.bench,
            references=False,
            strategy="auto",
            seed=case.number,
            report=False,
            out=Path(folder) / "run",
            **case.settings,
        )
        started = time.process_time()
        result = run(config, registry)
        return result, time.process_time() - started


def answers(case: Case, result: RunResult) -> dict[str, dict[str, np.ndarray]]:
    """Probabilities that serve every matrix; of what is trained with costs, decisions for that one."""
    auto, baseline = result.model(EQUAL_AUTO), result.model(DECISION)
    likeliest = result.baseline.probabilities.argmax(axis=1)
    served = result.model(result.served.model)
    return {
        ARGMAX: {"decisions": np.tile(likeliest, (len(case.matrices.all), 1))},
        BASELINE: {"probabilities": baseline.stated.probabilities},
        AUTO: {"probabilities": auto.stated.probabilities},
        WITH_COSTS: {"decisions": result.model(case.matrices.bench.name).decisions[None]},
        SERVED: {"decisions": served.decisions[None]},
    }


def main() -> None:
    name, number, data, folder = sys.argv[1:]
    one = case(name, int(number), Path(data))
    result, seconds = carried_out(one)
    for method, found in answers(one, result).items():
        setting = str(result.model(EQUAL_AUTO).choice.strategy) if method == AUTO else ""
        path = Path(folder) / f"{method}.npz"
        np.savez(path, seconds=seconds, setting=setting, **found)


if __name__ == "__main__":
    main()
