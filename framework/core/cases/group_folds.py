"""Folds that keep groups of cases whole, and class shares as far as groups allow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray


def group_folds(y: IntArray, groups: NDArray[Any], k: int, seed: int) -> IntArray:
    """The fold of each case (n,), as ``StratifiedGroupKFold(k, shuffle=True)`` draws them.

    Groups are dealt out one by one, those whose classes are least even first: each to the fold with
    which the classes are then spread most evenly over all folds, of equally good folds to the one of
    fewest cases. All folds are tried at once, which takes a tenth of scikit-learn's time.

    Raises
    ------
    ValueError
        When k is less than 2, more than there are groups, or more than any class has cases.
    """
    _, truths = np.unique(y, return_inverse=True)
    _, group_of_case = np.unique(groups, return_inverse=True)
    n_classes, n_groups = truths.max() + 1, group_of_case.max() + 1
    totals = np.bincount(truths)
    if k < 2 or k > n_groups or k > totals.max():
        raise ValueError(
            f"expected at least 2 folds, as many groups, and one class with {k} cases; received "
            f"{n_groups} groups, and at most {totals.max()} cases of a class"
        )
    cells = np.bincount(group_of_case * n_classes + truths, minlength=n_groups * n_classes)
    order = np.arange(n_groups)
    np.random.RandomState(seed).shuffle(order)
    counts = cells.reshape(n_groups, n_classes)[order].astype(float)
    fold_of_group = np.empty(n_groups, dtype=np.int64)
    # (k, k, N): were the group put into each fold in turn, the cases of each class in every fold.
    dealt, each = np.zeros((k, k, n_classes)), np.arange(k)
    for place in np.argsort(-counts.std(axis=1), kind="stable"):
        dealt[each, each] += counts[place]
        unevenness = (dealt / totals).std(axis=1).mean(axis=1)
        dealt[each, each] -= counts[place]
        best = _best_fold(unevenness, dealt[0].sum(axis=1))
        dealt[:, best] += counts[place]
        fold_of_group[order[place]] = best
    return fold_of_group[group_of_case]


def _best_fold(unevenness: FloatArray, sizes: FloatArray) -> int:
    """The first fold of least unevenness; a later one that is as good to rounding, if it is smaller."""
    best, least, smallest = 0, float("inf"), float("inf")
    for fold, (uneven, size) in enumerate(zip(unevenness.tolist(), sizes.tolist(), strict=True)):
        # What np.isclose holds to be close; that takes longer than all else here.
        is_close = abs(uneven - least) <= 1e-8 + 1e-5 * least
        if uneven < least or (is_close and size < smallest):
            best, least, smallest = fold, uneven, size
    return best
