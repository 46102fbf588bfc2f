import numpy as np
import pytest
from scipy.stats import beta

from framework.core.uncertainty.risk_bound import betting_limit, limit_below, tail
from framework.core.uncertainty.sampled_mean import SampledMean


def lower(values, support, level=0.95, groups=None):
    return limit_below(SampledMean.of(np.asarray(values, float), support, groups), level)


@pytest.mark.parametrize(("n", "wrong"), [(20, 0), (20, 3), (143, 1), (2000, 0), (2000, 40)])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_of_two_values_it_is_the_limit_of_clopper_and_pearson(n, wrong, level):
    dollars = np.where(np.arange(n) < wrong, -250_000.0, 0.0)
    exact = -250_000 * beta.ppf(level, wrong + 1, n - wrong)
    assert lower(dollars, (-250_000, 0), level) == pytest.approx(exact, rel=0.01)


def test_the_tail_is_that_of_random_weights():
    rng = np.random.default_rng(0)
    values = np.append(rng.random(30), 3.0)
    drawn = rng.exponential(size=(400_000, 31)) @ (values[:, None] - np.array([0.6, 0.8, 1.0]))
    for k, limit in enumerate([0.6, 0.8, 1.0]):
        assert tail(values, np.ones(31), limit) == pytest.approx(
            (drawn[:, k] >= 0).mean(), rel=0.03, abs=2e-4
        )


def test_beyond_all_values_there_is_nothing_and_below_them_everything():
    values, weights = np.array([1.0, 2.0]), np.ones(2)
    assert (tail(values, weights, 3.0), tail(values, weights, 0.5)) == (0.0, 1.0)


def test_values_that_are_all_the_worst_have_no_lower_limit_below_them():
    assert lower(np.full(50, -10.0), (-10, 0)) == -10


def test_whoever_saw_more_is_surer():
    few, many = (lower(np.tile([0.0, -1.0], n), (-5, 0)) for n in (50, 5000))
    assert few < many < -0.5


def test_cases_that_go_wrong_together_make_it_wider():
    dollars = np.where(np.arange(400) < 40, -100.0, 0.0)
    assert lower(dollars, (-100, 0), groups=np.arange(400) // 10) < lower(dollars, (-100, 0)) - 1


@pytest.mark.parametrize("kind", ["rare", "many", "flat"])
def test_limits_by_betting_hold_and_are_wider(kind):
    rng = np.random.default_rng(1)
    draw = {
        "rare": lambda: -1000.0 * (rng.random(500) < 0.01),
        "many": lambda: -rng.gamma(2, 50, 500).clip(0, 1000),
        "flat": lambda: -rng.uniform(0, 1000, 500),
    }[kind]
    truth = np.mean([draw().mean() for _ in range(4000)])
    limits = [
        (betting_limit(values, (-1000, 0), 0.95), lower(values, (-1000, 0)))
        for values in (draw() for _ in range(60))
    ]
    assert all(betting <= truth for betting, _ in limits)
    assert np.mean([betting < other for betting, other in limits]) > 0.9


def test_a_bet_on_few_bad_cases_wins_nothing():
    assert betting_limit(np.full(5, -1000.0), (-1000, 0), 0.95) == -1000
