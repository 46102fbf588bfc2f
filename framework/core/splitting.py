"""Which cases go where: scikit-learn's own draws, number for number, without importing it.

It takes half a second to import, which is longer than a small table trains; tests hold both to be
the same. Groups and stratified test parts are left to scikit-learn itself.
"""

from __future__ import annotations

from math import ceil

import numpy as np

from framework.core.arrays import IntArray


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
