import numpy as np

from framework.report.run.mistake_tables import dearest_mistakes, largest_changes

RIGHT = np.array([[True, False, False], [False, True, False]])


def test_the_dearest_mistakes_are_no_right_decisions_and_no_gains():
    dollars = np.array([[-99.0, -1.0, 0.0], [-7.0, 0.0, 5.0]])
    assert dearest_mistakes(dollars, RIGHT, 5) == [(1, 0), (0, 1)]
    assert dearest_mistakes(dollars, RIGHT, 1) == [(1, 0)]


def test_of_actions_whichever_is_the_best_is_no_mistake():
    dollars = np.array([[-99.0, -1.0, 0.0], [-7.0, 0.0, -5.0]])
    best = np.array([[False, True, False], [True, False, False]])
    assert dearest_mistakes(dollars, best, 5) == [(0, 0), (1, 2)]


def test_the_largest_changes_are_of_either_sign_and_right_decisions_too():
    before = np.array([[-99.0, -1.0, 0.0], [-7.0, 0.0, 5.0]])
    after = np.array([[-99.0, -4.0, 0.0], [-7.0, 0.0, 6.0]])
    assert largest_changes(before, after, 5) == [(0, 1), (1, 2)]
