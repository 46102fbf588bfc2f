import pytest

from framework.errors import DataError
from framework.tables import from_rows, parse_csv, read_table

NAMES = ("a", "b")


def test_a_table_is_matched_by_name_in_any_order(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("b,id,a\n2,x,1\n4,y,3\n")
    table = read_table(path, NAMES)
    assert table.X.tolist() == [[1, 2], [3, 4]]
    assert table.ignored == ("id",)
    path.write_text("b,amount,a\n2,9,1\n")
    assert read_table(path, NAMES, ["amount"]).columns["amount"].tolist() == [9]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there are no rows"),
        ("a\n1\n", "the header lacks 1 of 2 columns: b"),
        ("a,b\n", "no cases below the header"),
        ("a,b\n1,2\n1\n", "case 2 has 1 cells; expected 2"),
        ("a,b\n1,2\n1,x\n", "case 2, \"b\": expected a number, received 'x'"),
        ("a,b,a\n1,2,3\n", 'the header names "a" more than once'),
    ],
)
def test_a_malformed_table_names_file_and_cell(tmp_path, text, message):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(DataError) as error:
        read_table(path, NAMES)
    assert message in str(error.value)
    assert str(path) in str(error.value)


def test_a_missing_table_and_a_model_without_named_features(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_table(tmp_path / "none.csv", NAMES)
    (tmp_path / "t.csv").write_text("a\n1\n")
    with pytest.raises(DataError, match="takes no table"):
        read_table(tmp_path / "t.csv", ())


def test_without_a_header_the_order_is_the_models_and_further_columns_follow():
    table = parse_csv("1,2,3\n4,5,6\n", NAMES, ["amount"])
    assert not table.header
    assert table.X.tolist() == [[1, 2], [4, 5]]
    assert table.columns["amount"].tolist() == [3, 6]
    assert parse_csv("1,2\n3,4\n", ("1", "2"), header=True).X.tolist() == [[3, 4]]


def test_rows_of_json_may_be_objects_or_lists():
    table = from_rows([{"b": 2, "a": 1, "id": 9}], NAMES)
    assert table.X.tolist() == [[1, 2]]
    assert table.ignored == ("id",)
    assert from_rows([[1, 2], [True, 2.5]], NAMES).X.tolist() == [[1, 2], [1, 2.5]]
