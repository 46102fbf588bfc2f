"""From a recipe's matrix to the rows of costs that its loss is given, one for every case.

Costs count as the cases of a class do in the population that is meant: row k times
``target_k / training_k``. That is least expected cost there, and is left out where costs are taken as they
stand (``scale="raw"``).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.cases.case_stream import Block
from framework.core.cases.dataset import Dataset
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.prevalence import Mix
from framework.experiment.fitting.recipe import Recipe


def case_weights(
    matrix: CostMatrix, dataset: Dataset, rows: np.ndarray, mix: Mix | None = None
) -> FloatArray:
    """Weights (n,) of the training cases ``rows``: the mean cost of their mistakes; their mean is 1."""
    y = dataset.y[rows]
    table = _at_target(
        matrix.loss_table(y, dataset.columns(matrix.columns, rows)), y, mix, dataset.n_classes
    )
    weights = table.sum(axis=1)
    if len(table) == dataset.n_classes:
        weights = weights[y]
    return weights / weights.mean()


def cost_table(
    recipe: Recipe, dataset: Dataset, rows: np.ndarray, mix: Mix | None = None
) -> FloatArray:
    """Training costs by class (N, N), or by case (n, N) where they depend on the case.

    ``rows`` are the cases that are trained on, by which costs are normalised; those of other cases
    are 0.
    """
    if recipe.matrix is None:
        return CostMatrix.equal(dataset.labels).costs
    columns, y = dataset.columns(recipe.matrix.columns, rows), dataset.y[rows]
    table = recipe.matrix.loss_table(y, columns, recipe.normalize)
    if recipe.normalize:
        table = _at_target(table, y, mix, dataset.n_classes)
    table = recipe.cost_weight * table
    if len(table) == dataset.n_classes:
        return table
    everywhere = np.zeros((len(dataset), dataset.n_classes))
    everywhere[rows] = table
    return everywhere


def costs_of_blocks(
    recipe: Recipe, dataset: Dataset, rows: np.ndarray, mix: Mix | None = None
) -> Callable[[Block], FloatArray] | None:
    """Where cases come from a stream and costs depend on them: those of a block's cases (b, N).

    In the units of ``cost_table``, normalised by the sample ``rows``.
    """
    if dataset.stream is None or recipe.matrix is None:
        return None
    matrix, y = recipe.matrix, dataset.y[rows]
    columns = dataset.columns(matrix.columns, rows)
    as_stated = matrix.loss_table(y, columns, normalize=False)
    if len(as_stated) == dataset.n_classes:
        return None
    ratio = np.ones(dataset.n_classes)
    if recipe.normalize and mix is not None and mix.target is not None:
        ratio = mix.ratio
    table = cost_table(recipe, dataset, rows, mix)[rows]
    factor = table.sum() / (as_stated * ratio[y][:, None]).sum()

    def costs_of(block: Block) -> FloatArray:
        stated = matrix.loss_table(block.y, block.columns, normalize=False)
        return factor * ratio[block.y][:, None] * stated

    return costs_of


def _at_target(table: FloatArray, y: np.ndarray, mix: Mix | None, n_classes: int) -> FloatArray:
    """Rows of costs, by class (N, N) or of the cases ``y`` (n, N), weighted to the shares that are meant.

    The average mistake of the cases costs 1, as before.
    """
    if mix is None or mix.target is None:
        return table
    by_class = len(table) == n_classes
    weighted = table * (mix.ratio if by_class else mix.ratio[y])[:, None]
    of_cases = weighted[y] if by_class else weighted
    result: FloatArray = weighted / (of_cases.sum(axis=1).mean() / (n_classes - 1))
    return result
