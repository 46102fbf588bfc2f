"""What a reader must know of a run's matrices and cases before any model is looked at."""

from __future__ import annotations

from framework.config.run_config import RunConfig
from framework.core.cost_matrix_cases import case_warnings
from framework.core.cost_matrix_checks import warnings_of
from framework.core.dataset import Dataset, Split
from framework.core.leaks import duplicates_warnings, ignored_options
from framework.experiment.plan import Plan


def remarks(asked: RunConfig, comparison: Plan, dataset: Dataset, parts: Split) -> tuple[str, ...]:
    """Warnings on the matrices, on their costs for these cases, and on the split.

    ``asked`` is the configuration as the user gave it, defaults not filled in.
    """
    y = dataset.y[parts.train]
    trained = [row.matrix for row in comparison.candidates if row.matrix is not None]
    told: list[str] = []
    for matrix in (comparison.judge, *trained):
        columns = dataset.columns(matrix.columns, parts.train)
        told += warnings_of(matrix)
        told += case_warnings(matrix, y, columns, dataset.feature_names)
    told += ignored_options(
        {name for name in asked.model_fields_set if getattr(asked, name) is not None}, dataset
    )
    return tuple(dict.fromkeys((*told, *duplicates_warnings(dataset, parts))))
