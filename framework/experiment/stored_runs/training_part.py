"""What a run's training part says of decisions made without a model."""

from __future__ import annotations

from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.cases.dataset import Dataset
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import ArtifactError
from framework.core.evaluation.references import cheapest_constant
from framework.experiment.stored_runs.run_data import RunData


def training_part(dataset: Dataset, judge: CostMatrix, train: np.ndarray) -> dict[str, Any]:
    """What ``fw compare`` needs to find the best constant decision by another matrix."""
    y, is_streamed = dataset.y[train], dataset.stream is not None
    counts = np.bincount(y, minlength=dataset.n_classes)
    columns = dataset.columns(judge.columns, train)
    told: dict[str, Any] = {
        "class_counts": dataset.training_counts(train).tolist(),
        "column_means": {
            name: [float(of[y == k].mean()) if counts[k] else None for k in range(len(counts))]
            for name, of in columns.items()
        },
    }
    return told | ({"sampled": len(train)} if is_streamed else {})


def training_shares(run: RunData) -> FloatArray:
    """The shares (N,) of the classes in the training part.

    Raises
    ------
    ArtifactError
        When a folder of old does not tell them.
    """
    part = run.metrics.get("training_part")
    if part is None:
        raise ArtifactError(
            "prevalence: an older version has written the run, which does not hold the classes of its "
            "training part; run it again"
        )
    counts = np.array(part["class_counts"], dtype=np.float64)
    return counts / counts.sum()


def constant_decision(run: RunData, judge: CostMatrix, target: FloatArray | None = None) -> int:
    """The decision that, made for every case, costs least on the training part by ``judge``, at the
    shares ``target`` (N,) of the classes (default: those of that part).

    Exact for any matrix: costs are linear in the columns they depend on, so that the numbers of the
    classes and their mean columns, which metrics.json holds, are enough.

    Raises
    ------
    ArtifactError
        When the run does not hold them, and ``judge`` is not the matrix it was judged by.
    """
    part = run.metrics.get("training_part")
    if part is None:
        if _same_costs(run, judge):
            return run.decision_labels.index(run.metrics["bounds"]["constant_decision"])
        raise ArtifactError(
            f'the run judged by "{run.matrix.name}" does not hold the classes of its training part, '
            f'which choose the best constant decision by "{judge.name}"; run it again, or judge by '
            "its own matrix"
        )
    missing = [name for name in judge.columns if name not in part["column_means"]]
    if missing:
        raise ArtifactError(
            f'the run judged by "{run.matrix.name}" does not hold the means of the column '
            f'{", ".join(missing)} on its training part, which the costs of "{judge.name}" depend '
            "on; run it again with that matrix"
        )
    counts = np.array(part["class_counts"], dtype=np.float64)
    weights = counts if target is None else np.where(counts > 0, target, 0.0)
    # None of an absent class: it counts nothing.
    means = {
        name: np.array([mean or 0.0 for mean in part["column_means"][name]])
        for name in judge.columns
    }
    costs = judge.dollar_costs(means)
    return cheapest_constant(np.arange(len(counts)), costs, weights)


def _same_costs(run: RunData, judge: CostMatrix) -> bool:
    return judge.decision_labels == run.decision_labels and np.array_equal(
        judge.dollar_costs(run.columns), run.costs
    )
