"""One sweep, from a configuration and an axis to a folder of results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from framework.config.run_config import RunConfig
from framework.config.settings import OPTIONS
from framework.core.cost_matrix import CostMatrix
from framework.core.cost_matrix_cells import UNSEEN_CLASSES
from framework.core.cost_matrix_words import mistakes_in_words
from framework.core.dataset import split
from framework.core.errors import ConfigError
from framework.core.evaluation import accuracy, class_measures, confusion_matrix
from framework.core.words import currency
from framework.experiment import run_folder
from framework.experiment.loading import load_dataset
from framework.experiment.plan import plan
from framework.experiment.progress import Progress
from framework.experiment.remarks import remarks
from framework.experiment.trainer import Task
from framework.experiment.versions import versions
from framework.plugins.registry import Plugin, Registry
from framework.sweeping import folder
from framework.sweeping.analysis import Analysis
from framework.sweeping.axis import Axis, read_axis
from framework.sweeping.break_even import pareto_front
from framework.sweeping.models import TRAINED, SweepModel, train_models
from framework.sweeping.part import Part
from framework.sweeping.sensitivity import sensitivity

POINTS = 40
# Up to this many classes sweep.json holds whole confusion matrices.
MATRICES_UP_TO = 8


@dataclass(frozen=True, eq=False)
class SweepResult:
    """All models with their decisions, the axis, and ``data``: what sweep.json holds."""

    axis: Axis
    models: tuple[SweepModel, ...]
    data: dict[str, Any]
    run_dir: Path


def sweep(
    config: RunConfig,
    *,
    ratio: str | None = None,
    cells: str | None = None,
    points: int = POINTS,
    registry: Registry | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> SweepResult:
    """The figures of ``framework.api.sweep``, in a folder, without its page."""
    # References it leaves out itself; anything else would be ignored in silence.
    for name in {setting.name for setting in OPTIONS if not setting.swept} - {"references"}:
        if getattr(config, name) != RunConfig.model_fields[name].default:
            raise ConfigError(f"{name}: a sweep takes no such setting; leave it out")
    if len(config.cost_matrix) > 1:
        raise ConfigError(
            f"expected one cost matrix to sweep, received {len(config.cost_matrix)}; "
            "--evaluation-matrix names another one to judge by"
        )
    registry = registry or Registry()
    spec = registry.dataset(config.dataset)
    run_dir = run_folder.reserve(config.out, f"sweep-{config.dataset}")
    comparison = plan(config.model_copy(update={"references": False}), spec)
    resolved = config.resolved(
        spec.defaults, spec.default_model, needs_costs=comparison.needs_costs
    )
    matrix, judge = comparison.candidates[-1].matrix, comparison.judge
    assert matrix is not None
    axis = read_axis(ratio, cells, points, matrix)
    axis.check(judge)
    dataset = load_dataset(resolved, registry)
    parts = split(
        dataset,
        test_fraction=resolved.test_fraction,
        seed=resolved.split_seed,
        stratify=resolved.stratify,
        unseen_classes=UNSEEN_CLASSES in judge.allow,
    )
    resolved = resolved.settled(len(parts.train), pictures=dataset.X.ndim > 2)
    task = Task(resolved, registry, dataset)
    trained = train_models(task, parts, axis, matrix, judge, progress)
    seen = trained.validation.rows
    validation, test = (
        Part(
            dataset.y[rows],
            np.stack([getattr(model, part) for model in trained.models]),
            dataset.columns(judge.columns, rows),
            None if dataset.groups is None else dataset.groups[rows],
        )
        for part, rows in (("validation", seen), ("test", parts.test))
    )
    analysis = Analysis(trained.models, axis, judge, validation, test)
    with currency(judge.currency):
        present = analysis.present()
    used = [("dataset", resolved.dataset), ("model", resolved.model), ("loss", resolved.loss)]
    data = {
        "dataset": resolved.dataset,
        "labels": list(judge.labels),
        "decisions": list(judge.decision_labels),
        "n_train": len(parts.train),
        "n_validation": len(seen),
        "n_test": len(parts.test),
        "validation": trained.method,
        "evaluation_matrix": judge.name,
        "currency": judge.currency,
        "cost_sentences": list(
            mistakes_in_words(judge, np.bincount(dataset.y, minlength=judge.n_classes))
        ),
        "warnings": list(remarks(config, comparison, dataset, parts)),
        "training_matrix": matrix.name,
        "cost_matrices": comparison.origins,
        "axis": {
            "kind": axis.kind,
            "name": axis.name,
            "option": axis.option,
            "unit": axis.unit,
            "values": axis.values.tolist(),
            "present": axis.present(judge),
            "swept": np.argwhere(axis.swept).tolist(),
        },
        "models": _models(analysis),
        "recommended": trained.models[analysis.now].name,
        "present": {
            "rows": present,
            "oracle": float(analysis.test.oracle(judge).mean()),
            "break_evens": analysis.present_break_evens(),
        },
        "segments": analysis.segments(),
        "break_evens": _boundaries(analysis),
        "sensitivity": sensitivity(analysis),
        "ways": analysis.ways(),
        "oracle": analysis.oracle(),
        "training_against_moving": analysis.training_against_moving(),
        "networks": trained.networks,
        "train_seconds": trained.seconds,
        "run_dir": str(run_dir),
        "versions": versions(_plugins(registry, used)),
    }
    best = trained.models[analysis.now]
    to_train = None if best.family != TRAINED else axis.matrix(matrix, best.at or 0.0)
    folder.write(run_dir, resolved, data, judge, analysis.break_evens(), to_train)
    return SweepResult(axis, trained.models, data, run_dir)


def _models(analysis: Analysis) -> list[dict[str, Any]]:
    """Every model on both parts: its mistakes, and its dollars as a line along the axis."""
    told: list[dict[str, Any]] = [
        {"name": model.name, "family": model.family, "at": model.at} for model in analysis.models
    ]
    for name, part in (("validation", analysis.validation), ("test", analysis.test)):
        constant, slope = analysis.lines[name].means
        dollars = part.dollars(analysis.judge).mean(axis=0)
        bad = _trade(analysis, part)
        front = pareto_front(*bad)
        for k, made in enumerate(part.decisions):
            counts = confusion_matrix(
                part.y, made, (len(analysis.judge.labels), len(analysis.judge.decision_labels))
            )
            told[k][name] = {
                **_measures(counts, analysis.judge),
                "swept_mistakes": int(counts[:, : counts.shape[0]][analysis.axis.swept].sum()),
                "dollars_per_case": float(dollars[k]),
                "constant": float(constant[k]),
                "slope": float(slope[k]),
                "trade": [float(of[k]) for of in bad],
                "on_pareto_front": bool(front[k]),
            }
    return told


def _trade(analysis: Analysis, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """What is traded, of every model: swept mistakes against the others.

    Two classes: cases. More: dollars per case at the costs of the matrix.
    """
    wrong = part.decisions != part.y
    padded = np.zeros((len(analysis.judge.labels), len(analysis.judge.decision_labels)), dtype=bool)
    padded[:, : len(analysis.judge.labels)] = analysis.axis.swept
    swept = padded[part.y, part.decisions]
    if len(analysis.judge.labels) == 2:
        return (wrong & ~swept).sum(axis=1), swept.sum(axis=1)
    lost = -part.dollars(analysis.judge).T
    return (lost * ~swept).mean(axis=1), (lost * swept).mean(axis=1)


def _measures(counts: np.ndarray, judge: CostMatrix) -> dict[str, Any]:
    measures: dict[str, Any] = {"accuracy": accuracy(counts)}
    if len(counts) <= MATRICES_UP_TO:
        measures["confusion_matrix"] = counts.tolist()
    if len(counts) == 2:
        positive = class_measures(counts, judge.labels)[judge.labels[1]]
        measures |= {"recall": positive.recall, "precision": positive.precision}
    return measures


def _boundaries(analysis: Analysis) -> list[dict[str, Any]]:
    """Where the recommendation changes, with the test part's break-even of the same two models."""
    numbers = {model.name: k for k, model in enumerate(analysis.models)}
    segments = analysis.segments()
    return [
        {
            "below": before["model"],
            "above": after["model"],
            "validation": after["low"],
            "test": analysis.break_even(numbers[after["model"]], numbers[before["model"]]),
        }
        for before, after in pairwise(segments)
    ]


def _plugins(registry: Registry, used: list[tuple[str, str]]) -> list[Plugin]:
    return [registry.offer(kind, name).plugin for kind, name in used]
