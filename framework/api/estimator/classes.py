"""Labels as scikit-learn has them, of any type, and as a cost matrix has them, which are text."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import assert_all_finite, column_or_1d

from framework.core.arrays import IntArray
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import CostMatrixError, EstimatorError
from framework.core.labels import UNSEEN_CLASSES, label_name
from framework.core.shown import listed


def checked_labels(y: Any) -> np.ndarray:
    """Labels ``y`` (n,) as an array; ValueError in scikit-learn's words where they are none."""
    if y is None:
        raise EstimatorError("it requires y to be passed, but the target y is None")
    y = column_or_1d(y, warn=True)
    assert_all_finite(y)
    check_classification_targets(y)
    return np.asarray(y)


def indices_of(y: np.ndarray, classes: np.ndarray) -> IntArray:
    """The position in the sorted ``classes`` of each of the labels ``y`` (n,).

    Raises
    ------
    EstimatorError
        For a label that is none of them.
    """
    unknown = [label for label in np.unique(y) if label not in classes]
    if unknown:
        raise EstimatorError(
            f'the label "{label_name(unknown[0])}" is none of the classes that the classifier was '
            f"fitted with: {listed([label_name(label) for label in classes])}"
        )
    return np.searchsorted(classes, y)


def matrix_of(cost_matrix: Any, classes: np.ndarray) -> CostMatrix:
    """The matrix with the labels of ``classes`` in their order; those that no case has come last.

    Raises
    ------
    CostMatrixError
        When labels differ, but for those that the matrix allows to be unseen.
    """
    names = tuple(label_name(label) for label in classes)
    if cost_matrix is None:
        return CostMatrix.equal(names)
    try:
        found = CostMatrix.of(cost_matrix)
    except CostMatrixError:  # of numbers without labels, or it is told again
        return CostMatrix.of(cost_matrix, names)
    unseen = tuple(label for label in found.labels if label not in names)
    if unseen and UNSEEN_CLASSES not in found.allow and set(names) <= set(found.labels):
        raise CostMatrixError(
            f'cost matrix "{found.name}": no case of y has the class {listed(unseen)}; the classes of y '
            f"are {listed(names)}. If it is a decision that no case needs to have as its truth, say "
            f'"allow": ["{UNSEEN_CLASSES}"]'
        )
    return found.aligned((*names, *unseen) if UNSEEN_CLASSES in found.allow else names)
