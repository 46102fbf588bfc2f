"""The models of several run folders judged by one matrix, from their stored predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import case_costs
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.prevalence import check_judged, target_shares
from framework.core.errors import ConfigError, CostMatrixError
from framework.core.evaluation.evaluation import accuracy, confusion_matrix
from framework.core.evaluation.references import constant_dollars, oracle_dollars
from framework.core.steps import counted
from framework.experiment.stored_runs.compared_models import ComparedModel, Comparison, TestPart
from framework.experiment.stored_runs.run_data import ModelData, RunData
from framework.experiment.stored_runs.stored_run import read_run
from framework.experiment.stored_runs.training_part import constant_decision, training_shares
from framework.plugins.matrix_lookup import find_matrix
from framework.plugins.registry import Registry


def compare(
    run_dirs: Sequence[Path],
    judge: CostMatrix | str | None = None,
    prevalence: Mapping[str, float] = MappingProxyType({}),
) -> Comparison:
    """Judge all models of ``run_dirs`` by ``judge``, by the decisions they made in their runs.

    ``judge`` is a matrix, the name of one, or (None) that of the first run. ``prevalence`` are shares of
    labels; without, they are the judge's if it is another one than the first run's, else that run's. A
    model that several runs share, with the same decisions on the same cases, is told once.

    Raises
    ------
    ConfigError
        When the runs are of different datasets or labels, or there is no such prevalence.
    CostMatrixError
        When there is no such matrix, it is about other labels or other actions, or cannot price what
        was decided.
    ArtifactError
        When a folder is not that of a run.
    """
    runs = [read_run(run_dir) for run_dir in counted(run_dirs, "reading runs")]
    named = prevalence
    if judge is not None:
        judge = _judge(runs[0], judge)
        named = named or judge.prevalence
    target = _target(runs[0], named)
    judge = _judge(runs[0], judge)
    for run_dir, run in zip(run_dirs, runs, strict=True):
        _check(run_dirs[0], runs[0], run_dir, run, judge)
    names = _names(run_dirs)
    parts: dict[tuple[str, ...], TestPart] = {}
    models: list[ComparedModel] = []
    for name, run in counted(list(zip(names, runs, strict=True)), "judging"):
        order = np.array(sorted(range(len(run.cases)), key=lambda k: _number(run.cases[k])))
        cases = tuple(run.cases[k] for k in order)
        y = run.y_true[order]
        part = parts.get(cases)
        if part is None:
            part = parts[cases] = _part(run, judge, target, cases, order)
        elif not np.array_equal(part.y_true, y):
            raise ConfigError(
                f"{name}: its test cases have the same numbers as those of {names[0]}, but other "
                "true classes; the runs saw different data and cannot be compared"
            )
        for model in run.models:
            decisions = model.decisions[order]
            for k, other in enumerate(models):
                alike = other.name == model.name and other.part is part
                if alike and np.array_equal(other.decisions, decisions):
                    models[k] = replace(other, runs=(*other.runs, name))
                    break
            else:
                models.append(_compared(model, name, part, decisions, judge))
    models.sort(key=lambda model: -model.dollars_per_case)
    models[0] = replace(models[0], best_of=len(models))
    return Comparison(
        dataset=str(runs[0].metrics["dataset"]),
        judge=judge,
        models=tuple(models),
        parts=tuple(parts.values()),
        one_population=all(_meant_for(run, target) for run in runs),
    )


def _compared(
    model: ModelData, run: str, part: TestPart, decisions: IntArray, judge: CostMatrix
) -> ComparedModel:
    """``model`` of the run of that name, by its ``decisions`` on the cases of ``part``."""
    shape = (len(judge.labels), len(judge.decision_labels))
    counts = confusion_matrix(part.y_true, decisions, shape)
    return ComparedModel(
        name=model.name,
        runs=(run,),
        part=part,
        decisions=decisions,
        counts=counts,
        case_dollars=-case_costs(part.y_true, decisions, part.costs),
        accuracy=accuracy(part.judged.weights[:, None] * counts, judge),
        auc=model.metrics["auc"],
    )


def _judge(first: RunData, wanted: CostMatrix | str | None) -> CostMatrix:
    if wanted is None:
        return first.matrix
    if isinstance(wanted, CostMatrix):
        return wanted
    registry = Registry()
    offered = {offer.spec.name for offer in registry.of_kind("dataset")}
    dataset = first.metrics["dataset"]
    specs = [registry.dataset(dataset)] if dataset in offered else []
    return find_matrix(wanted, specs).matrix.aligned(first.labels)


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
    if run.matrix.acts != judge.acts:
        ours, theirs = ", ".join(run.matrix.acts), ", ".join(judge.acts)
        raise CostMatrixError(
            f'the models of {run_dir} decided for one of: {ours}; "{judge.name}" prices: {theirs}. '
            "Only decisions for the same actions can be judged by one matrix; judge by one that names "
            "these, in their order, or run again"
        )
    if len(run.decision_labels) > len(judge.decision_labels):
        raise CostMatrixError(
            f'{run_dir} refers cases to a person, but "{judge.name}" has no cost for that; judge by '
            'a matrix that has "refer"'
        )


def _target(first: RunData, named: Mapping[str, float]) -> FloatArray | None:
    """The shares of the classes that all runs are judged at."""
    if not named:
        return None if first.mix is None else first.mix.target
    target = target_shares(named, first.labels, training_shares(first))
    check_judged(named, first.labels, first.y_true)
    return target


def _meant_for(run: RunData, target: FloatArray | None) -> bool:
    own = None if run.mix is None else run.mix.target
    if own is None or target is None:
        return own is target
    return bool(np.allclose(own, target))


def _part(
    run: RunData,
    judge: CostMatrix,
    target: FloatArray | None,
    cases: tuple[str, ...],
    order: IntArray,
) -> TestPart:
    y = run.y_true[order]
    costs = judge.dollar_costs({name: values[order] for name, values in run.columns.items()})
    best = constant_decision(run, judge, target)
    return TestPart(
        cases=cases,
        y_true=y,
        costs=costs,
        groups=None if run.groups is None else run.groups[order],
        target=target,
        totals=None if run.mix is None else run.mix.tested,
        constant=judge.decision_labels[best],
        constant_dollars=constant_dollars(y, costs, best),
        oracle_dollars=oracle_dollars(y, costs),
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
