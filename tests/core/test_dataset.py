import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold

from framework import Dataset
from framework.core.dataset import split
from framework.core.errors import DataError
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


@pytest.mark.parametrize("missing", [None, float("nan"), np.float32("nan"), "", "nan"])
def test_a_case_without_a_group_is_refused(missing):
    groups = ["a", "b", missing]
    with pytest.raises(DataError, match=r"groups: case 2 \(counting from 0\) has the group"):
        Dataset(np.ones((3, 1)), np.array([0, 1, 0]), LABELS, groups=groups)


def test_numbers_among_the_groups_may_not_be_missing_either():
    groups = np.array([1.0, np.nan, 2.0])
    with pytest.raises(DataError, match="case 1"):
        Dataset(np.ones((3, 1)), np.array([0, 1, 0]), LABELS, groups=groups)


def test_groups_of_two_kinds_are_refused():
    with pytest.raises(DataError, match="all of them to be numbers, or all text"):
        Dataset(np.ones((3, 1)), np.array([0, 1, 0]), LABELS, groups=[1, "1", 2])


@pytest.mark.parametrize("ids", [["sign 7", "sign 7", "sign 9"], [70, 70, 900]])
def test_ids_of_groups_are_kept(ids):
    dataset = Dataset(np.ones((3, 1)), np.array([0, 1, 0]), LABELS, groups=ids)
    assert dataset.groups.tolist() == ids


@pytest.mark.parametrize(
    ("masks", "message"),
    [
        ({"test": [0, 0, 0, 1]}, 'group "b" has cases in the training part and in the test part'),
        (
            {"test": [0, 0, 0, 1], "validation": [0, 0, 1, 0]},
            'group "b" has cases in the test part and in the validation part',
        ),
    ],
)
def test_a_group_in_two_given_parts_is_refused(masks, message):
    parts = {name: np.array(mask, dtype=bool) for name, mask in masks.items()}
    with pytest.raises(DataError, match=message):
        Dataset(np.ones((4, 1)), np.array([0, 1, 0, 1]), LABELS, groups=list("aabb"), **parts)


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


def test_labels_that_are_numbers_do_not_mix_with_integers():
    X, y = np.ones((3, 1)), np.array([0, 1, 1])
    with pytest.raises(DataError, match="the labels are numbers themselves"):
        Dataset(X, y, ("1", "0"))
    assert Dataset(X, y.astype(str), ("1", "0")).y.tolist() == [1, 0, 0]
    assert Dataset(X, y, ("0", "1")).y.tolist() == [0, 1, 1]


def test_a_class_may_be_missing_from_training_where_that_is_allowed():
    y = np.array([0] * 9 + [1])
    dataset = Dataset(np.ones((10, 1)), y, LABELS, test=np.arange(10) == 9)
    assert split(dataset, unseen_classes=True).test.tolist() == [9]


def test_a_case_in_two_given_parts_is_refused():
    part = np.array([False, True])
    with pytest.raises(
        DataError, match=r"case 1 .* is in the test part and in the validation part"
    ):
        Dataset(np.ones((2, 1)), np.array([0, 1]), LABELS, test=part, validation=part)
