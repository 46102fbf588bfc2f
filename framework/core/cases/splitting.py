"""Which cases go where: a training and a test part, and folds of the former.

These are scikit-learn's own draws, number for number, without importing it: that takes half a
second, which is longer than a small table trains; tests hold both to be the same. Stratified test
parts are left to scikit-learn itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import IntArray
from framework.core.cases.dataset import Dataset
from framework.core.cases.group_folds import group_folds
from framework.core.cases.group_split import split_groups
from framework.core.errors import DataError
from framework.core.labels import UNSEEN_CLASSES


@dataclass(frozen=True, eq=False)
class Split:
    """Row indices of the two parts of a dataset, disjoint."""

    train: IntArray
    test: IntArray


def split(
    dataset: Dataset,
    *,
    test_fraction: float = 0.25,
    seed: int = 0,
    stratify: bool = True,
    unseen_classes: bool = False,
) -> Split:
    """Divide ``dataset``; groups stay whole, and every class is in the training part.

    With groups, the test part is a few folds of ``group_folds``, as near to
    ``test_fraction`` as they allow (see ``framework.core.cases.group_split``); without, scikit-learn's
    ``train_test_split``; a class of a single case is trained on. A test part that came with the data
    is used as it is. With ``unseen_classes`` the training part may lack a class: a decision that is
    never learned.

    Raises
    ------
    DataError
        If a part would be empty or a class would be missing from the training part.
    """
    rows = np.arange(len(dataset))
    if dataset.validation is not None:
        rows = rows[~dataset.validation.astype(bool)]
    if dataset.test is not None:
        held_out = dataset.test[rows].astype(bool)
        parts = Split(rows[~held_out], rows[held_out])
    elif dataset.groups is not None:
        train, test = split_groups(dataset.y[rows], dataset.groups[rows], test_fraction, seed)
        parts = Split(rows[train], rows[test])
    else:
        parts = _split_cases(dataset, rows, test_fraction, seed, stratify)
    if len(parts.train) == 0 or len(parts.test) == 0:
        raise DataError(
            f"the split left {len(parts.train)} training and {len(parts.test)} test cases"
        )
    present = dataset.training_counts(parts.train) > 0
    if not present.all() and not unseen_classes:
        missing = [dataset.labels[k] for k in np.flatnonzero(~present)]
        raise DataError(
            f"no case of class {', '.join(missing)} is in the training part; if it is a decision "
            'that no case needs to have as its truth, the cost matrix says "allow": '
            f'["{UNSEEN_CLASSES}"]'
        )
    return parts


def folds(dataset: Dataset, rows: IntArray, k: int, seed: int) -> list[Split]:
    """Divide ``rows`` of ``dataset`` into ``k`` folds; each Split's ``test`` is one of them.

    Groups stay whole, class shares are kept as far as they allow. A class with fewer than ``k``
    cases (or groups) is missing from some folds.
    """
    y, groups = dataset.y[rows], None if dataset.groups is None else dataset.groups[rows]
    try:
        fold = fold_of_cases(y, groups, k, seed)
    except ValueError as error:
        raise DataError(f"{len(rows)} cases cannot be split into {k} folds: {error}") from error
    return [Split(rows[fold != number], rows[fold == number]) for number in range(k)]


def fold_of_cases(y: IntArray, groups: NDArray[Any] | None, k: int, seed: int) -> IntArray:
    """The fold of each case (n,), class shares kept; ``groups`` (n,), if any, stay whole.

    Raises
    ------
    ValueError
        When k is less than 2, or there are too few cases or groups for it.
    """
    return stratified_folds(y, k, seed) if groups is None else group_folds(y, groups, k, seed)


def shuffle_split(n: int, test_fraction: float, seed: int) -> tuple[IntArray, IntArray]:
    """Training and test positions of n cases, as ``train_test_split`` draws them.

    Raises
    ------
    ValueError
        When either part would be empty.
    """
    n_test = ceil(test_fraction * n)
    if not 0 < n_test < n:
        raise ValueError(f"a test part of {n_test} leaves nothing of them to train with")
    order = np.random.RandomState(seed).permutation(n)
    return order[n_test:], order[:n_test]


def stratified_folds(y: IntArray, k: int, seed: int) -> IntArray:
    """The fold of each case (n,), as ``StratifiedKFold(k, shuffle=True)`` draws them.

    Classes are dealt out to the folds in turn, so that shares differ by a case at most; a class of
    fewer than k cases is missing from some.

    Raises
    ------
    ValueError
        When k is less than 2, or no class has k cases.
    """
    _, first, encoded = np.unique(y, return_index=True, return_inverse=True)
    # Classes count in the order in which they first occur.
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    encoded = rank[encoded]
    counts = np.bincount(encoded)
    if k < 2 or counts.max() < k:
        raise ValueError(f"expected at least 2 folds, and one class with {k} cases")
    ordered = np.sort(encoded)
    dealt = np.stack([np.bincount(ordered[fold::k], minlength=len(counts)) for fold in range(k)])
    rng = np.random.RandomState(seed)
    folds = np.empty(len(y), dtype=np.int64)
    for number in range(len(counts)):
        own = np.arange(k).repeat(dealt[:, number])
        rng.shuffle(own)
        folds[encoded == number] = own
    return folds


def _split_cases(
    dataset: Dataset, rows: IntArray, test_fraction: float, seed: int, stratify: bool
) -> Split:
    try:
        if not stratify:
            train, test = shuffle_split(len(rows), test_fraction, seed)
            return Split(rows[train], rows[test])
        from sklearn.model_selection import train_test_split

        # A class of a single case can be in one part alone: the training part.
        single = np.bincount(dataset.y[rows], minlength=dataset.n_classes)[dataset.y[rows]] == 1
        several = rows[~single]
        train, test = train_test_split(
            several, test_size=test_fraction, random_state=seed, stratify=dataset.y[several]
        )
        train = np.concatenate([train, rows[single]])
    except ValueError as error:
        raise DataError(f"{len(rows)} cases cannot be split: {error}") from error
    return Split(train, test)
