import numpy as np
import pytest

from framework import Dataset
from framework.core.errors import DataError
from tests.streams import ArrayStream

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
        (np.array([["a"], ["b"]]), [0, 1], "expected real numbers as features, received dtype <U1"),
        (np.ones((2, 2), complex), [0, 1], "received dtype complex128"),
        (np.ones((2, 2), "m8[s]"), [0, 1], "received dtype timedelta64[s]"),
        (np.ones((3, 2)), [0, 1], "expected one label per case, shape (3,), received (2,)"),
        (np.ones((2, 2)), [0, 2], "expected class indices 0 to 1 (for ['no', 'yes']), received 2"),
        (np.ones((2, 2)), [0, -1], "received -1"),
        (np.ones((2, 2)), [0, 0.5], "received 0.5"),
        (
            np.ones((2, 2)),
            [0j, 1j],
            "expected class indices or names of ['no', 'yes'], received complex",
        ),
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


def test_labels_that_are_numbers_do_not_mix_with_integers():
    X, y = np.ones((3, 1)), np.array([0, 1, 1])
    with pytest.raises(DataError, match="the labels are numbers themselves"):
        Dataset(X, y, ("1", "0"))
    assert Dataset(X, y.astype(str), ("1", "0")).y.tolist() == [1, 0, 0]
    assert Dataset(X, y, ("0", "1")).y.tolist() == [0, 1, 1]


def test_a_case_in_two_given_parts_is_refused():
    part = np.array([False, True])
    with pytest.raises(
        DataError, match=r"case 1 .* is in the test part and in the validation part"
    ):
        Dataset(np.ones((2, 1)), np.array([0, 1]), LABELS, test=part, validation=part)


def test_training_cases_are_counted_or_all_those_of_a_stream():
    y = np.array([0, 1, 0, 0])
    dataset = Dataset(np.ones((4, 1)), y, ("a", "b", "c"))
    assert dataset.training_counts(np.array([0, 1, 2])).tolist() == [2, 1, 0]
    stream = ArrayStream(np.ones((9, 1)), np.array([0] * 6 + [1] + [2] * 2), 4, n_classes=3)
    streamed = Dataset(np.ones((4, 1)), y, ("a", "b", "c"), stream=stream)
    assert streamed.training_counts(np.array([0, 1, 2])).tolist() == [6, 1, 2]
