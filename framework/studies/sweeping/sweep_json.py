"""What a sweep found out as one JSON object: what sweep.json holds and ``fw sweep --json`` prints."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from framework.core.cases.dataset import Dataset
from framework.core.cases.splitting import Split
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_words import mistakes_in_words
from framework.core.evaluation.evaluation import accuracy, class_measures, confusion_matrix
from framework.core.words import currency
from framework.experiment.choosing.plan import ResolvedRun
from framework.experiment.results.remarks import remarks
from framework.experiment.versions import versions
from framework.plugins.registry import Plugin
from framework.studies.sweeping.analysis import Analysis
from framework.studies.sweeping.break_even import pareto_front
from framework.studies.sweeping.models import SweepModels
from framework.studies.sweeping.part import Part
from framework.studies.sweeping.sensitivity import sensitivity

# Up to this many classes sweep.json holds whole confusion matrices.
MATRICES_UP_TO = 8


def told(
    plan: ResolvedRun, dataset: Dataset, parts: Split, trained: SweepModels, analysis: Analysis
) -> dict[str, Any]:
    """All figures; ``fw report`` and the terminal show nothing else."""
    judge, axis = analysis.judge, analysis.axis
    counts = np.bincount(dataset.y, minlength=judge.n_classes)
    if dataset.stream is not None:  # of which these are a sample
        counts = dataset.training_counts(parts.train)
    with currency(*judge.money):
        present = analysis.present()
    return {
        "dataset": plan.config.dataset,
        "labels": list(judge.labels),
        "decisions": list(judge.decision_labels),
        "actions": list(judge.actions),
        "n_train": int(dataset.training_counts(parts.train).sum()),
        "n_validation": len(trained.validation.rows),
        "n_test": len(parts.test),
        "validation": trained.validation.method,
        "evaluation_matrix": judge.name,
        "currency": judge.currency,
        "largest_cost": judge.money[1],
        "cost_sentences": list(mistakes_in_words(judge, counts)),
        "warnings": list(remarks(plan, dataset, parts)),
        "training_matrix": plan.candidates[-1].name,
        "cost_matrices": plan.origins,
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
        "pooled": plan.config.strategy == "auto",
        "networks": trained.networks,
        "train_seconds": trained.seconds,
        "versions": versions(_plugins_used(plan, plan.settled(dataset, parts).model)),
    }


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
                "swept_mistakes": int(
                    counts[:, : len(analysis.judge.acts)][analysis.axis.swept].sum()
                ),
                "dollars_per_case": float(dollars[k]),
                "constant": float(constant[k]),
                "slope": float(slope[k]),
                "trade": [float(of[k]) for of in bad],
                "on_pareto_front": bool(front[k]),
            }
    return told


def _trade(analysis: Analysis, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """What is traded, of every model: swept mistakes against the others.

    Two classes: cases. More, or actions: dollars per case at the costs of the matrix.
    """
    judge = analysis.judge
    wrong = part.decisions != part.y
    padded = np.zeros((len(judge.labels), len(judge.decision_labels)), dtype=bool)
    padded[:, : len(judge.acts)] = analysis.axis.swept
    swept = padded[part.y, part.decisions]
    if len(judge.labels) == 2 and not judge.actions:
        return (wrong & ~swept).sum(axis=1), swept.sum(axis=1)
    lost = -part.dollars(judge).T
    return (lost * ~swept).mean(axis=1), (lost * swept).mean(axis=1)


def _measures(counts: np.ndarray, judge: CostMatrix) -> dict[str, Any]:
    measures: dict[str, Any] = {"accuracy": accuracy(counts, judge)}
    if len(counts) <= MATRICES_UP_TO:
        measures["confusion_matrix"] = counts.tolist()
    if len(counts) == 2 and not judge.actions:
        positive = class_measures(counts, judge)[judge.labels[1]]
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


def _plugins_used(plan: ResolvedRun, model: str) -> list[Plugin]:
    return [
        plan.dataset.plugin,
        plan.offers.models[model].plugin,
        plan.offers.losses[plan.config.loss].plugin,
    ]
