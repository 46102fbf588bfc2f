import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework import CostMatrix
from framework.core.case_costs import case_costs
from framework.core.costs.actions import acted_on, best_actions, class_costs
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.evaluation.evaluation import evaluate
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.judging import judge
from framework.core.evaluation.references import Bounds

# Discharge, second picture, biopsy; benign and malignant.
COSTS = np.array([[0.0, 300.0, 1300.0], [252_000.0, 60_000.0, 35_000.0]])
seeds = st.integers(0, 10_000)


def test_the_best_action_is_the_cheapest_one_for_a_truth_and_a_referral_is_none():
    assert best_actions(COSTS, 3).tolist() == [0, 2]
    assert best_actions(np.array([[5.0, 5.0, 0.0], [9.0, 8.0, 0.0]]), 2).tolist() == [0, 1]


def test_to_act_as_if_a_class_were_true_costs_what_its_best_action_does():
    assert class_costs(COSTS, 3).tolist() == [[0, 1300], [252_000, 35_000]]
    assert class_costs(COSTS, 0) is COSTS


def test_where_costs_depend_on_the_case_so_does_the_best_action():
    other = np.array([[0.0, 300.0, 1300.0], [252_000.0, 100.0, 35_000.0]])
    costs = np.stack([COSTS, other])
    assert best_actions(costs, 3).tolist() == [[0, 2], [0, 1]]
    assert class_costs(costs, 3).tolist() == [
        [[0, 1300], [252_000, 35_000]],
        [[0, 300], [252_000, 100]],
    ]
    assert acted_on(np.array([1, 1]), costs, 3).tolist() == [2, 1]


def test_a_class_is_acted_on_by_its_best_action():
    assert acted_on(np.array([0, 1, 1, 0]), COSTS, 3).tolist() == [0, 2, 2, 0]
    assert acted_on(np.array([0, 1]), COSTS, 0).tolist() == [0, 1]


@given(seeds, st.integers(2, 5), st.integers(2, 6))
def test_the_cheapest_action_is_that_of_brute_force(seed, n_labels, n_actions):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(n_labels), 20)
    matrix = CostMatrix(
        "m",
        [f"k{i}" for i in range(n_labels)],
        rng.uniform(-10, 10, (n_labels, n_actions)),
        actions=[f"a{j}" for j in range(n_actions)],
        refer=rng.uniform(0, 5, n_labels),
    )
    costs = matrix.dollar_costs()
    found = minimum_expected_cost(p, costs)
    for case in range(len(p)):
        expected = [
            sum(p[case, i] * costs[i, a] for i in range(n_labels)) for a in range(n_actions + 1)
        ]
        assert expected[found[case]] == pytest.approx(min(expected))


def as_actions(costs, order):
    """The square matrix ``costs``, its columns in another order and called by other names."""
    names = [f"k{i}" for i in range(len(costs))]
    return CostMatrix(
        "acts", names, np.array(costs)[:, order], actions=[f"do k{j}" for j in order], refer=2.0
    )


@given(seeds, st.integers(2, 5))
def test_actions_that_stand_for_the_labels_come_to_what_the_square_matrix_does(seed, n):
    rng = np.random.default_rng(seed)
    costs = rng.uniform(1, 10, (n, n))
    np.fill_diagonal(costs, 0.0)
    square = CostMatrix("square", [f"k{i}" for i in range(n)], costs, refer=2.0)
    order = rng.permutation(n)
    acts = as_actions(costs, order)
    np.testing.assert_array_equal(acts.induced_costs, square.costs)
    np.testing.assert_array_equal(acts.loss_weights, square.loss_weights)
    y, p = rng.integers(0, n, 30), rng.dirichlet(np.ones(n), 30)
    np.testing.assert_array_equal(acts.loss_table(y), square.loss_table(y))
    one, other = square.dollar_costs(), acts.dollar_costs()
    back = np.append(order, n)  # which label an action stands for; a referral is the last
    decided, acted = minimum_expected_cost(p, one), minimum_expected_cost(p, other)
    np.testing.assert_array_equal(back[acted], decided)
    np.testing.assert_array_equal(case_costs(y, acted, other), case_costs(y, decided, one))
    first, second = (
        Bounds.of(cases, cases) for cases in (JudgedCases(y, one), JudgedCases(y, other))
    )
    assert (first.constant, first.oracle) == pytest.approx((second.constant, second.oracle))
    judged, again = evaluate(y, decided, square), evaluate(y, acted, acts)
    np.testing.assert_array_equal(again.confusion_matrix, judged.confusion_matrix[:, back])
    assert again.dollars_per_case == pytest.approx(judged.dollars_per_case)
    assert again.referred == judged.referred


@given(seeds, st.integers(2, 5))
def test_actions_that_are_the_labels_are_the_square_matrix(seed, n):
    rng = np.random.default_rng(seed)
    names, order = [f"k{i}" for i in range(n)], rng.permutation(n)
    costs = rng.uniform(1, 10, (n, n))
    np.fill_diagonal(costs, 0.0)
    matrix = CostMatrix("m", names, costs[:, order], actions=[names[j] for j in order])
    assert matrix.actions == ()
    assert matrix.decision_labels == tuple(names)
    np.testing.assert_array_equal(matrix.costs, costs)
    assert "actions" not in matrix.to_dict()


@given(seeds)
def test_a_mistake_costs_more_than_the_best_action_for_its_truth(seed):
    rng = np.random.default_rng(seed)
    costs = rng.integers(0, 4, (3, 4)).astype(float)
    matrix = CostMatrix("m", ("a", "b", "c"), costs, actions=("w", "x", "y", "z"))
    y, made = rng.integers(0, 3, 40), rng.integers(0, 4, 40)
    judged = judge([matrix.labels[i] for i in y], [matrix.actions[j] for j in made], matrix)
    dearer = sum(costs[i, j] > costs[i].min() for i, j in zip(y, made, strict=True))
    assert sum(cases for _, _, cases, _ in judged.mistakes()) == dearer
