import numpy as np
import pytest

from framework.core.monitoring.betting import (
    LEVEL,
    MORE,
    MOST,
    Bets,
    least_excess,
    log_wealth,
    scale_of,
)

COST, WRONG, WEEKS, CASES = 100.0, 0.15, 52, 50


def excess(n, rng, times=1.0):
    """Two values: a mistake of 100 dollars in 15 of 100 cases, or ``times`` as many, is promised at 15."""
    return COST * (rng.random(n) < WRONG * times) - COST * WRONG


def bets(values):
    least = np.full(len(values), -COST * WRONG)
    squares = np.full(len(values), WRONG * COST**2)
    return Bets(values, least, scale_of(-least, squares))


def first_alarm(values, since=None):
    week = np.repeat(np.arange(len(values) // CASES), CASES)
    wealth = log_wealth(bets(values).log_factors(), week, week, int(week[-1]) + 1)
    reached = np.flatnonzero(wealth >= -np.log(LEVEL))
    return reached[0] if len(reached) else np.inf


def test_stakes_are_those_that_let_the_wealth_grow_the_fastest():
    # 15 above nothing is promised, of squares of 1,500: a hundredth, times the part that is missing.
    (factors,) = np.exp(bets(np.array([85.0])).log_factors())
    assert factors == pytest.approx([1 + 85 * more / 100 for more in MORE])


def test_no_case_takes_more_than_its_part():
    dear = Bets(np.array([-1000.0]), np.array([-1000.0]), 1.0)
    assert np.exp(dear.log_factors()) == pytest.approx(np.full((1, 3), 1 - MOST))


def test_the_wealth_is_a_mean_of_bets_begun_in_each_week():
    # One bet that doubles in week 0 and again in week 1: of halves, sixths and what is left, a third.
    week = np.array([0, 1])
    wealth = np.exp(log_wealth(np.log([[2.0], [2.0]]), week, week, 2))
    assert wealth == pytest.approx([0.5 * 2 + 0.5, 0.5 * 4 + 2 / 6 + 1 / 3])


def test_the_order_in_which_outcomes_come_changes_nothing():
    rng = np.random.default_rng(0)
    factors = bets(excess(300, rng, 1.5)).log_factors()
    week = np.repeat([0, 1, 2], 100)
    last = [
        log_wealth(factors, week, look, 30)[-1]
        for look in (rng.integers(30, size=300), np.full(300, 29))
    ]
    assert last[0] == pytest.approx(last[1])


def test_a_promise_that_is_kept_is_called_broken_in_at_most_one_of_twenty_years():
    called = [
        first_alarm(excess(WEEKS * CASES, np.random.default_rng(seed))) < WEEKS
        for seed in range(400)
    ]
    # Of 400 years with 5 % each, 29 or more come once in a hundred.
    assert sum(called) <= 28


def test_more_than_promised_is_called_soon_also_after_quiet_weeks():
    rng = np.random.default_rng(1)
    at_once = [first_alarm(excess(20 * CASES, rng, 2.0)) < 10 for _ in range(40)]
    assert np.mean(at_once) > 0.9
    later = [
        10 <= first_alarm(np.append(excess(500, rng), excess(500, rng, 2.0))) < 20
        for _ in range(40)
    ]
    assert np.mean(later) > 0.7


def test_less_than_promised_is_no_alarm():
    rng = np.random.default_rng(2)
    assert first_alarm(excess(WEEKS * CASES, rng, 0.5)) == np.inf


def test_at_least_so_much_more_is_lost_is_seldom_too_much():
    rng = np.random.default_rng(3)
    found = np.array([least_excess(bets(excess(1000, rng, 2.0))) for _ in range(200)])
    assert (found > 15).mean() <= 0.05
    assert np.median(found) > 5
    assert least_excess(bets(excess(1000, rng, 0.5))) == 0
    assert least_excess(bets(np.empty(0))) == 0


def test_without_anything_promised_nothing_is_staked():
    assert scale_of(np.zeros(3), np.zeros(3)) == 0
