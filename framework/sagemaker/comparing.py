"""Runs of several jobs as one: the models of all, on the same test cases, by the same matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from framework.errors import AwsError
from framework.report.run_data import ModelData, RunData


def merged(runs: Sequence[RunData]) -> RunData:
    """The first run with the models of the others added; a name that is there already is kept once.

    Raises
    ------
    AwsError
        When the runs are of other cases or another matrix, and so cannot be compared.
    """
    first, models = runs[0], dict[str, ModelData]()
    for run in runs:
        if run.cases != first.cases or not np.array_equal(run.y_true, first.y_true):
            raise AwsError("the jobs have different test cases; their models cannot be compared")
        if run.matrix.to_dict() != first.matrix.to_dict():
            raise AwsError(
                f'one job is judged by "{first.matrix.name}", another by "{run.matrix.name}"; '
                "their models cannot be compared"
            )
        for model in run.models:
            models.setdefault(model.name, model)
    origins: dict[str, str] = {}
    for run in reversed(runs):
        origins |= run.metrics["cost_matrices"]
    metrics = {
        **first.metrics,
        "models": [model.metrics for model in models.values()],
        "cheapest": max(models.values(), key=_mean_dollars).name,
        "cost_matrices": origins,
        "warnings": list(dict.fromkeys(text for run in runs for text in run.metrics["warnings"])),
    }
    return replace(first, metrics=metrics, models=tuple(models.values()))


def _mean_dollars(model: ModelData) -> float:
    seeds = model.metrics.get("seeds")
    return float(seeds["mean"]) if seeds else model.dollars_per_case
