"""Our splits are scikit-learn's, number for number: a published split must not move."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, train_test_split

from framework import Dataset
from framework.core.cases.splitting import shuffle_split, split, stratified_folds
from framework.core.errors import DataError
from framework.core.evaluation.evaluation import auc
from tests.conftest import blobs
from tests.streams import ArrayStream

LABELS = ("no", "yes")
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


def test_a_split_is_disjoint_complete_stratified_and_repeatable():
    dataset = Dataset(*blobs(200), LABELS)
    parts = split(dataset, test_fraction=0.25, seed=3)
    assert sorted([*parts.train, *parts.test]) == list(range(200))
    assert np.bincount(dataset.y[parts.test]).tolist() == [25, 25]
    np.testing.assert_array_equal(parts.test, split(dataset, test_fraction=0.25, seed=3).test)
    assert set(parts.test) != set(split(dataset, test_fraction=0.25, seed=4).test)


def test_groups_stay_on_one_side():
    X, y = blobs(240)
    groups = np.repeat(np.arange(40), 6)
    parts = split(Dataset(X, y, LABELS, groups=groups), test_fraction=0.25, seed=0)
    assert not set(groups[parts.train]) & set(groups[parts.test])
    assert 0.15 < len(parts.test) / 240 < 0.35


def test_a_test_part_that_comes_with_the_data_is_used():
    X, y = blobs(20)
    test = np.arange(20) >= 14
    parts = split(Dataset(X, y, LABELS, test=test))
    assert parts.test.tolist() == list(range(14, 20))


def test_a_class_missing_from_the_training_part_is_an_error():
    y = np.array([0] * 9 + [1])
    dataset = Dataset(np.ones((10, 1)), y, LABELS, test=np.arange(10) == 9)
    with pytest.raises(DataError, match="no case of class yes is in the training part"):
        split(dataset)


def test_too_few_groups_is_an_error():
    X, y = blobs(20)
    with pytest.raises(DataError, match="2 groups cannot be split into 4 folds"):
        split(Dataset(X, y, LABELS, groups=np.arange(20) // 10))


def test_a_class_of_one_case_is_trained_on():
    y = np.array([0] * 9 + [1])
    parts = split(Dataset(np.ones((10, 1)), y, LABELS))
    assert 9 in parts.train
    assert sorted([*parts.train, *parts.test]) == list(range(10))


@pytest.mark.parametrize("share", [0.1, 0.25, 0.3, 0.4, 0.6, 0.8])
def test_groups_honour_the_share_that_was_asked_for(share):
    # 100 groups of 3 to 7 cases: one fold of 1 / round(1 / share) would be .33 for .3, .5 for .6.
    sizes = np.arange(100) % 5 + 3
    groups = np.repeat(np.arange(100), sizes)
    y = np.repeat(np.arange(100) % 2, sizes)
    dataset = Dataset(np.arange(len(y))[:, None], y, LABELS, groups=groups)
    parts = split(dataset, test_fraction=share, seed=2)
    assert sorted([*parts.train, *parts.test]) == list(range(len(y)))
    assert not set(groups[parts.train]) & set(groups[parts.test])
    assert len(parts.test) / len(y) == pytest.approx(share, abs=0.02)
    assert y[parts.test].mean() == pytest.approx(y.mean(), abs=0.05)


def test_a_share_of_one_fold_is_the_first_fold():
    groups = np.repeat(np.arange(60), 4)
    y = groups % 2
    parts = split(Dataset(np.ones((240, 1)), y, LABELS, groups=groups), test_fraction=0.25, seed=1)
    folds = StratifiedGroupKFold(4, shuffle=True, random_state=1).split(y, y, groups)
    assert parts.test.tolist() == next(folds)[1].tolist()


def test_a_class_may_be_missing_from_training_where_that_is_allowed():
    y = np.array([0] * 9 + [1])
    dataset = Dataset(np.ones((10, 1)), y, LABELS, test=np.arange(10) == 9)
    assert split(dataset, unseen_classes=True).test.tolist() == [9]


def test_a_class_may_be_in_the_stream_alone():
    """Of which the cases in memory are a sample."""
    X, y = np.ones((4, 1)), np.array([0, 0, 0, 1])
    test = np.array([False, False, False, True])
    with pytest.raises(DataError, match="no case of class yes is in the training part"):
        split(Dataset(X, y, LABELS, test=test))
    stream = ArrayStream(np.ones((5, 1)), np.array([0, 0, 0, 0, 1]), 5)
    assert split(Dataset(X, y, LABELS, test=test, stream=stream)).train.tolist() == [0, 1, 2]
