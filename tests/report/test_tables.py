"""Tables as plain values: put side by side, turned, and stacked."""

import numpy as np

from framework.report.tables import Table, heat_table, side_by_side, stacked, transposed

ONE = Table(("class", "cases"), (("a", "1"),), folded=(("b", "2"),), foot=(("mean", "1.5"),))
TWO = Table(("class", "cases"), (("a", "3"),))


def test_a_heat_table_is_hot_where_its_cells_are_large_and_cold_where_they_are_gains():
    cells = np.array([[-5.0, 1.0], [4.0, 0.0]])
    table = heat_table(cells, ("a", "b"), ("a", "b"), [["w", "x"], ["y", "z"]], "caption")
    assert table.columns == ("truth", "as a", "as b")
    assert [row[0] for row in table.rows] == ["a", "b"]
    assert [[cell.heat for cell in row[1:]] for row in table.rows] == [[0, 0.25], [1, 0]]
    assert [[str(cell) for cell in row[1:]] for row in table.rows] == [["w", "x"], ["y", "z"]]


def test_stacked_tables_are_sections_whose_folded_rows_and_foot_are_in_place():
    table = stacked("model", {"first": ONE, "second": TWO}, "Per class")
    assert table.columns == ("model", "class", "cases")
    assert table.rows == (
        ("first", "a", "1"),
        ("", "b", "2"),
        ("", "mean", "1.5"),
        ("second", "a", "3"),
    )
    assert table.sections == (2, 3)
    assert table.words == 2


def test_tables_side_by_side_have_both_texts_in_each_cell():
    assert side_by_side(TWO, Table(TWO.columns, (("a", "$9"),))).rows == (("a", "3  $9"),)


def test_transposed_rows_are_columns():
    table = Table(("", "one", "two"), (("decided", "yes", "no"), ("came to", "$1", "$2")))
    turned = transposed(table, "model")
    assert turned.columns == ("model", "decided", "came to")
    assert turned.rows == (("one", "yes", "$1"), ("two", "no", "$2"))
