"""The models of several run folders judged by one matrix, from their stored predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.cost_matrix import CostMatrix
from framework.core.errors import ConfigError, CostMatrixError
from framework.core.evaluation import accuracy, case_costs, confusion_matrix, costs_of_truths
from framework.core.intervals import (
    Difference,
    Interval,
    mean_interval,
    not_excluded,
    paired_difference,
    reach,
    support,
    unpaired_difference,
)
from framework.core.selection import level_of_best, of_best
from framework.core.words import money, plural, quoted
from framework.experiment.stored_run import RunData, read_run
from framework.experiment.training_part import constant_decision
from framework.plugins.matrix_lookup import find_matrix
from framework.plugins.registry import Registry


@dataclass(frozen=True, eq=False)
class TestPart:
    """Cases that one or more runs were tested on, their costs, and what bounds any model on them.

    ``costs`` are dollars (N, M), or (n, N, M); ``groups`` (n,) what belongs together.
    ``constant_dollars`` and ``oracle_dollars`` (n,) are those of the constant decision that was
    best on the run's training part, and of the best decision for every case; negative = a loss.
    """

    cases: tuple[str, ...]
    y_true: IntArray
    costs: FloatArray
    groups: NDArray[Any] | None
    constant: str
    constant_dollars: FloatArray
    oracle_dollars: FloatArray


@dataclass(frozen=True, eq=False)
class Compared:
    """One model: where it comes from, and how its decisions fare under the common judge.

    ``best_of`` is how many it was found to be the best of on the very cases that judge it; its
    intervals and probabilities know of that.
    """

    name: str
    runs: tuple[str, ...]
    part: TestPart
    decisions: IntArray
    counts: IntArray
    case_dollars: FloatArray
    auc: float | None
    best_of: int = 1

    @property
    def label(self) -> str:
        return f"{self.name} ({', '.join(self.runs)})"

    @cached_property
    def interval(self) -> Interval:
        part, level = self.part, level_of_best(self.best_of)
        return mean_interval(self.case_dollars, support(part.costs), part.groups, level=level)

    @property
    def dollars_per_case(self) -> float:
        return float(self.case_dollars.mean())

    @property
    def accuracy(self) -> float | None:
        return accuracy(self.counts)

    @cached_property
    def saved(self) -> Difference:
        """Against the constant decision, on the same cases."""
        part, level = self.part, level_of_best(self.best_of)
        saved = paired_difference(
            self.case_dollars, part.constant_dollars, reach(part.costs), part.groups, level=level
        )
        return of_best(saved, self.best_of)

    @property
    def not_excluded(self) -> str | None:
        """What cannot be excluded, where no dear mistake of the model was seen."""
        return not_excluded(self.interval, self.case_dollars, support(self.part.costs), money)

    @property
    def savings(self) -> float | None:
        """Share of the way from the constant decision to the oracle."""
        constant = float(self.part.constant_dollars.mean())
        way = float(self.part.oracle_dollars.mean()) - constant
        return (self.dollars_per_case - constant) / way if way > 0 else None


@dataclass(frozen=True, eq=False)
class Comparison:
    """Models of several runs, those that lost least first, and the matrix that judged them all.

    The first was found on the very cases that judge it: its intervals, and those of what the others
    lose against it, know of the choice among all.
    """

    dataset: str
    judge: CostMatrix
    models: tuple[Compared, ...]
    parts: tuple[TestPart, ...]

    @property
    def cheapest(self) -> Compared:
        return self.models[0]

    @property
    def verdict(self) -> str:
        """Which model lost least, or that none of them is better than no model at all."""
        best = self.cheapest
        saved = best.saved.interval
        if saved.mean < 0:
            sure = saved.high is not None and saved.high < 0
            beats = "beats" if sure else "is shown to beat"
            return f"No model {beats} always deciding {quoted(best.part.constant)}"
        n = plural(len(best.part.cases), "case")
        if len(self.parts) > 1:
            return f"{quoted(best.name)} lost least, on its own {n}"
        return f"{quoted(best.name)} lost least on these {n}"

    @property
    def statement(self) -> str:
        """What differences rest on."""
        if len(self.parts) == 1:
            n = len(self.parts[0].cases)
            return f"All models decided the same {n:,} test cases: differences are paired."
        common = set.intersection(*(set(part.cases) for part in self.parts))
        return (
            f"The runs were tested on {len(self.parts)} different test parts, which share "
            f"{len(common):,} cases. Differences between models of different parts are NOT paired: "
            "part of each is that some cases are easier than others."
        )

    def difference(self, first: Compared, second: Compared) -> Difference:
        """First minus second (positive: the first is cheaper); paired where they share the cases."""
        if self.models.index(first) > self.models.index(second):
            return self.difference(second, first).reversed()
        best_of = max(1, len(self.models) - 1) if first is self.cheapest else 1
        level = level_of_best(best_of)
        one, other = first.part, second.part
        if one is other:
            told = paired_difference(
                first.case_dollars, second.case_dollars, reach(one.costs), one.groups, level=level
            )
        else:
            told = unpaired_difference(
                first.case_dollars,
                second.case_dollars,
                (support(one.costs), support(other.costs)),
                (one.groups, other.groups),
                level=level,
            )
        return of_best(told, best_of)

    def to_json(self) -> dict[str, Any]:
        """What ``fw compare --json`` prints."""
        return {
            "dataset": self.dataset,
            "evaluation_matrix": self.judge.name,
            "paired": len(self.parts) == 1,
            "statement": self.statement,
            "cheapest": self.cheapest.label,
            "best_of": self.cheapest.best_of,
            "models": [_model(model, self.parts) for model in self.models],
            "test_parts": [
                {
                    "n_test": len(part.cases),
                    "constant_decision": part.constant,
                    "constant_dollars_per_case": float(part.constant_dollars.mean()),
                    "oracle_dollars_per_case": float(part.oracle_dollars.mean()),
                }
                for part in self.parts
            ],
            "differences": [
                {
                    "first": first.label,
                    "second": second.label,
                    "paired": first.part is second.part,
                    **self.difference(first, second).to_json(),
                }
                for k, first in enumerate(self.models)
                for second in self.models[k + 1 :]
            ],
        }


def find_judge(run_dirs: Sequence[Path], name: str | None) -> CostMatrix:
    """The matrix called ``name``, or the one of the first run.

    Raises
    ------
    CostMatrixError, ArtifactError
        When there is no such matrix, or it is about other labels.
    """
    first = read_run(run_dirs[0])
    if name is None:
        return first.matrix
    registry = Registry()
    offered = {offer.spec.name for offer in registry.of_kind("dataset")}
    dataset = first.metrics["dataset"]
    specs = [registry.dataset(dataset)] if dataset in offered else []
    return find_matrix(name, specs).matrix.aligned(first.labels)


def compare(run_dirs: Sequence[Path], judge: CostMatrix) -> Comparison:
    """Judge all models of ``run_dirs`` by ``judge``, by the decisions they made in their runs.

    A model that several runs share, with the same decisions on the same cases, is told once.

    Raises
    ------
    ConfigError
        When the runs are of different datasets or labels.
    CostMatrixError
        When ``judge`` cannot price what was decided.
    ArtifactError
        When a folder is not that of a run.
    """
    runs = [read_run(run_dir) for run_dir in run_dirs]
    for run_dir, run in zip(run_dirs, runs, strict=True):
        _check(run_dirs[0], runs[0], run_dir, run, judge)
    names = _names(run_dirs)
    parts: dict[tuple[str, ...], TestPart] = {}
    models: list[Compared] = []
    for name, run in zip(names, runs, strict=True):
        order = np.array(sorted(range(len(run.cases)), key=lambda k: _number(run.cases[k])))
        cases = tuple(run.cases[k] for k in order)
        y = run.y_true[order]
        part = parts.get(cases)
        if part is None:
            part = parts[cases] = _part(run, judge, cases, order)
        elif not np.array_equal(part.y_true, y):
            raise ConfigError(
                f"{name}: its test cases have the same numbers as those of {names[0]}, but other "
                "true classes; the runs saw different data and cannot be compared"
            )
        for model in run.models:
            decisions = model.decisions[order]
            same = next(
                (
                    k
                    for k, other in enumerate(models)
                    if other.name == model.name
                    and other.part is part
                    and np.array_equal(other.decisions, decisions)
                ),
                None,
            )
            if same is not None:
                models[same] = replace(models[same], runs=(*models[same].runs, name))
                continue
            models.append(
                Compared(
                    name=model.name,
                    runs=(name,),
                    part=part,
                    decisions=decisions,
                    counts=confusion_matrix(
                        y, decisions, (len(judge.labels), len(judge.decision_labels))
                    ),
                    case_dollars=-case_costs(y, decisions, part.costs),
                    auc=model.metrics["auc"],
                )
            )
    models.sort(key=lambda model: -model.dollars_per_case)
    models[0] = replace(models[0], best_of=len(models))
    return Comparison(str(runs[0].metrics["dataset"]), judge, tuple(models), tuple(parts.values()))


def _check(first_dir: Path, first: RunData, run_dir: Path, run: RunData, judge: CostMatrix) -> None:
    if run.metrics["dataset"] != first.metrics["dataset"] or run.labels != first.labels:
        raise ConfigError(
            f'{run_dir} is a run of "{run.metrics["dataset"]}" ({", ".join(run.labels)}), '
            f'{first_dir} of "{first.metrics["dataset"]}" ({", ".join(first.labels)}); only runs of '
            "one dataset can be compared"
        )
    missing = [name for name in judge.columns if name not in run.columns]
    if missing:
        raise CostMatrixError(
            f'the costs of "{judge.name}" depend on the column {", ".join(missing)}, which {run_dir} '
            "does not hold; judge by it in a run of its own"
        )
    if len(run.decision_labels) > len(judge.decision_labels):
        raise CostMatrixError(
            f'{run_dir} refers cases to a person, but "{judge.name}" has no cost for that; judge by '
            'a matrix that has "refer"'
        )


def _part(run: RunData, judge: CostMatrix, cases: tuple[str, ...], order: IntArray) -> TestPart:
    y = run.y_true[order]
    costs = judge.dollar_costs({name: values[order] for name, values in run.columns.items()})
    worth = -costs_of_truths(y, costs)
    best = constant_decision(run, judge)
    return TestPart(
        cases=cases,
        y_true=y,
        costs=costs,
        groups=None if run.groups is None else run.groups[order],
        constant=judge.decision_labels[best],
        constant_dollars=worth[:, best],
        oracle_dollars=worth.max(axis=1),
    )


def _names(run_dirs: Sequence[Path]) -> list[str]:
    """Folder names, or whole paths where two folders have one name."""
    names = [run_dir.resolve().name for run_dir in run_dirs]
    if len(set(names)) < len(names):
        names = [str(run_dir) for run_dir in run_dirs]
    if len(set(names)) < len(names):
        raise ConfigError(f"a run is named twice: {', '.join(names)}")
    return names


def _number(case: str) -> tuple[int, str]:
    return (int(case), "") if case.isdigit() else (0, case)


def _model(model: Compared, parts: Sequence[TestPart]) -> dict[str, Any]:
    return {
        "name": model.label,
        "model": model.name,
        "runs": list(model.runs),
        "test_part": next(k for k, part in enumerate(parts) if part is model.part),
        "dollars_per_case": model.dollars_per_case,
        "interval": model.interval.to_json(),
        "saved_against_constant": model.saved.to_json(),
        "savings": model.savings,
        "accuracy": model.accuracy,
        "auc": model.auc,
        "confusion_matrix": model.counts.tolist(),
    }
