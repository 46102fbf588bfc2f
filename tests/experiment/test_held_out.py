"""What a reader of a run must not miss."""

import numpy as np
import pytest

from framework.experiment.remarks import misplaced, rare_and_dear

LABELS = ("fine", "leak", "fire")
COSTS = np.array([[0.0, 1, 1], [50, 0, 1], [9000, 8000, 0]])


def test_a_dear_class_without_a_test_case_is_said_to_be_untested():
    (told,) = rare_and_dear(np.array([0] * 90 + [1] * 10), COSTS, LABELS)
    assert told.startswith('no test case of "fire": what its mistakes cost (up to 9,000.00')
    assert told.endswith("was never tested")


def test_a_dear_class_in_a_few_test_cases_is_said_to_be_hardly_tested():
    (told,) = rare_and_dear(np.array([0] * 90 + [1] * 10 + [2] * 3), COSTS, LABELS)
    assert told.startswith('only 3 test cases of "fire"')
    assert rare_and_dear(np.array([0] * 90 + [2] * 5), COSTS, LABELS) == []  # leaks are cheap


def test_costs_of_the_case_count_by_their_dearest():
    y = np.array([0] * 20 + [1] * 2)
    costs = np.zeros((22, 2, 2))
    costs[:, 0, 1] = 1
    costs[:, 1, 0] = np.arange(22)
    (told,) = rare_and_dear(y, costs, ("no", "yes"))
    assert "up to 21.00 USD" in told


@pytest.mark.parametrize(("stated", "told"), [(0.1, 0), (0.19, 0), (0.45, 1), (0.02, 1)])
def test_probabilities_off_their_share_by_more_than_a_factor_of_two_are_told(stated, told):
    y = np.array([0] * 900 + [1] * 100)
    p = np.tile([1 - stated, stated], (1000, 1))
    found = misplaced("m", p, y, ("no", "yes"))
    assert len(found) == told
    assert all("calibration bias" in text for text in found)


def test_of_a_few_cases_nothing_is_said_of_probabilities():
    y = np.array([0] * 19 + [1])
    assert misplaced("m", np.tile([0.85, 0.15], (20, 1)), y, ("no", "yes")) == []
