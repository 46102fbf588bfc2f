"""Folds of whole groups: those of scikit-learn, to the case."""

import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold

from framework.core.cases.group_folds import group_folds


def folds_of_scikit_learn(y, groups, k, seed):
    fold = np.empty(len(y), dtype=int)
    splitter = StratifiedGroupKFold(k, shuffle=True, random_state=seed)
    for number, (_, held_out) in enumerate(splitter.split(y, y, groups)):
        fold[held_out] = number
    return fold


@pytest.mark.filterwarnings("ignore:The least populated class")
@pytest.mark.parametrize("seed", range(30))
def test_they_are_those_of_scikit_learn(seed):
    draw = np.random.default_rng(seed)
    n, n_classes, k = draw.integers([60, 2, 2], [300, 11, 9])
    y = draw.integers(n_classes, size=n) ** 2  # numbers that are left out, and rare classes
    groups = draw.integers(draw.integers(k + 3, n), size=n).astype(str)
    found = group_folds(y, groups, int(k), seed)
    np.testing.assert_array_equal(found, folds_of_scikit_learn(y, groups, k, seed))


@pytest.mark.parametrize("k", [5, 20])
def test_equally_good_folds_are_filled_as_those_of_scikit_learn(k):
    """Groups of two cases that are all alike: which fold they go to is a matter of ties alone."""
    y, groups = np.tile([0, 1], 60), np.repeat(np.arange(60), 2)
    found = group_folds(y, groups, k, 0)
    np.testing.assert_array_equal(found, folds_of_scikit_learn(y, groups, k, 0))
    assert set(np.bincount(found)) == {120 // k}


def test_groups_stay_whole_and_class_shares_are_kept():
    draw = np.random.default_rng(0)
    groups = np.repeat(np.arange(200), draw.integers(1, 6, 200))
    y = draw.integers(2, size=200)[groups]
    fold = group_folds(y, groups, 4, 1)
    assert all(len(set(fold[groups == group])) == 1 for group in range(200))
    for number in range(4):
        assert y[fold == number].mean() == pytest.approx(y.mean(), abs=0.02)


@pytest.mark.parametrize("k", [1, 6, 11])
def test_what_cannot_be_dealt_out_is_told(k):
    """One fold, six of five groups, and more than any class has cases."""
    y = np.tile([0, 1], 10)
    groups = np.arange(20) if k == 11 else np.arange(20) % 5
    with pytest.raises(ValueError, match=rf"one class with {k} cases; received"):
        group_folds(y, groups, k, 0)
