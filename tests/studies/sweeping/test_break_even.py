import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.studies.sweeping.break_even import (
    Lines,
    break_even,
    break_even_interval,
    cheapest,
    envelope,
    pareto_front,
    reach_along,
)

# Two models on 100 cases, false alarms at 1 dollar: 10 missed and 5 false alarms, 2 and 45. At a
# missed case's cost of t the first brings -(10 t + 5) / 100 a case, the second -(2 t + 45) / 100:
# equal at t = 5.
FEW_ALARMS, FEW_MISSED = (-0.05, -0.10), (-0.45, -0.02)


def test_break_even_by_hand():
    assert break_even(FEW_MISSED, FEW_ALARMS) == pytest.approx(5)
    assert break_even(FEW_ALARMS, (-0.07, -0.10)) is None


def test_lines_are_counts_times_costs():
    y = np.repeat([0, 1], [60, 40])
    decisions = np.zeros((2, 100), dtype=int)
    decisions[0, :5] = decisions[1, :45] = 1  # false alarms
    decisions[0, 70:] = decisions[1, 62:] = 1  # 10 missed, 2 missed
    at_zero, at_one = np.array([[0.0, 1], [0, 0]]), np.array([[0.0, 1], [1, 0]])
    constant, slope = Lines.of(y, decisions, at_zero, at_one).means
    np.testing.assert_allclose((constant[0], slope[0]), FEW_ALARMS)
    np.testing.assert_allclose((constant[1], slope[1]), FEW_MISSED)
    # Costs of each case's own: the same, all doubled.
    doubled = [2 * np.broadcast_to(costs, (100, 2, 2)) for costs in (at_zero, at_one)]
    np.testing.assert_allclose(Lines.of(y, decisions, *doubled).means[0], 2 * constant)


def test_the_envelope_changes_at_the_break_even_point():
    constant, slope = np.array([FEW_MISSED, FEW_ALARMS]).T
    first, second = envelope(constant, slope, 1, 1000)
    assert (first.low, first.model, second.model, second.high) == (1, 1, 0, 1000)
    assert first.high == second.low == pytest.approx(5)
    assert envelope(constant, slope, 6, 9)[0].model == 0


whole = st.integers(-20, 0)


@given(st.lists(st.tuples(whole, whole), min_size=1, max_size=12))
def test_the_envelope_is_the_cheapest_line_everywhere(lines):
    constant, slope = np.array(lines, dtype=float).T
    segments = envelope(constant, slope, 1.0, 50.0)
    assert segments[0].low == 1.0
    assert segments[-1].high == 50.0
    for before, after in itertools.pairwise(segments):
        assert before.high == after.low
    for segment in segments:
        for t in np.linspace(segment.low, segment.high, 5):
            dollars = constant + slope * t
            assert dollars[segment.model] == pytest.approx(dollars.max(), abs=1e-9)


def test_slopes_that_differ_by_rounding_alone_have_no_break_even_point():
    a, b = 0.1 + 0.2, 0.3
    assert a != b
    assert break_even((-1.0, -a), (-2.0, -b)) is None
    (only,) = envelope(np.array([-1.0, -2.0]), -np.array([a, b]), 1, 1e12)
    assert only.model == 0


def test_equally_cheap_models_differ_by_rounding_alone_and_the_first_wins():
    assert cheapest(np.array([-3.0, -0.3, -0.1 - 0.2])) == 1


def one_dollar_at_most(value):
    return max(1.0, abs(value))


def test_the_interval_of_many_cases_is_fiellers():
    """Constants of mean -.4, slopes of mean .08: with known variances a quadratic equation."""
    rng = np.random.default_rng(0)
    constant = rng.choice([0.0, -1], 20_000, p=[0.6, 0.4])
    slope = rng.choice([0.0, 1], 20_000, p=[0.92, 0.08])
    a, b = constant.mean(), slope.mean()
    (vaa, vab), (_, vbb) = np.cov(constant, slope) * 1.96**2 / 20_000
    # (a + b t)^2 = 1.96^2 (var a + 2 t cov + t^2 var b) / n
    expected = sorted(np.roots([b**2 - vbb, 2 * (a * b - vab), a**2 - vaa]))
    found = break_even_interval(constant, slope, one_dollar_at_most)
    assert found == pytest.approx(expected, rel=0.02)
    # Nothing is drawn at random.
    assert found == break_even_interval(constant, slope, one_dollar_at_most)


def test_a_break_even_point_that_may_not_exist_has_no_upper_end():
    constant, slope = np.full(200, -0.4), np.zeros(200)
    slope[:2] = 1.0  # two of 200 cases: whether they outnumber those of the other kind is not sure
    low, high = break_even_interval(constant, slope, one_dollar_at_most)
    assert 0 < low < 0.4 * 200 / 2
    assert high == np.inf


def test_one_that_is_always_the_better_one_is_so_from_the_floor_on():
    constant, slope = np.full(2000, 0.5), np.tile([0.0, 1.0], 1000)
    assert break_even_interval(constant, slope, one_dollar_at_most) == (0.0, 0.0)
    # For sure at 0, but beyond it a single missed case of the other kind would tell otherwise.
    rare = np.zeros(2000)
    rare[0] = 1.0
    assert break_even_interval(constant, rare, one_dollar_at_most) == (0.0, np.inf)


def test_groups_of_cases_make_it_wider_and_too_few_give_none():
    rng = np.random.default_rng(1)
    constant = np.repeat(rng.choice([0.0, -1], 60, p=[0.6, 0.4]), 10)
    slope = np.repeat(rng.choice([0.0, 1], 60, p=[0.7, 0.3]), 10)
    groups = np.repeat(np.arange(60), 10)
    low, high = break_even_interval(constant, slope, one_dollar_at_most)
    low_of_groups, high_of_groups = break_even_interval(constant, slope, one_dollar_at_most, groups)
    assert low_of_groups < low < high < high_of_groups
    assert break_even_interval(constant, slope, one_dollar_at_most, groups % 9) is None


def test_the_most_that_two_decisions_differ_by_along_a_cost():
    at_zero = np.array([[0.0, 2, 1], [0, 0, 4]])
    at_one = np.array([[0.0, 2, 1], [3, 0, 4]])
    most = reach_along(at_zero, at_one)
    assert [most(value) for value in (0.0, 1.0, 5.0)] == [4.0, 4.0, 15.0]
    of_cases = reach_along(np.stack([at_zero, 2 * at_zero]), np.stack([at_one, 2 * at_zero]))
    assert [of_cases(value) for value in (0.0, 5.0)] == [8.0, 15.0]
    assert reach_along(at_zero, at_zero)(7.0) == 4.0


def test_the_pareto_front_by_hand():
    first = np.array([0, 1, 2, 3, 1, 0])
    second = np.array([5, 3, 3, 0, 3, 6])
    assert pareto_front(first, second).tolist() == [True, True, False, True, False, False]
