import numpy as np

from framework import ColumnCost, CostMatrix
from framework.report.run.movable_costs import movables

MANY = tuple(f"s{k}" for k in range(14))


def told(matrix):
    return [(one.kind, one.label, one.start) for one in movables(matrix)]


def test_of_few_classes_every_cell_can_be_moved():
    assert told(CostMatrix("m", ("well", "ill"), [[0, 3], [50, -1]])) == [
        ("price", "“well” decided “well”", 0),
        ("price", "“well” decided “ill”", 3),
        ("price", "“ill” decided “well”", 50),
        ("price", "“ill” decided “ill”", -1),
        ("referral", "Referring a case to a person", None),
    ]


def test_one_price_of_referring_is_one_number():
    matrix = CostMatrix("m", ("well", "ill"), [[0, 3], [50, 0]], refer=[7, 7])
    assert told(matrix)[-1] == ("referral", "Referring a case to a person", 7)


def test_referring_that_costs_what_the_truth_is_has_a_cell_for_each():
    matrix = CostMatrix("m", ("well", "ill"), [[0, 3], [50, 0]], refer=[7, 9])
    assert [one for one in told(matrix) if "refer" in one[1]] == [
        ("price", "“well” decided “refer”", 7),
        ("price", "“ill” decided “refer”", 9),
    ]


def test_what_a_unit_is_worth_can_be_moved_where_it_is_no_currency():
    matrix = CostMatrix("m", ("well", "ill"), [[0, 3], [50, 0]], unit="QALY", dollars_per_unit=1e5)
    assert told(matrix)[-1] == ("rate", "What 1 QALY is worth, in USD", 1e5)
    assert told(CostMatrix("m", ("well", "ill"), [[0, 3], [50, 0]], unit="EUR"))[-1][0] != "rate"


def test_the_factor_of_a_column_can_be_moved():
    by_amount = ColumnCost("bad", "good", "amount", 0.75)
    matrix = CostMatrix("m", ("bad", "good"), [[0, 20], [1, 0]], column_costs=(by_amount,))
    assert ("price", "“bad” decided “good”", 20) in told(matrix)
    assert ("factor", "“bad” decided “good”, for each unit of amount", 0.75) in told(matrix)


def test_of_many_classes_mistakes_of_one_price_move_together():
    costs = np.full((14, 14), 10.0)
    costs[0] = 500
    costs[3, 5] = costs[3, 6] = 80
    costs[7, 1] = costs[8, 2] = 60
    np.fill_diagonal(costs, 0)
    found = movables(CostMatrix("m", MANY, costs))
    assert [(one.label, one.start, len(one.cells)) for one in found] == [
        ("“s0” decided anything else", 500, 13),
        ("“s3” decided “s5” or “s6”", 80, 2),
        ("“s7” decided “s1”, and 1 more kind of mistake", 60, 2),
        ("“s1” decided “s0”, and 164 more kinds of mistakes", 10, 165),
        ("Referring a case to a person", None, 0),
    ]


def test_of_too_many_prices_the_cheaper_ones_move_by_a_factor():
    costs = np.arange(196.0).reshape(14, 14) + 1
    np.fill_diagonal(costs, 0)
    *found, rest, _ = movables(CostMatrix("m", MANY, costs))
    assert len(found) == 39
    assert [one.start for one in found[:3]] == [195, 194, 193]
    assert (rest.kind, rest.start, len(rest.cells)) == ("times", 1.0, 182 - 39)
    assert rest.label == "All 143 cheaper kinds of mistakes, times"
