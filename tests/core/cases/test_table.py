import datetime

import numpy as np
import pandas
import polars
import pyarrow
import pytest

from framework import Dataset
from framework.core.cases.table import Table, as_number, as_text, word
from framework.core.errors import DataError

MOMENT = datetime.datetime(2024, 2, 3, 18, 30)


def columns():
    return {
        "number": [1.0, 2.5, None],
        "whole": [1, 2, 3],
        "word": ["a", None, "b"],
        "flag": [True, False, None],
        "day": [MOMENT, None, MOMENT],
    }


def test_columns_are_numbers_dates_or_text_with_gaps():
    table = Table.of_objects(columns())
    np.testing.assert_array_equal(table.columns["number"], [1, 2.5, np.nan])
    assert table.columns["word"].tolist() == ["a", None, "b"]
    assert table.columns["flag"].tolist() == ["true", "false", None]
    assert table.columns["day"].tolist() == [MOMENT, None, MOMENT]
    assert len(table) == 3


@pytest.mark.parametrize("library", [pandas.DataFrame, polars.DataFrame, pyarrow.table])
def test_frames_of_all_libraries_give_the_same_table(library):
    found, expected = Table.of_frame(library(columns())), Table.of_objects(columns())
    assert found.names == expected.names
    for name in found.names:
        np.testing.assert_array_equal(as_text(found.columns[name]), as_text(expected.columns[name]))


def test_types_that_pandas_alone_has_are_taken():
    frame = pandas.DataFrame(
        {
            "nullable": pandas.array([1, None, 3], dtype="Int64"),
            "category": pandas.Categorical(["x", "y", None]),
            "zoned": pandas.to_datetime(["2024-02-03T18:30+02:00"] * 3, utc=False),
            "lasting": pandas.to_timedelta(["1 min", "2 min", "3 min"]),
        }
    )
    table = Table.of_frame(frame)
    np.testing.assert_array_equal(table.columns["nullable"], [1, np.nan, 3])
    assert table.columns["category"].tolist() == ["x", "y", None]
    assert table.columns["zoned"].tolist()[0] == datetime.datetime(2024, 2, 3, 16, 30)
    assert table.columns["lasting"].tolist() == [60, 120, 180]


def test_what_cannot_be_taken_names_row_and_column():
    with pytest.raises(DataError, match=r'case 2, "a": expected a number, text, .* received list'):
        Table.of_objects({"a": [1, [2]]})
    with pytest.raises(DataError, match='case 2, "a": expected a finite number, received inf'):
        Table.of_objects({"a": [1.0, float("inf")]})
    with pytest.raises(DataError, match="differ in length"):
        Table.of_objects({"a": [1], "b": [1, 2]})


def test_columns_are_chosen_and_joined_by_name():
    one = Table.of_objects({"a": [1, 2], "b": ["x", "y"]})
    other = Table.of_objects({"b": [7], "a": [3], "c": [0]})
    joined = one.joined(other)
    assert joined.columns["a"].tolist() == [1, 2, 3]
    assert joined.columns["b"].tolist() == ["x", "y", "7"]  # what is text in one is text in both
    assert one[[1]].columns["b"].tolist() == ["y"]
    assert one.without(["a"]).names == ("b",)
    with pytest.raises(DataError, match="lacks 1 of 2 columns: c; instead it has: b"):
        one.only(("a", "c"))


def test_numbers_for_costs_name_the_case_that_has_none():
    table = Table.of_objects({"a": ["1", "2.5"], "b": [1, None], "c": ["1", "x"]})
    assert table.numbers("a").tolist() == [1, 2.5]
    with pytest.raises(DataError, match='case 2, "b": expected a number, received nothing'):
        table.numbers("b")
    with pytest.raises(DataError, match="case 2, \"c\": expected a number, received 'x'"):
        table.numbers("c")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (1.5, "1.5"), (True, "true"), (MOMENT, "2024-02-03 18:30:00"), ("x", "x")],
)
def test_values_as_text(value, text):
    assert word(value) == text


def test_numbers_to_everybody_are_numbers():
    assert [as_number(text) for text in ("1300", "-1.3e3", "1_000", "nan", "1e999", "x", None)] == [
        *(1300.0, -1300.0),
        *[None] * 5,
    ]


def test_a_dataset_keeps_numbers_apart_from_what_waits_for_a_schema():
    y, labels = [0, 1, 0], ("no", "yes")
    numbers = pandas.DataFrame({"flag": [True, False, True], "x": [1.5, 2, 3]})
    assert Dataset(numbers, y, labels).X.tolist() == [[1, 1.5], [0, 2], [1, 3]]
    whole = pandas.DataFrame({"n": pandas.array([1, 2, 3], dtype="Int64")})
    assert Dataset(whole, y, labels).X.tolist() == [[1], [2], [3]]
    gaps = Dataset(pandas.DataFrame({"n": pandas.array([1, None, 3], dtype="Int64")}), y, labels)
    assert gaps.X.shape == (3, 0)
    assert gaps.table.names == ("n",)


def test_sparse_features_are_filled_up():
    from scipy.sparse import csr_array

    assert Dataset(csr_array([[0, 1], [2, 0]]), [0, 1], ("no", "yes")).X.tolist() == [
        [0, 1],
        [2, 0],
    ]
