"""Runs of several jobs as one: the models of all, on the same test cases, by the same matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from framework.core.errors import ConfigError
from framework.core.uncertainty.intervals import Difference
from framework.core.uncertainty.multiple_comparisons import level_of_best
from framework.core.words import currency
from framework.experiment.results.verdict import sentence
from framework.experiment.stored_runs.run_data import ModelData, RunData


def merged(runs: Sequence[RunData], jobs: Sequence[str]) -> RunData:
    """The first run with the models of the others added.

    A model that decides every case as one of the same name does is kept once (the baseline that
    each job trained); another one of that name is kept too, as ``NAME (JOB)``.

    Parameters
    ----------
    runs : sequence of RunData
    jobs : sequence of str
        The name of the job that each run comes from.

    Raises
    ------
    ConfigError
        When the runs are of other cases or another matrix, and so cannot be compared.
    """
    first, models = runs[0], dict[str, ModelData]()
    told: list[RunData] = []
    for run, job in zip(runs, jobs, strict=True):
        _check_comparable(first, run)
        run = _renamed(
            run,
            {
                model.name: f"{model.name} ({job})"
                for model in run.models
                if model.name in models and not _alike(models[model.name], model)
            },
        )
        told.append(run)
        for model in run.models:
            models.setdefault(model.name, model)
    origins: dict[str, str] = {}
    for run in reversed(told):
        origins |= run.metrics["cost_matrices"]
    # Each job chose on its validation cases what it serves; of these, the best on such cases.
    best = max(told, key=lambda run: _validated(run.served))
    served = dict(best.metrics["served"])
    if len(told) > 1:
        served["reason"] = (
            f"of what the {len(told)} jobs serve, it lost least in validation; in its own job, "
            f"{served['reason']}"
        )
    metrics = {
        **best.metrics,
        "models": [model.metrics for model in models.values()],
        "served": served,
        "lost_least": _lost_least(told, len(models)),
        "steps": list({str(step): step for run in told for step in run.metrics["steps"]}.values()),
        "cost_matrices": origins,
        "warnings": list(dict.fromkeys(text for run in told for text in run.metrics["warnings"])),
    }
    return replace(first, metrics=metrics, models=tuple(models.values()))


def _check_comparable(first: RunData, run: RunData) -> None:
    if run.cases != first.cases or not np.array_equal(run.y_true, first.y_true):
        raise ConfigError("the jobs have different test cases; their models cannot be compared")
    if run.matrix.to_dict() != first.matrix.to_dict():
        raise ConfigError(
            f'one job is judged by "{first.matrix.name}", another by "{run.matrix.name}"; '
            "their models cannot be compared"
        )
    if run.metrics.get("prevalence") != first.metrics.get("prevalence"):
        raise ConfigError(
            "the jobs are judged at different shares of the classes (prevalence); their models "
            "cannot be compared"
        )


def _lost_least(runs: Sequence[RunData], k: int) -> dict[str, Any]:
    """Which of ``k`` models lost least on the test part, and the interval that knows of the choice."""
    run = max(runs, key=lambda run: run.model(run.metrics["lost_least"]["model"]).dollars_per_case)
    least = run.model(run.metrics["lost_least"]["model"])
    if "seeds" in least.metrics:
        # Its figure is a mean over seeds, and a run folder has the cases of the first one alone.
        # The interval that its own job found knows all seeds, and of that job's models only.
        return dict(run.metrics["lost_least"])
    interval = run.judged.interval(least.case_dollars, level_of_best(k))
    return {"model": least.name, "interval": interval.to_json()}


def _alike(one: ModelData, other: ModelData) -> bool:
    """Whether two models decide alike, by all seeds."""
    decided = np.array_equal(one.decisions, other.decisions)
    return decided and one.dollars_per_case == other.dollars_per_case


def _validated(model: ModelData) -> float:
    return float(model.metrics["validation"]["dollars_per_case"])


def _renamed(run: RunData, names: Mapping[str, str]) -> RunData:
    """``run`` with its models under other names, wherever they are told of."""
    if not names:
        return run

    def name(old: str) -> str:
        return names.get(old, old)

    models = []
    for model in run.models:
        rivals = {name(rival): of for rival, of in model.metrics["saved_against"].items()}
        metrics = {**model.metrics, "name": name(model.name), "saved_against": rivals}
        models.append(replace(model, name=name(model.name), metrics=metrics))
    told = run.metrics
    served, rival = name(told["served"]["model"]), name(told["strongest_rival"])
    told_saved = next(m for m in models if m.name == served).metrics["saved_against"][rival]
    saved = Difference.from_json(told_saved, run.observations)
    with currency(*run.matrix.money):
        verdict = sentence(served, rival, saved)
    metrics = {
        **told,
        "models": [model.metrics for model in models],
        "served": {**told["served"], "model": served},
        "strongest_rival": rival,
        "verdict": verdict,
        "lost_least": {**told["lost_least"], "model": name(told["lost_least"]["model"])},
        "steps": [
            {**step, "from": name(step["from"]), "to": name(step["to"])} for step in told["steps"]
        ],
    }
    return replace(run, metrics=metrics, models=tuple(models))
