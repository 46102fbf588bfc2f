import numpy as np
import pytest

from framework import Dataset
from framework.core.errors import DataError
from framework.core.frames import checked_names, take
from tests.conftest import Frame

LABELS = ("no", "yes")
A, B, Y = np.array([1.0, 2.0, 3.0]), np.array([7, 8, 9], np.uint8), np.array([0, 1, 0])


def frame(**columns):
    return Frame(columns)


def test_columns_are_taken_by_name_in_any_order():
    taken = take(frame(b=B, id=np.array(["p", "q", "r"]), a=A), ("a", "b"))
    assert [column.tolist() for column in taken] == [A.tolist(), B.tolist()]


def test_a_missing_column_names_both_sides():
    with pytest.raises(DataError, match=r'columns: b; instead it has: B, id .did you mean "B"'):
        take(frame(a=A, B=B, id=A), ("a", "b"))


def test_a_column_that_holds_no_numbers_is_named():
    with pytest.raises(DataError, match=r'column "a": expected numbers, received .*\'p\', \'q\''):
        take(frame(a=np.array(["p", "q", "r"])), ("a",))
    nullable = np.array([1, 2.5, 3], dtype=object)
    assert take(frame(a=nullable), ("a",))[0].tolist() == [1, 2.5, 3]


def test_names_are_text_and_none_comes_twice():
    assert checked_names([0, np.int64(1), "x"]) == ("0", "1", "x")
    for names, message in (
        (["a", "a"], 'two columns are called "a"'),
        ([1, "1"], 'two columns are called "1"'),
        ([None, "a"], "expected names of columns as text, received None"),
        ([("a", "b")], "received \\('a', 'b'\\)"),
    ):
        with pytest.raises(DataError, match=message):
            checked_names(names)


def test_a_dataset_takes_a_frames_columns_by_name():
    assert Dataset(frame(a=A, b=B), Y, LABELS).feature_names == ("a", "b")
    ours = Dataset(frame(id=A, b=B, a=A), Y, LABELS, feature_names=("a", "b"))
    np.testing.assert_array_equal(ours.X, np.column_stack([A, B]))
    mixed = Dataset(frame(a=A, b=np.array([True, False, 2.5], dtype=object)), Y, LABELS)
    assert mixed.X.tolist() == [[1, 1], [2, 0], [3, 2.5]]
    text = Dataset(frame(a=A, b=np.array(["p", "q", "r"])), Y, LABELS)
    assert text.X.shape == (3, 0)
    assert text.table.columns["b"].tolist() == ["p", "q", "r"]
    with pytest.raises(DataError, match="lacks 1 of 2 columns: c; instead it has: b"):
        Dataset(frame(a=A, b=B), Y, LABELS, feature_names=("a", "c"))


def test_a_dataset_refuses_names_that_could_mean_two_columns():
    X = np.column_stack([A, B])
    with pytest.raises(DataError, match='two columns are called "a"'):
        Dataset(X, Y, LABELS, feature_names=("a", "a"))
    with pytest.raises(DataError, match='cost column "a" and the feature "a" hold different'):
        Dataset(X, Y, LABELS, feature_names=("a", "b"), cost_columns={"a": 10 * A})
    same = Dataset(X, Y, LABELS, feature_names=("a", "b"), cost_columns={"a": A})
    np.testing.assert_array_equal(same.columns(["a"])["a"], A)


def test_validation_data_is_matched_by_name():
    ours = Dataset(np.column_stack([A, B]), Y, LABELS, ("a", "b"), cost_columns={"c": A})
    held = Dataset(np.column_stack([B, A]), Y, LABELS, ("b", "a"), cost_columns={"c": A})
    np.testing.assert_array_equal(ours.with_validation(held).X[3:], ours.X)
    for names, message in (
        (("a", "c"), "the validation data: the table lacks 1 of 2 columns: b; instead it has: c"),
        (("a", "b"), 'the validation data has no cost column "c"'),
    ):
        with pytest.raises(DataError, match=message):
            ours.with_validation(Dataset(held.X, Y, LABELS, names))
    wide = Dataset(np.column_stack([A, B, B]), Y, LABELS, ("a", "b", "d"))
    with pytest.raises(DataError, match="the table has 1 columns too many: d"):
        ours.with_validation(wide)
