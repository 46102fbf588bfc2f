import numpy as np

from framework.core.case_costs import (
    by_case,
    case_costs,
    costs_of_decisions,
    costs_of_truths,
    expected_costs,
    of_cases,
)

OF_CLASSES = np.array([[0.0, 1, 3], [5, 0, 3]])  # a third decision: refer
OF_CASES = np.stack([OF_CLASSES, 2 * OF_CLASSES, 10 * OF_CLASSES])
Y, DECISIONS = np.array([0, 1, 1]), np.array([1, 0, 2])


def test_costs_of_a_class_and_of_the_case_are_looked_up_alike():
    assert costs_of_truths(Y, OF_CLASSES).tolist() == [[0, 1, 3], [5, 0, 3], [5, 0, 3]]
    assert costs_of_truths(Y, OF_CASES).tolist() == [[0, 1, 3], [10, 0, 6], [50, 0, 30]]
    assert costs_of_decisions(DECISIONS, OF_CLASSES).tolist() == [[1, 0], [0, 5], [3, 3]]
    assert costs_of_decisions(DECISIONS, OF_CASES).tolist() == [[1, 0], [0, 10], [30, 30]]
    assert case_costs(Y, DECISIONS, OF_CLASSES).tolist() == [1, 5, 3]
    assert case_costs(Y, DECISIONS, OF_CASES).tolist() == [1, 10, 30]


def test_expected_costs_are_those_of_the_probabilities():
    p = np.array([[0.5, 0.5], [1, 0], [0, 1]])
    assert expected_costs(p, OF_CLASSES).tolist() == [[2.5, 0.5, 3], [0, 1, 3], [5, 0, 3]]
    assert expected_costs(p, OF_CASES).tolist() == [[2.5, 0.5, 3], [0, 2, 6], [50, 0, 30]]


def test_some_cases_have_the_costs_of_all_or_their_own():
    assert of_cases(OF_CLASSES, [2]) is OF_CLASSES
    assert of_cases(OF_CASES, [2]).tolist() == [OF_CASES[2].tolist()]
    assert by_case(OF_CLASSES).shape == (1, 2, 3)
    assert by_case(OF_CASES) is OF_CASES
