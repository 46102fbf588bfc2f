import numpy as np
import pandas as pd
import polars as pl
import pytest

from framework.core.errors import DataError
from framework.core.evaluation.case_columns import case_columns


@pytest.mark.parametrize("made", [pd.DataFrame, pl.DataFrame, dict])
def test_columns_are_found_by_name(made):
    found = case_columns(["b", "z"], 2, made({"a": ["x", "y"], "b": [1, 2]}))
    assert list(found) == ["b"]
    assert found["b"].tolist() == [1.0, 2.0]


def test_the_first_table_that_has_a_column_counts_and_arrays_have_none():
    tables = (None, np.zeros((2, 3)), {"a": [1, 2]}, pd.DataFrame({"a": [3, 4], "b": [5, 6]}))
    found = case_columns(["a", "b"], 2, *tables)
    assert found["a"].tolist() == [1, 2]
    assert found["b"].tolist() == [5, 6]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([1], r'"a": expected 2 values, received \(1,\)'),
        ([1, None], 'case 2, "a": expected a number, received nothing'),
        ([1, "x"], 'case 2, "a": expected a number'),
        ([1, np.inf], 'case 2, "a": expected a finite number, received inf'),
    ],
)
def test_what_is_no_number_a_case_is_told(values, told):
    with pytest.raises(DataError, match=told):
        case_columns(["a"], 2, {"a": values})
