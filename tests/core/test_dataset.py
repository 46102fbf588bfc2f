import numpy as np
import pytest

from framework import Dataset
from framework.core.dataset import split
from framework.errors import DataError
from tests.conftest import blobs

LABELS = ("no", "yes")


def test_label_names_become_class_indices():
    dataset = Dataset(np.ones((3, 2)), np.array(["yes", "no", "yes"]), LABELS)
    assert dataset.y.tolist() == [1, 0, 1]


def test_feature_names_are_made_up_when_absent():
    assert Dataset(np.ones((3, 2)), np.array([0, 1, 0]), LABELS).feature_names == ("x0", "x1")


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.empty((0, 2)), [], "the dataset has no cases"),
        (np.ones(3), [0, 1, 0], "expected features of shape (cases, features), received (3,)"),
        (np.array([["a"], ["b"]]), [0, 1], "expected numeric features"),
        (np.ones((3, 2)), [0, 1], "expected one label per case, shape (3,), received (2,)"),
        (np.ones((2, 2)), [0, 2], "expected class indices 0 to 1 (for ['no', 'yes']), received 2"),
        (np.ones((2, 2)), [0, -1], "received -1"),
        (np.ones((2, 2)), [0, 0.5], "received 0.5"),
        (np.ones((2, 2)), ["no", "maybe"], "labels ['maybe'] in the data"),
    ],
)
def test_unusable_data_is_refused(X, y, message):
    with pytest.raises(DataError) as error:
        Dataset(X, np.array(y), LABELS)
    assert message in str(error.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_value_that_is_not_finite_is_named(bad):
    X = np.ones((4, 2))
    X[2, 1] = X[3, 0] = bad
    with pytest.raises(DataError) as error:
        Dataset(X, np.zeros(4), LABELS, feature_names=("age", "size"))
    assert 'feature "size" of case 2' in str(error.value)
    assert "2 such values" in str(error.value)


def test_wrong_number_of_feature_names():
    with pytest.raises(DataError, match="1 feature names for 2 features"):
        Dataset(np.ones((2, 2)), np.array([0, 1]), LABELS, feature_names=("a",))


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


def test_a_class_of_one_case_cannot_be_stratified():
    y = np.array([0] * 9 + [1])
    with pytest.raises(DataError, match="10 cases cannot be split"):
        split(Dataset(np.ones((10, 1)), y, LABELS))
