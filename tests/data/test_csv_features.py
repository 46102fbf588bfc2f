import pytest

from framework.core.errors import DataError
from framework.data.csv_features import parse_csv, raw_csv

NAMES = ("a", "b")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_cells_are_parted_as_the_header_is(delimiter):
    text = f'id{delimiter}b{delimiter}a\n7{delimiter}"x{delimiter}y"{delimiter}1,5\n'
    if delimiter == ",":
        text = text.replace("1,5", '"1,5"')
    table, header = raw_csv(text, NAMES)
    assert header
    assert {name: table.columns[name].tolist() for name in NAMES} == {
        "a": ["1,5"],
        "b": [f"x{delimiter}y"],
    }
    assert parse_csv(f"a{delimiter}b\n1{delimiter}2\n", NAMES).X.tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there are no rows"),
        ("a\n1\n", "the header lacks 1 of 2 columns: b"),
        ("a,B,id\n1,2,3\n", "the header lacks 1 of 2 columns: b; instead it has: B, id"),
        ("a,b\n", "no cases below the header"),
        ("a,b\n1,2\n1\n", "case 2 has 1 cells; expected 2"),
        ("a,b\n1,2\n1,x\n", "case 2, \"b\": expected a number, received 'x'"),
        ("a,b,a\n1,2,3\n", 'the header names "a" more than once'),
    ],
)
def test_a_malformed_table_names_the_cell(text, message):
    with pytest.raises(DataError) as error:
        parse_csv(text, NAMES)
    assert message in str(error.value)


def test_without_a_header_the_order_is_the_models_and_further_columns_follow():
    table = parse_csv("1,2,3\n4,5,6\n", NAMES, ["amount"])
    assert not table.header
    assert table.X.tolist() == [[1, 2], [4, 5]]
    assert table.by_name["amount"].tolist() == [3, 6]
    assert parse_csv("1,2\n3,4\n", ("1", "2"), header=True).X.tolist() == [[3, 4]]


@pytest.mark.parametrize("first", ["2,0,1", "2,0,9", "0,1,2", "1.5,2,3"])
def test_where_columns_are_called_by_numbers_a_first_row_of_numbers_must_be_told_what_it_is(first):
    """Features called "0", "1", "2", as of an array without names in many a library."""
    names = ("0", "1", "2")
    text = f"{first}\n30,10,20\n"
    with pytest.raises(
        DataError, match=r"\(0, 1, 2\).* say text/csv; header=present or header=abs"
    ):
        parse_csv(text, names)
    with pytest.raises(DataError, match="header=present"):
        parse_csv(f"{first},7\n30,10,20,7\n", names, ["amount"])
    assert parse_csv(text, names, header=False).X.tolist()[1] == [30, 10, 20]


def test_a_header_of_digits_goes_by_names():
    names = ("0", "1", "2")
    assert parse_csv("2,0,1\n30,10,20\n", names, header=True).X.tolist() == [[10, 20, 30]]
    with pytest.raises(DataError, match="the header lacks 1 of 3 columns: 1; instead it has: 9"):
        parse_csv("2,0,9\n30,10,20\n", names, header=True)
    # Proper names among them tell it from a case: of another column, of one that costs depend on.
    assert parse_csv("2,0,1,id\n30,10,20,7\n", names).ignored == ("id",)
    table = parse_csv("2,0,amount,1\n30,10,9,20\n", names, ["amount"])
    assert (table.X.tolist(), table.by_name["amount"].tolist()) == ([[10, 20, 30]], [9])
    # And proper names of features, a row of numbers from a header.
    assert parse_csv("1,2\n3,4\n", ("1", "b")).X.tolist() == [[1, 2], [3, 4]]


def test_a_first_row_without_a_number_is_a_header_of_other_columns():
    with pytest.raises(DataError, match="the header lacks 2 of 2 columns: a, b; instead it has: A"):
        parse_csv("A,B\n1,2\n", NAMES)
    with pytest.raises(DataError, match="case 1, \"b\": expected a number, received ''"):
        parse_csv("1,\n3,4\n", NAMES)


def test_numbers_of_csv_are_what_people_call_numbers():
    for text in ("1_0", "nan", "\u0663", "0x1"):
        with pytest.raises(DataError, match='case 1, "b": expected a number, received'):
            parse_csv(f"a,b\n1,{text}\n", NAMES)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_csv_may_end_as_they_like(end):
    table = parse_csv(end.join(["a,b", '1,"2"', "3,4", ""]), NAMES)
    assert table.X.tolist() == [[1, 2], [3, 4]]
