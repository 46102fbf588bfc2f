import datetime
import json

import numpy as np
import pytest

from framework.core.cases.table import Table
from framework.core.errors import DataError
from framework.data.columns import Category, Number
from framework.data.date_column import Date
from framework.data.schema import Schema
from framework.data.written_values import date_of, number_of
from tests.tickets import LABELS, tickets


def learned(columns, y=None, rows=None, **given):
    table = Table.of_objects(columns)
    y = np.arange(len(table)) % 2 if y is None else np.asarray(y)
    rows = np.arange(len(table)) if rows is None else rows
    return Schema.learn(table, y, rows, **given)


def of_tickets(n=300):
    rows = tickets(n)
    table = Table.of_objects({name: [row[name] for row in rows] for name in rows[0]})
    y = np.array([LABELS.index(row["priority"]) for row in rows])
    return table.without(["priority"]), y


def test_each_column_is_recognised_by_how_it_is_written():
    table, y = of_tickets()
    schema = Schema.learn(table, y, np.arange(200))
    assert {column.name: column.kind for column in schema.columns} == {
        "opened": "date",
        "channel": "category",
        "size": "number",
        "vip": "boolean",
        "agents": "number",
        "customer": "category",
    }
    assert schema.left_out["ticket"] == "all different"
    assert schema.left_out["currency"] == "always the same"
    assert schema.left_out["note"] == "free text; --text note takes its words"
    assert "1 date" in schema.told()
    assert "ticket (all different)" in schema.told()


def test_what_is_learned_comes_from_the_training_part_alone():
    table, y = of_tickets()
    rows = np.arange(150)
    elsewhere = Table(
        {name: np.concatenate([of[:150], of[:150][::-1]]) for name, of in table.columns.items()}
    )
    assert Schema.learn(table, y, rows).columns == Schema.learn(elsewhere, y, rows).columns


def test_a_schema_is_the_same_after_json():
    table, y = of_tickets()
    schema = Schema.learn(table, y, np.arange(200), {"note": "text"})
    again = Schema.from_json(json.loads(json.dumps(schema.to_json())))
    assert again == schema
    np.testing.assert_array_equal(again.encode(table), schema.encode(table))
    assert schema.encode(table).shape == (300, len(schema.features))
    assert len(set(schema.features)) == len(schema.features)


def test_numbers_have_a_median_for_gaps_and_a_flag():
    schema = learned({"a": [1, 2, 9, None], "b": [1, 5, 2, 4]})
    assert schema.features == ("a", "a=(missing)", "b")
    assert schema.encode(Table.of_objects({"a": [None, "7"], "b": [0, 1]})).tolist() == [
        [2, 1, 0],
        [7, 0, 1],
    ]


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1300", ".", 1300),
        ("1,300.50", ".", 1300.5),
        ("1.300,50", ",", 1300.5),
        ("1 300", ".", 1300),
        ("€ 12", ".", 12),
        ("12 %", ".", 12),
        ("-,5", ",", -0.5),
        ("1,30", ".", None),
        ("1.2.3", ".", None),
        ("12 apples", ".", None),
        ("", ".", None),
    ],
)
def test_numbers_as_people_write_them(text, decimal, number):
    assert number_of(text, decimal) == number


def test_a_decimal_comma_is_found_and_kept():
    schema = learned({"a": ["1,5", "2,25", "1.000,0", "n/a"]})
    assert schema.columns[0].decimal == ","
    table = Table.of_objects({"a": ["3,5", "2883.04", "2.883"]})
    assert schema.encode(table)[:, 0].tolist() == [3.5, 2883.04, 2883]


def test_stray_words_among_numbers_are_gaps_and_remembered():
    values = [*map(str, np.linspace(0, 1, 99).round(4)), "see note"]
    schema = learned({"a": values})
    assert schema.columns[0].missing == ("see note",)
    assert schema.encode(Table.of_objects({"a": ["see note"]}))[0, 0] == schema.columns[0].median
    with pytest.raises(DataError, match="case 1, \"a\": expected a number, received 'see other'"):
        schema.encode(Table.of_objects({"a": ["see other"]}))


def test_codes_with_zeros_in_front_are_categories():
    codes = ["01067"] * 9 + ["20095"] * 11
    schema = learned({"zip": codes, "n": np.linspace(0, 1, 20).tolist()})
    assert schema.columns[0] == Category("zip", ("01067", "20095"))


def test_rare_levels_are_one_and_unseen_ones_none():
    values = ["a"] * 10 + ["b"] * 10 + ["c", "d"]
    schema = learned({"x": values})
    assert schema.features == ("x=a", "x=b", "x=(rare)")
    new = Table.of_objects({"x": ["b", "c", "zebra", None]})
    assert schema.encode(new).tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert schema.unseen(new) == {"x": ["zebra"]}


def test_a_category_of_numbers_takes_them_however_they_are_written():
    schema = learned({"x": [1.0, 2.5] * 10}, given={"x": "category"})
    assert schema.features == ("x=1", "x=2.5")
    table = Table.of_objects({"x": ["1", "2.50", "1.0"]})
    assert schema.encode(table).argmax(axis=1).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-03",
        "03.02.2024",
        "2024/02/03",
        "3 Feb 2024",
        "Feb 03, 2024",
        "2024-02-03T00:00:00Z",
    ],
)
def test_dates_as_people_write_them(text):
    schema = learned({"d": [text] * 6 + [None], "n": [1, 2, 3, 4, 5, 6, 8]}, given={"d": "date"})
    (found,) = schema.columns[0].read(Table.of_objects({"d": [text]}).columns["d"])
    assert found == np.datetime64("2024-02-03")


def test_a_day_that_is_no_month_tells_the_order_of_both():
    american = learned({"d": ["02/03/2024", "02/28/2024", "01/05/2024"]})
    assert american.columns[0].format == "%m/%d/%Y"
    assert learned({"d": ["03/02/2024", "28/02/2024"]}).columns[0].format == "%d/%m/%Y"


def test_dates_become_days_season_weekday_and_hour():
    start = datetime.datetime(2024, 1, 1, 6)  # a Monday
    days = [start + datetime.timedelta(days=k, hours=k % 12) for k in range(0, 400, 10)]
    schema = learned({"d": days})
    assert schema.features[0] == "d=days since 2024-01-01"
    X = dict(zip(schema.features, schema.encode(Table.of_objects({"d": [start]}))[0], strict=True))
    assert X["d=Mon"] == 1
    assert sum(X[f"d={day}"] for day in ("Tue", "Wed", "Thu", "Fri", "Sat", "Sun")) == 0
    assert X["d=hour (sin)"] == pytest.approx(1)
    assert X["d=season (cos)"] == pytest.approx(1, abs=0.01)


def test_yes_and_no_in_any_case_and_language():
    schema = learned({"a": ["Yes", "no", "NO", None] * 5, "b": ["ja", "nein", "ja", "ja"] * 5})
    assert [column.kind for column in schema.columns] == ["boolean", "boolean"]
    table = Table.of_objects({"a": ["y", True], "b": ["no", "JA"]})
    assert schema.encode(table)[:, [0, -1]].tolist() == [[1, 0], [1, 1]]
    with pytest.raises(DataError, match="case 1, \"a\": expected yes or no, received 'perhaps'"):
        schema.encode(Table.of_objects({"a": ["perhaps"], "b": ["ja"]}))


def test_text_becomes_hashed_words_where_asked():
    values = [f"the server {k} is down" for k in range(30)]
    schema = learned({"t": values}, given={"t": "text"})
    X = schema.encode(Table.of_objects({"t": ["the server is down", "", None]}))
    assert X.shape == (3, 256)
    assert np.abs(X[0]).sum() > 0
    assert not X[1:].any()


def test_columns_that_tell_nothing_of_another_case_are_left_out():
    n = 40
    schema = learned(
        {
            "id": list(range(1000, 1000 + n)),
            "customer_id": [(7919 * k) % 100_003 for k in range(n)],
            "same": ["x"] * n,
            "empty": [None] * n,
            "names": [f"N{k}" for k in range(n)],
            "many": [f"M{k // 2}" for k in range(n)],
            "price": [k * 1.5 for k in range(n)],
        },
        y=np.arange(n) % 2,
    )
    assert schema.names == ("price",)
    assert schema.left_out == {
        "id": "all different",
        "customer_id": "all different",
        "same": "always the same",
        "empty": "empty",
        "names": "all different",
        "many": "20 levels, none of 5 cases: give its parts as columns",
    }


def test_a_column_that_is_the_target_by_another_name_is_left_out():
    y = np.arange(40) % 3
    columns = {"code": [["A", "B", "C"][k] for k in y], "n": np.linspace(0, 1, 40).tolist()}
    assert "target" in learned(columns, y=y).left_out["code"]
    assert learned(columns, y=y, given={"code": "category"}).names == ("code", "n")


def test_a_person_may_say_what_a_column_is():
    columns = {"size": ["S", "M", "L"] * 10, "n": list(range(30)), "x": [0.5, 1.5] * 15}
    wish = {"size": {"kind": "category", "levels": ["S", "M"]}, "n": "number", "x": "leave out"}
    schema = learned(columns, given=wish)
    assert schema.columns[0] == Category("size", ("S", "M"), ("L",))
    assert schema.columns[1].kind == "number"
    assert schema.left_out == {"x": "as asked"}
    for wish, message in (
        ({"sise": "number"}, "lacks 1 of 1 columns: sise; instead it has: size, n, x"),
        ({"n": "numeric"}, "expected one of number, boolean, category, date, text, leave out"),
        ({"n": {"kind": "number", "levels": []}}, 'a number has no "levels"'),
        ({"size": "number"}, "expected a number, received 'S'"),
    ):
        with pytest.raises(DataError, match=message):
            learned(columns, given=wish)
    with pytest.raises(DataError, match="no column to learn from"):
        learned(columns, drop=("size", "n", "x"))


def test_a_missing_column_names_both_sides():
    schema = learned({"a": [1, 2, 3.5], "b": [4, 5, 6.5]})
    with pytest.raises(DataError, match="lacks 1 of 2 columns: b; instead it has: B"):
        schema.encode(Table.of_objects({"a": [1], "B": [2]}))


def test_numbers_for_costs_are_read_as_the_schema_reads_them():
    schema = learned({"a": ["1,5", "2,5", "3,5"]})
    assert schema.numbers(Table.of_objects({"a": ["4,5"]}), "a").tolist() == [4.5]
    with pytest.raises(DataError, match="received nothing"):
        schema.numbers(Table.of_objects({"a": [None, "4,5"]}), "a")


def test_a_date_column_refuses_what_is_none():
    date = Date("d", "2024-01-01", 0.0, format="%d.%m.%Y")
    with pytest.raises(DataError, match=r"expected a date like 31\.12\.2026, received 'soon'"):
        date.read(Table.of_objects({"d": ["03.02.2024", "soon"]}).columns["d"])
    assert date_of("03.02.2024", "%d.%m.%Y") == datetime.datetime(2024, 2, 3)
    assert Number("n", 0.0).read(np.array([1.0])).tolist() == [1.0]
