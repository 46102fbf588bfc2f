import numpy as np
import pytest

from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.references import Bounds, cheapest_constant, collapsed

COSTS = np.array([[0.0, 1.0], [5.0, 1.0]])


def test_the_constant_decision_is_chosen_on_training_and_judged_on_test_cases():
    y_train, y_test = np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1])
    # On training: always 0 costs 5, always 1 costs 3 + 1 = 4. On test: 1 + 3 = 4, over 4 cases.
    found = Bounds.of(JudgedCases(y_train, COSTS), JudgedCases(y_test, COSTS))
    assert (found.constant_decision, found.constant) == (1, -1.0)
    # The oracle pays what even the best decision costs: 0 + 1 + 1 + 1.
    assert found.oracle == -0.75


def test_savings_are_the_share_of_the_way_to_the_oracle():
    found = Bounds.of(JudgedCases(np.array([0, 1]), COSTS), JudgedCases(np.array([0, 1]), COSTS))
    assert found.savings(found.constant) == 0
    assert found.savings(found.oracle) == 1
    assert found.savings(-1.5) == pytest.approx((-1.5 + 1) / 0.5)


def test_no_way_to_go_has_no_savings():
    flat = np.array([[1.0, 1.0], [1.0, 1.0]])
    found = Bounds.of(JudgedCases(np.array([0, 1]), flat), JudgedCases(np.array([0, 1]), flat))
    assert found.savings(-1.0) is None


def test_costs_of_each_case():
    costs = np.array([[[0, 1], [5, 0]], [[0, 1], [50, 0]]], dtype=float)
    found = Bounds.of(JudgedCases(np.array([1, 1]), costs), JudgedCases(np.array([0, 1]), costs))
    assert (found.constant_decision, found.constant, found.oracle) == (1, -0.5, 0.0)


def test_a_collapse_says_one_thing_and_loses_more_than_the_best_constant():
    limits = Bounds.of(
        JudgedCases(np.array([0, 1]), COSTS), JudgedCases(np.array([0, 1]), COSTS)
    )  # always 1: -1
    says_0 = np.array([[96, 0], [4, 0]])
    assert collapsed(says_0, -2.0, limits) == 0
    assert collapsed(says_0, -0.5, limits) is None  # cheap: a sensible constant
    assert collapsed(np.array([[60, 36], [4, 0]]), -2.0, limits) is None  # bad, but no collapse


def test_a_cautious_threshold_is_no_collapse():
    # 2 % positives, dearer than the best constant: 98 % are called negative, 73 % of positives not.
    limits = Bounds.of(
        JudgedCases(np.array([0, 1]), COSTS), JudgedCases(np.array([0, 1]), COSTS)
    )  # always 1: -1
    assert collapsed(np.array([[975, 3], [6, 16]]), -2.0, limits) is None
    assert collapsed(np.array([[978, 0], [21, 1]]), -2.0, limits) == 0


def test_a_collapse_of_many_classes_may_spare_a_few_cases():
    limits = Bounds.of(JudgedCases(np.array([0, 1]), COSTS), JudgedCases(np.array([0, 1]), COSTS))
    counts = np.zeros((43, 43), dtype=int)
    counts[:, 7] = 100
    counts[3, 7], counts[3, 3] = 60, 40
    counts[9] = 0  # a class that does not occur
    assert collapsed(counts, -2.0, limits) == 7


def test_the_cheapest_constant_decision_of_counted_cases():
    y, counts = np.array([0, 1]), np.array([3.0, 1.0])
    assert cheapest_constant(np.repeat(y, [3, 1]), COSTS) == 1  # 5 against 4
    assert cheapest_constant(y, COSTS, counts) == 1
    assert cheapest_constant(y, COSTS, np.array([6.0, 1.0])) == 0  # 5 against 7
