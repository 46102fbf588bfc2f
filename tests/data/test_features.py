import pytest

from framework.core.cases.table import Table
from framework.core.errors import DataError
from framework.data.csv_features import parse_csv
from framework.data.features import from_frame, from_rows, raw_rows
from tests.conftest import Frame

NAMES = ("a", "b")


def test_a_table_is_matched_by_name_in_any_order():
    table = parse_csv("b,id,a\n2,x,1\n4,y,3\n", NAMES)
    assert table.X.tolist() == [[1, 2], [3, 4]]
    assert table.ignored == ("id",)
    more = Table.of_objects({"b": [2], "amount": [9], "a": [1]})
    assert from_frame(more, NAMES, ["amount"]).by_name["amount"].tolist() == [9]
    assert from_frame(more, NAMES).ignored == ("amount",)


def test_a_model_without_named_features_takes_no_table():
    with pytest.raises(DataError, match="takes no table"):
        parse_csv("a\n1\n", ())
    with pytest.raises(DataError, match='case 2, "b": expected a number, received nothing'):
        from_frame(Table.of_objects({"a": [1, 2], "b": [3, None]}), NAMES)


def test_rows_of_json_may_be_objects_or_lists():
    table = from_rows([{"b": 2, "a": 1, "id": 9}], NAMES)
    assert table.X.tolist() == [[1, 2]]
    assert table.ignored == ("id",)
    assert from_rows([[1, 2], [1, 2.5]], NAMES).X.tolist() == [[1, 2], [1, 2.5]]


def test_a_frame_is_matched_by_name_and_what_is_no_feature_is_told():
    table = from_frame(
        Frame({"b": [2.0], "id": ["x"], "a": [1.0], "amount": [9]}), NAMES, ["amount"]
    )
    assert table.X.tolist() == [[1, 2]]
    assert (table.by_name["amount"].tolist(), table.ignored) == ([9], ("id",))
    assert from_frame(Frame({"b": [2.0], "a": [1.0]}), NAMES, ["amount"]).X.tolist() == [[1, 2]]
    with pytest.raises(
        DataError, match="the data frame lacks 2 of 2 columns: a, b; instead it has"
    ):
        from_frame(Frame({0: [2.0], 1: [1.0]}), NAMES)


def test_true_is_no_number_of_json():
    with pytest.raises(DataError, match='case 2, "a": expected a number, received True'):
        from_rows([[1, 2], [True, 2.5]], NAMES)


def test_a_column_for_each_row_is_refused_before_it_is_made():
    rows = [{f"c{k}": 1} for k in range(5000)]
    with pytest.raises(
        DataError, match=r"5,000 columns are unknown to the model: c0, c1.* more; leave"
    ):
        raw_rows(rows, NAMES)
