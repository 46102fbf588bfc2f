"""Our splits are scikit-learn's, number for number: a published split must not move."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split

from framework.core.evaluation import auc
from framework.core.splitting import shuffle_split, stratified_folds

SEEDS = st.integers(0, 2**31 - 1)


@given(st.integers(2, 300), st.floats(0.05, 0.9), SEEDS)
def test_a_test_part_is_that_of_train_test_split(n, share, seed):
    try:
        expected = train_test_split(np.arange(n), test_size=share, random_state=seed)
    except ValueError:
        with pytest.raises(ValueError, match="leaves nothing"):
            shuffle_split(n, share, seed)
        return
    for ours, theirs in zip(shuffle_split(n, share, seed), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.filterwarnings("ignore:The least populated class")
@given(st.lists(st.integers(0, 4), min_size=6, max_size=120), st.integers(2, 6), SEEDS)
def test_folds_are_those_of_stratified_k_fold(y, k, seed):
    y = np.array(y)
    splitter = StratifiedKFold(k, shuffle=True, random_state=seed)
    if np.bincount(y).max() < k:
        with pytest.raises(ValueError, match="one class with"):
            stratified_folds(y, k, seed)
        return
    folds = stratified_folds(y, k, seed)
    for number, (_, test) in enumerate(splitter.split(y, y)):
        np.testing.assert_array_equal(np.flatnonzero(folds == number), test)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=4, max_size=80))
def test_the_area_under_the_curve_is_scikit_learns_ties_included(cases):
    y, score = (np.array(column) for column in zip(*cases, strict=True))
    p = np.column_stack([1 - score / 9, score / 9])
    if y.all() or not y.any():
        assert auc(y.astype(int), p) is None
    else:
        assert auc(y.astype(int), p) == pytest.approx(roc_auc_score(y, score))
