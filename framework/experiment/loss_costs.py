"""From a recipe's matrix to the rows of costs that its loss is given, one for every case."""

from __future__ import annotations

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.cost_matrix import CostMatrix
from framework.core.dataset import Dataset
from framework.experiment.recipe import Recipe


def case_weights(matrix: CostMatrix, dataset: Dataset, rows: np.ndarray) -> FloatArray:
    """Weights (n,) of the training cases ``rows``: the mean cost of their mistakes; their mean is 1."""
    y = dataset.y[rows]
    table = matrix.loss_table(y, dataset.columns(matrix.columns, rows))
    weights = table.sum(axis=1)
    if len(table) == dataset.n_classes:
        weights = weights[y]
    return weights / weights.mean()


def cost_table(recipe: Recipe, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Training costs by class (N, N), or by case (n, N) where they depend on the case.

    ``rows`` are the cases that are trained on, by which costs are normalised; those of other cases
    are 0.
    """
    if recipe.matrix is None:
        return CostMatrix.equal(dataset.labels).costs
    columns = dataset.columns(recipe.matrix.columns, rows)
    table = recipe.matrix.loss_table(dataset.y[rows], columns, recipe.normalize)
    table = recipe.cost_weight * table
    if len(table) == dataset.n_classes:
        return table
    everywhere = np.zeros((len(dataset), dataset.n_classes))
    everywhere[rows] = table
    return everywhere
