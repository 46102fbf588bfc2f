import numpy as np
import pandas as pd
import polars as pl
import pytest

from framework import CostMatrix, CostMatrixError, DataError
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.core.evaluation.evaluation import right_of_cases
from framework.core.evaluation.judging import judge
from tests.conftest import FIVE, THREE

TRUTHS = ["no", "no", "no", "yes"]
DECISIONS = ["no", "yes", "no", "no"]


def test_dollars_worked_out_by_hand():
    found = judge(TRUTHS, DECISIONS, FIVE)
    # One false alarm of 1, one miss of 5, on four cases.
    assert found.dollars_per_case == -1.5
    assert found.accuracy == 0.5
    assert found.outcome.confusion_matrix.tolist() == [[2, 1], [1, 0]]
    # Always "yes" costs 3 on four cases, always "no" 5; an oracle nothing.
    assert (found.constant, found.bounds.constant, found.bounds.oracle) == ("yes", -0.75, 0)
    assert found.saved.interval.mean == -0.75
    assert found.savings == -1
    assert found.mistakes() == [("yes", "no", 1, -5.0), ("no", "yes", 1, -1.0)]
    assert found.stated is None
    assert found.interval.ends is None  # four cases are too few


def test_probabilities_decide_at_least_expected_cost_and_state_what_they_expect():
    found = judge(TRUTHS, [[0.9, 0.1], [0.8, 0.2], [0.9, 0.1], [0.2, 0.8]], FIVE)
    # "yes" from 1/6 on.
    assert found.decisions.tolist() == [0, 1, 0, 1]
    assert found.dollars_per_case == -0.25
    # Expected: 5 x .1, .8, 5 x .1, .2.
    np.testing.assert_allclose(found.stated.dollars_per_case, -0.5)
    np.testing.assert_allclose(found.stated.gap.mean, 0.25)


def test_columns_of_probabilities_are_those_of_the_sorted_labels():
    turned = CostMatrix("m", ("yes", "no"), [[0, 5], [1, 0]])
    p = [[0.9, 0.1], [0.8, 0.2], [0.9, 0.1], [0.2, 0.8]]
    assert judge(TRUTHS, p, turned).decisions.tolist() == [0, 1, 0, 1]
    assert judge(TRUTHS, p, turned).matrix.labels == ("no", "yes")
    given = judge(TRUTHS, np.array(p)[:, ::-1], turned, labels=["yes", "no"])
    assert given.decisions.tolist() == [1, 0, 1, 0]
    assert given.dollars_per_case == -0.25


@pytest.mark.parametrize("library", [pd, pl])
def test_columns_of_a_frame_go_by_name(library):
    frame = library.DataFrame({"yes": [0.1, 0.2, 0.1, 0.8], "no": [0.9, 0.8, 0.9, 0.2]})
    assert judge(library.Series(TRUTHS), frame, FIVE).decisions.tolist() == [0, 1, 0, 1]
    with pytest.raises(DataError, match=r'columns are "y", "no"; expected .* "no", "yes"'):
        judge(TRUTHS, library.DataFrame({"y": [1.0] * 4, "no": [0.0] * 4}), FIVE)


def test_of_two_classes_the_second_ones_probability_will_do():
    assert judge(TRUTHS, [0.1, 0.2, 0.1, 0.8], FIVE).decisions.tolist() == [0, 1, 0, 1]


def test_labels_that_are_numbers_are_in_their_order():
    costs = {10: {9: 1}, 9: {10: 5}}
    found = judge([9, 10, 9.0], [[0.9, 0.1], [0.1, 0.9], [0.5, 0.5]], costs)
    assert found.matrix.labels == ("9", "10")
    assert found.decisions.tolist() == [0, 1, 0]
    bare = judge([9, 10, 9], [9, 9, 10], [[0, 5], [1, 0]])
    assert bare.dollars_per_case == -2
    assert bare.matrix.labels == ("9", "10")


def test_truths_may_be_yes_and_no_of_any_type():
    truths = np.array([True, False, True])
    found = judge(truths, [False, False, True], [[0, 1], [5, 0]])
    assert found.dollars_per_case == -5 / 3


def test_a_class_without_a_case_needs_labels_where_costs_have_none():
    costs = [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
    with pytest.raises(CostMatrixError, match=r"3 rows .* 2 classes .*labels="):
        judge(["a", "b"], ["a", "b"], costs)
    assert judge(["a", "b"], ["a", "c"], costs, labels=["a", "b", "c"]).accuracy == 0.5
    assert judge(["a", "b"], [[1, 0, 0], [0, 0, 1]], THREE).accuracy == 0.5


def test_a_referral_is_a_decision_and_no_mistake():
    costs = {"no": {"yes": 1, "refer": 0.5}, "yes": {"no": 5, "refer": 0.5}}
    found = judge(TRUTHS, ["no", "refer", "no", "refer"], costs)
    assert (found.dollars_per_case, found.accuracy, found.outcome.referred) == (-0.25, 1, 2)


def test_costs_of_the_case_and_groups():
    costs = {"no": {"yes": 1}, "yes": {"no": {"column": "amount"}}}
    amount = np.array([1, 2, 3, 70.0])
    for columns in ({"amount": amount}, pd.DataFrame({"amount": amount})):
        assert judge(TRUTHS, DECISIONS, costs, columns=columns).dollars_per_case == -71 / 4
    with pytest.raises(CostMatrixError, match='depend on the column "amount"'):
        judge(TRUTHS, DECISIONS, costs)
    alone = judge(TRUTHS * 10, DECISIONS * 10, FIVE)
    grouped = judge(TRUTHS * 10, DECISIONS * 10, FIVE, groups=np.arange(40) // 4)
    assert (alone.interval.n, grouped.interval.n) == (40, 10)


def test_everything_is_told_as_plain_values():
    told = judge(TRUTHS, [0.1, 0.2, 0.1, 0.8], FIVE).to_json()
    assert told["dollars_per_case"] == -0.25
    assert told["bounds"] == {"constant_decision": "yes", "constant": -0.75, "oracle": 0.0}
    assert told["mistakes"] == [{"truth": "no", "decision": "yes", "cases": 1, "dollars": -1.0}]
    assert told["stated_dollars_per_case"] == pytest.approx(-0.5)
    assert told["per_class"]["yes"]["recall"] == 1


@pytest.mark.parametrize(
    ("truths", "answers", "told"),
    [
        (TRUTHS, DECISIONS[1:], "received 4 and 3"),
        ([], [], "received 0 and 0"),
        (
            ["no", "maybe"],
            ["no", "no"],
            'y_true: case 1 .* has "maybe"; expected one of "no", "yes"',
        ),
        (["no", None], ["no", "no"], "case 1 .* has no label"),
        (["no", "no"], ["no", "what"], 'decisions: case 1 .* has "what"'),
        (["no", "no"], [[0.5, 0.5], [0.9, 0.9]], r"case 1 .* are \[0.9, 0.9\]; .* sum to 1"),
        (["no", "no"], [[0.5, 0.5], [1.2, -0.2]], "case 1"),
        (["no", "no"], [[0.5, 0.5], [np.nan, 1]], "case 1"),
        (["no", "no"], [[0.2, 0.3, 0.5]] * 2, r"expected 2 a case, \(n, 2\)"),
        (["no", "no"], [["x", "y"]] * 2, "expected numbers, received text"),
    ],
)
def test_what_cannot_be_judged_is_told_with_its_case(truths, answers, told):
    with pytest.raises(DataError, match=told):
        judge(truths, answers, FIVE)


def test_rounded_probabilities_are_taken():
    found = judge(["a", "b", "c"], [[0.333, 0.334, 0.332]] * 3, THREE)
    assert found.decisions.tolist() == [2, 2, 2]  # of equal ones: 10/3, 10/3, 2


ACTS = CostMatrix("acts", ("no", "yes"), [[0, 1, 4], [20, 9, 5]], actions=("leave", "ask", "act"))


def test_actions_are_judged_by_what_they_cost_and_none_is_accurate():
    found = judge(TRUTHS, ["leave", "ask", "act", "leave"], ACTS)
    assert found.outcome.confusion_matrix.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert found.dollars_per_case == -(0 + 1 + 4 + 20) / 4
    assert found.accuracy is None
    assert found.outcome.per_class["no"].recall is None
    assert found.outcome.per_class["no"].support == 3
    # The best for "yes" is "act", for 5; an oracle pays nothing else.
    assert found.bounds.oracle == -5 / 4
    assert found.mistakes() == [
        ("yes", "leave", 1, -20.0),
        ("no", "act", 1, -4.0),
        ("no", "ask", 1, -1.0),
    ]
    told = found.to_json()
    assert (told["actions"], told["accuracy"]) == (["leave", "ask", "act"], None)


def test_probabilities_choose_the_cheapest_action():
    found = judge(TRUTHS, [0.01, 0.2, 0.9, 0.9], ACTS)
    # "ask" from 1/12 on, where 20 p is 1 + 8 p; "act" from 3/7 on.
    assert found.decisions.tolist() == [0, 1, 2, 2]


def test_classes_are_acted_on_by_their_best_actions():
    found = judge(TRUTHS, ["no", "yes", "no", "no"], ACTS)
    assert found.decisions.tolist() == [0, 2, 0, 0]
    with pytest.raises(DataError, match=r'case 1 .* has "maybe"; expected one of "leave", "ask"'):
        judge(TRUTHS, ["leave", "maybe", "act", "act"], ACTS)


def test_actions_of_costs_of_the_case_are_right_where_they_cost_least_there():
    matrix = CostMatrix(
        "m",
        ("no", "yes"),
        [[0, 4], [0, 5]],
        actions=("leave", "act"),
        column_costs=(ColumnCost("yes", "leave", "amount", 1.0),),
    )
    columns = {"amount": np.array([1.0, 1.0, 2.0, 90.0])}
    y, made = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 0])
    assert right_of_cases(y, made, matrix, columns).tolist() == [True, False, True, False]
