import numpy as np
import pytest

from framework.core.uncertainty.intervals import Difference, Interval
from framework.core.uncertainty.multiple_comparisons import (
    beyond_chance,
    clearly_ahead,
    holm,
    level_of_best,
    margin,
    of_best,
    standard_error,
)


def test_the_standard_error_by_hand_and_that_of_groups():
    dollars = np.array([0.0, 2, 4, 6])
    assert standard_error(dollars) == pytest.approx(np.sqrt(20 / 3 / 4))
    # Two groups, of means 1 and 5, are two observations: deviation sqrt(8), of two.
    assert standard_error(dollars, np.array([7, 7, 3, 3])) == pytest.approx(2)
    assert standard_error(dollars, np.zeros(4)) == np.inf


def test_groups_of_cases_all_alike_are_as_few_as_they_are():
    of_group = np.random.default_rng(0).exponential(100, 30)
    cases, groups = np.repeat(of_group, 4), np.repeat(np.arange(30), 4)
    assert standard_error(cases, groups) == pytest.approx(standard_error(of_group))
    assert standard_error(cases) < 0.6 * standard_error(cases, groups)


def test_the_best_of_many_must_be_further_ahead():
    """98 cases, ahead by 1 in each but the two supposed ones of 10 dollars either way."""
    best, other = np.ones(98), np.zeros(98)
    error = np.sqrt((98 * (1 - 0.98) ** 2 + (10 - 0.98) ** 2 + (10 + 0.98) ** 2) / 99 / 100)
    for k in (2, 10, 100):
        expected = 1 - np.sqrt(2 * np.log(k)) * error
        assert margin(best, other, k, 10.0) == pytest.approx(expected)
    assert clearly_ahead(best, other, 100, 10.0)
    assert not clearly_ahead(best, other, 100, 30.0)
    assert not clearly_ahead(best, best, 2, 10.0)


def test_a_dear_mistake_may_come_with_a_whole_group():
    best, other = np.ones(400), np.zeros(400)
    assert clearly_ahead(best, other, 10, 60.0)
    assert not clearly_ahead(best, other, 10, 60.0, np.repeat(np.arange(20), 20))


def test_the_interval_of_the_best_of_ten_is_that_of_ten_at_once():
    assert level_of_best(1) == pytest.approx(0.95)
    assert level_of_best(10) == pytest.approx(0.995)


def told(*probabilities):
    interval = Interval(0.0, -1.0, 1.0, 0.5, 50)
    return [Difference(interval, p) for p in probabilities]


def test_looks_are_corrected_one_after_the_other():
    """Two-sided .002, .016, .022 and .4, in Holm's order against .0125, .0167, .025 and .05."""
    assert beyond_chance(told(0.8, 0.008, 0.999, 0.989)) == [0, -1, 1, 1]
    # .03 is more than a half of .05: nothing after it is looked at.
    assert beyond_chance(told(0.985, 0.985)) == [0, 0]
    assert beyond_chance(told(0.985)) == [1]
    assert beyond_chance(told(None, 0.5, 0.9999)) == [0, 0, 1]


def test_a_probability_of_the_best_of_several_knows_the_choice():
    (sure,) = told(0.9975)
    assert of_best(sure, 10).probability_cheaper == pytest.approx(0.975)
    assert of_best(sure.reversed(), 10).probability_cheaper == pytest.approx(0.025)
    assert of_best(told(0.9)[0], 10).probability_cheaper == 0.5
    assert of_best(told(None)[0], 10).probability_cheaper is None
    assert of_best(sure, 1) == sure


def test_p_values_know_of_each_other():
    # 0.01 counts three times, 0.02 twice, 0.04 once; none less than a smaller one
    assert holm([0.04, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
