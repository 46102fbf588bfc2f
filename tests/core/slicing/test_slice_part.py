import numpy as np
import pytest

from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.slicing.slice_part import Part

COSTS = np.array([[0.0, 1.0], [10.0, 0.0]])
LOWS, HIGHS = np.array([-1.0, -10.0]), np.zeros(2)
Y = np.array([0] * 30 + [1] * 10)
INSIDE = np.arange(40) % 4 == 0  # 8 of class 0, 2 of class 1 (cases 32 and 36)
LOST = np.where(Y == 1, -10.0, 0.0) * (np.arange(40) % 8 == 0)  # class 1: case 32 alone


def test_its_mean_is_that_of_its_cases():
    part = Part(JudgedCases(Y, COSTS), INSIDE)
    assert part.mean(LOST) == pytest.approx(-10 / 11 * 11 / 10)
    assert part.sampled(LOST, LOWS, HIGHS).mean == pytest.approx(-1.0)
    assert part.share == 0.25


def test_at_a_prevalence_its_classes_count_as_those_of_all_cases_do():
    """Class 1 is 1/4 of the cases and to be 1/2: its cases count 2, those of class 0 2/3."""
    part = Part(JudgedCases(Y, COSTS, None, np.array([0.5, 0.5])), INSIDE)
    n_0, n_1 = 8, 2
    assert (Y[INSIDE] == 1).sum() == n_1
    assert part.mean(LOST) == pytest.approx(-10 * 2 / (n_0 * 2 / 3 + n_1 * 2))
    assert part.share == pytest.approx((n_0 * 2 / 3 + n_1 * 2) / 40)
    sampled = part.sampled(LOST, LOWS, HIGHS)
    assert sampled.mean == pytest.approx(part.mean(LOST))
    # The dearest that may come: a case of class 1, which counts 2 of 0.93 on average
    assert sampled.cases[0].support[0] < -10


def test_the_difference_to_the_others_is_that_of_two_samples():
    cases = JudgedCases(Y, COSTS)
    part, others = Part(cases, INSIDE), Part(cases, ~INSIDE)
    gap = part.less_others(others, LOST, LOWS, HIGHS)
    assert gap.mean == pytest.approx(-1.0 - 0.0)
    assert len(gap.cases) == 2


def test_groups_with_cases_on_both_sides_make_it_one_sample():
    """A group's cases lose alike: what it takes from one side, it takes from the other."""
    groups = np.repeat(np.arange(20), 2)
    y, inside = np.ones(40, int), np.tile([True, False], 20)
    lost = -10.0 * np.repeat(np.arange(20) % 2, 2)
    cases = JudgedCases(y, COSTS, groups)
    part, others = Part(cases, inside), Part(cases, ~inside)
    gap = part.less_others(others, lost, LOWS, HIGHS)
    assert gap.mean == pytest.approx(0.0)
    assert (len(gap.cases), gap.n) == (1, 20)
    assert gap.standard_error == pytest.approx(0.0)


def test_observations_are_groups():
    groups = np.repeat(np.arange(20), 2)
    assert Part(JudgedCases(Y, COSTS, groups), INSIDE).observations == 10
    assert Part(JudgedCases(Y, COSTS), INSIDE).observations == 10
