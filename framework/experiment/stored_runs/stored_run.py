"""A run folder, read. Needs no TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.prevalence import case_weights
from framework.core.decisions.calibration import calibration_read
from framework.core.errors import ArtifactError
from framework.core.evaluation.evaluation import right_of_cases
from framework.core.files import read_json, size_of, slug
from framework.core.folder_format import check_format
from framework.core.json_fields import Fields
from framework.core.shown import short
from framework.experiment.results.predictions_file import Predictions, read_predictions
from framework.experiment.stored_runs.metrics_file import Metrics, check_counts
from framework.experiment.stored_runs.run_data import (
    REFERRED,
    RIGHT,
    WRONG,
    ModelData,
    RunData,
    mix_of,
)

# Files whose digests are checked, by the beginnings of their names.
READ = (
    "config.json",
    "metrics.json",
    "cost_matrix.json",
    "predictions/",
    "prevalence.json",
    "slices.csv",
)
# Where a sweep of the prevalence keeps the shares.
SWEPT_PREVALENCE = "prevalence.json"


def read_run(run_dir: Path) -> RunData:
    """Read the folder of a run.

    Raises
    ------
    ArtifactError
        When a file is missing or does not fit the others (the message names it), or the folder is of
        a newer format.
    """
    check_format(run_dir, *READ)
    paths = [run_dir / name for name in ("config.json", "metrics.json", "cost_matrix.json")]
    absent = [path for path in paths if not path.is_file()]
    if absent:
        raise ArtifactError(f"{absent[0]} is missing; expected the folder of a run")
    config, metrics, path = read_json(paths[0]), read_json(paths[1]), paths[2]
    matrix = CostMatrix.from_file(path)
    told = Metrics.read(metrics, paths[1])
    Fields(config, paths[0])
    labels, decisions = told.labels, told.decisions
    if matrix.decision_labels != decisions or matrix.labels != labels:
        raise ArtifactError(
            f"{path} is about {short(matrix.decision_labels)}, metrics.json {short(decisions)}"
        )
    files = [run_dir / "predictions" / f"{slug(name)}.csv" for name in told.models]
    tables = [read_predictions(file, labels) for file in files]
    truth = {label: i for i, label in enumerate(labels)}
    # A class may be called "refer" as well; the decision then is the last of that name.
    decided = {label: j for j, label in enumerate(decisions)}
    y_true = np.array([truth[label] for label in tables[0].truths], dtype=np.int64)
    mix = mix_of(metrics, labels, paths[1])
    weights = case_weights(y_true, len(labels), None if mix is None else mix.judged)
    models = []
    first = tables[0]
    missing = [name for name in matrix.columns if name not in first.columns]
    if missing:
        raise ArtifactError(
            f"{run_dir}: its predictions lack the column {', '.join(missing)}, which the costs depend "
            "on; run it again"
        )
    for entry, table, file in zip(metrics["models"], tables, files, strict=True):
        if (table.cases, table.truths) != (first.cases, first.truths):
            raise ArtifactError(f"{file} is about other cases than {files[0].name}")
        choices = _decided(table, decided, file)
        check_counts(entry, y_true, choices, paths[1])
        outcomes = _outcomes(matrix, y_true, choices, first.columns)
        size = size_of(run_dir / "models" / slug(entry["name"]))
        models.append(_model(entry, table, y_true, choices, outcomes, size, weights))
    swept = run_dir / SWEPT_PREVALENCE
    return RunData(
        config=config,
        metrics=metrics,
        matrix=matrix,
        deciding=_deciding(run_dir, matrix, metrics),
        labels=labels,
        decision_labels=decisions,
        cases=first.cases,
        y_true=y_true,
        columns=first.columns,
        groups=first.groups,
        models=tuple(models),
        swept=read_json(swept) if swept.is_file() else None,
    )


def _decided(table: Predictions, known: Mapping[str, int], file: Path) -> IntArray:
    unknown = set(table.decisions) - set(known)
    if unknown:
        raise ArtifactError(
            f"{file}: what is predicted holds {short(min(unknown))}, which cannot be decided; expected "
            f"one of {short(list(known))}"
        )
    return np.array([known[label] for label in table.decisions], dtype=np.int64)


def _deciding(run_dir: Path, matrix: CostMatrix, metrics: Mapping[str, Any]) -> CostMatrix:
    """The matrix all models of the run decide by, which each keeps; ``matrix`` where all is known."""
    if not matrix.columns_known_afterwards:
        return matrix
    folder = run_dir / "models" / slug(metrics["models"][0]["name"])
    path = folder / "cost_matrix.json"
    check_format(folder, path.name)
    if not path.is_file():
        raise ArtifactError(f"{path} is missing; {run_dir} is not the folder of a whole run")
    return CostMatrix.from_file(path)


def _outcomes(
    matrix: CostMatrix, y_true: IntArray, choices: IntArray, columns: Mapping[str, FloatArray]
) -> IntArray:
    """RIGHT, WRONG or REFERRED (n,)."""
    return np.where(
        choices >= len(matrix.acts),
        REFERRED,
        np.where(right_of_cases(y_true, choices, matrix, columns), RIGHT, WRONG),
    )


def _model(
    metrics: Mapping[str, Any],
    table: Predictions,
    y_true: IntArray,
    choices: IntArray,
    outcomes: IntArray,
    size: int,
    weights: FloatArray,
) -> ModelData:
    counts = np.array(metrics["confusion_matrix"], dtype=np.int64)
    dollars = np.zeros(counts.shape)
    np.add.at(dollars, (y_true, choices), weights[y_true] * table.dollars)
    return ModelData(
        name=metrics["name"],
        metrics=metrics,
        probabilities=table.probabilities,
        stated=_stated(metrics, table.probabilities),
        decisions=choices,
        outcomes=outcomes,
        case_dollars=table.dollars,
        confusion_matrix=counts,
        cell_dollars=dollars,
        size=size,
    )


def _stated(metrics: Mapping[str, Any], probabilities: FloatArray) -> FloatArray:
    """A model that decides by calibrated probabilities states those; another's are calibrated here."""
    told, n = Fields(metrics, f'metrics.json, "{metrics["name"]}"'), probabilities.shape[1]
    used, reporting = (
        calibration_read(told.fields(key), n) for key in ("calibration", "reporting")
    )
    return probabilities if used == reporting else reporting(probabilities)
