"""Answers of rivals to one case; run in an environment of their own (requirements-*.txt).

    python answer.py FOLDER METHOD ...

FOLDER holds columns.parquet (all cases) and task.npz; METHOD.npz is written beside them for each
method: probabilities or decisions of the test part, seconds of the processor (the machine may be shared),
the setting that was chosen; or why there are none.
"""

from __future__ import annotations

import importlib
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from calibrating import Answer, Task
from preparing import GAP, of_text

# method -> module and function
METHODS = {
    "forest": ("scikit", "forest"),
    "extra trees": ("scikit", "extra_trees"),
    "histogram boosting": ("scikit", "histogram_boosting"),
    "logistic regression": ("scikit", "logistic_regression"),
    "lightgbm": ("boosting", "lightgbm"),
    "catboost": ("boosting", "catboost"),
    "empulse CSLogit": ("with_costs", "empulse_logit"),
    "empulse CSBoost": ("with_costs", "empulse_boost"),
    "costsensitive WeightedAllPairs": ("with_costs", "costsensitive_all_pairs"),
    "costsensitive RegressionOneVsRest": ("with_costs", "costsensitive_regression"),
    "autogluon": ("autogluon_tabular", "autogluon"),
}
MEAN = "mean of scikit-learn's"
OF_THE_MEAN = ("forest", "extra trees", "histogram boosting", "logistic regression")


def read(folder: Path) -> Task:
    given = np.load(folder / "task.npz")
    frame = pd.read_parquet(folder / "columns.parquet")
    frame = frame.assign(
        **{name: frame[name].fillna(GAP).astype(object) for name in of_text(frame)}
    )
    test = given["test"]
    return Task(
        train=frame[~test].reset_index(drop=True),
        y=given["y_train"],
        test=frame[test].reset_index(drop=True),
        n_classes=int(given["n_classes"]),
        seed=int(given["seed"]),
        costs=given["costs"],
        seconds=float(given["seconds"]),
        threads=int(given["threads"]),
    )


def main() -> None:
    folder, methods = Path(sys.argv[1]), sys.argv[2:]
    task = read(folder)
    answers: dict[str, tuple[Answer, float]] = {}
    wanted = [method for method in methods if method != MEAN]
    if MEAN in methods:
        wanted = [*dict.fromkeys([*OF_THE_MEAN, *wanted])]
    for method in wanted:
        answers[method] = _answer(task, method, folder)
    if MEAN in methods and all(answers.get(name) for name in OF_THE_MEAN):
        from scikit import mean

        parts = [answers[name] for name in OF_THE_MEAN]
        answer = mean(task, [part for part, _ in parts])
        _write(folder, MEAN, answer, sum(seconds for _, seconds in parts))


def _answer(task: Task, method: str, folder: Path) -> tuple[Answer, float] | None:
    module, function = METHODS[method]
    started = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            answer = getattr(importlib.import_module(module), function)(task)
        except Exception as error:  # a rival's failure is a result, told in the table
            np.savez(folder / f"{method}.npz", failure=f"{type(error).__name__}: {error}")
            return None
    seconds = time.process_time() - started
    _write(folder, method, answer, seconds)
    return answer, seconds


def _write(folder: Path, method: str, answer: Answer, seconds: float) -> None:
    found = {"probabilities": answer.test, "decisions": answer.decisions}
    found = {name: values for name, values in found.items() if values is not None}
    np.savez(folder / f"{method}.npz", seconds=seconds, setting=answer.setting, **found)


if __name__ == "__main__":
    main()
