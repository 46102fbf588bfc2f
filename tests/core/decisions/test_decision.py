import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.core.decisions.decision import (
    ALWAYS,
    NEVER,
    argmax,
    minimum_expected_cost,
    referring_above,
    threshold,
)

EQUAL = 1 - np.eye(3)
P = np.array([[0.7, 0.2, 0.1], [0.2, 0.5, 0.3]])


def test_argmax_ignores_costs():
    assert argmax(P, EQUAL).tolist() == [0, 1]


def test_threshold_is_inclusive():
    p = np.array([0.3, 0.29999, 0.9])
    assert threshold(np.column_stack([1 - p, p]), EQUAL, threshold=0.3).tolist() == [1, 0, 1]


def test_minimum_expected_cost_worked_by_hand():
    # Expected costs of the first case: 0.3, 0.8, 0.9 under equal costs. With a truth "c" that
    # must not be missed (cost 20 for "a" or "b"): 0.2 + 20 * 0.1 = 2.2, 2.7, and 0.9 for "c".
    assert minimum_expected_cost(P, EQUAL).tolist() == [0, 1]
    costs = np.array([[0, 1, 1], [1, 0, 1], [20, 20, 0]])
    assert minimum_expected_cost(P, costs).tolist() == [2, 2]


@given(st.floats(0.001, 0.999), st.floats(0.01, 100), st.floats(0.01, 100))
def test_for_two_classes_minimum_expected_cost_is_elkans_threshold(p, fp, fn):
    cut = fp / (fp + fn)
    if abs(p - cut) < 1e-9:
        return
    probabilities = np.array([[1 - p, p]])
    costs = np.array([[0, fp], [fn, 0]])
    assert minimum_expected_cost(probabilities, costs) == threshold(
        probabilities, costs, threshold=cut
    )


@given(st.integers(0, 10_000), st.floats(0.1, 50))
def test_a_constant_added_to_a_row_changes_no_decision(seed, constant):
    rng = np.random.default_rng(seed)
    p, costs = rng.dirichlet(np.ones(4), 5), rng.uniform(0, 10, (4, 4))
    shifted = costs.copy()
    shifted[2] += constant
    best, second = np.sort(p @ costs, axis=1)[:, :2].T
    clear = second - best > 1e-6
    np.testing.assert_array_equal(
        minimum_expected_cost(p, costs)[clear], minimum_expected_cost(p, shifted)[clear]
    )


@pytest.mark.parametrize("rule", [argmax, minimum_expected_cost])
def test_under_equal_costs_the_most_probable_class_is_cheapest(rule):
    p = np.random.default_rng(0).dirichlet(np.ones(3), 50)
    np.testing.assert_array_equal(rule(p, EQUAL), p.argmax(axis=1))


def test_costs_of_each_case_decide_each_case():
    p = np.array([[0.9, 0.1], [0.9, 0.1]])
    costs = np.array([[[0, 1], [5, 0]], [[0, 1], [20, 0]]])
    assert minimum_expected_cost(p, costs).tolist() == [0, 1]


def test_a_case_is_referred_where_that_is_cheapest():
    p = np.array([[0.99, 0.01], [0.6, 0.4], [0.05, 0.95]])
    costs = np.array([[0, 10, 2], [10, 0, 2]])
    assert minimum_expected_cost(p, costs).tolist() == [0, 2, 1]


def test_a_case_is_referred_where_deciding_is_dearer_by_more_than_so_much():
    p = np.array([[0.5, 0.5], [0.8, 0.2], [1.0, 0.0]])
    costs = np.array([[0.0, 10.0, 2.0], [10.0, 0.0, 2.0]])  # 5, 2 and 0 against 2
    assert referring_above(p, costs).tolist() == [2, 0, 0]
    assert referring_above(p, costs, 3.0).tolist() == [0, 0, 0]
    assert referring_above(p, costs, 2.9).tolist() == [2, 0, 0]
    assert referring_above(p, costs, ALWAYS).tolist() == [2, 2, 2]
    assert referring_above(p, costs, NEVER).tolist() == [0, 0, 0]
