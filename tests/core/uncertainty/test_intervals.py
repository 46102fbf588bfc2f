import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from framework.core.uncertainty.intervals import (
    Difference,
    Interval,
    mean_interval,
    not_excluded,
    paired_difference,
    reach,
    support,
    unpaired_difference,
)

DEAR = (-250_000.0, 0.0)


def test_what_did_not_happen_to_show_cannot_be_excluded():
    """500 cases without a mistake: half a supposed case at 250,000, and the binomial's likelihood."""

    def drop(p):
        return 500 * np.log((1 - p) * 500.5 / 500) + 0.5 * np.log(p * 500.5 / 0.5) + 1.96**2 / 2

    interval = mean_interval(np.zeros(500), DEAR)
    assert interval.low == pytest.approx(-250_000 * brentq(drop, 0.001, 0.9), rel=1e-4)
    assert (interval.mean, interval.high, interval.n) == (0.0, 0.0, 500)
    assert interval.low < -1500


def test_the_interval_of_a_share_is_the_binomials():
    dollars = -np.array([1.0] * 30 + [0.0] * 70)
    interval = mean_interval(dollars, (-1.0, 0.0))
    assert interval.mean == -0.3
    assert interval.standard_error == pytest.approx(np.sqrt(0.3 * 0.7 / 99))
    assert interval.ends == pytest.approx((-0.396, -0.219), abs=0.006)  # Wilson's


def test_of_many_cases_that_were_all_seen_it_is_the_normal_one():
    dollars = -np.random.default_rng(2).exponential(100, 50_000)
    interval = mean_interval(dollars, (-2000.0, 0.0))
    half = 1.96 * dollars.std() / np.sqrt(50_000)
    assert interval.high - interval.mean == pytest.approx(half, rel=0.03)
    assert interval.mean - interval.low == pytest.approx(half, rel=0.06)
    narrow = mean_interval(dollars, (-2000.0, 0.0), level=0.5)
    assert interval.low < narrow.low < narrow.mean < narrow.high < interval.high


def test_cells_of_a_confusion_matrix_stand_for_their_cases():
    values, counts = -np.array([0.0, 5.0, 1.0]), np.array([70, 10, 20])
    of_cells = mean_interval(values, (-9.0, 0.0), counts=counts)
    assert of_cells == mean_interval(np.repeat(values, counts), (-9.0, 0.0))


def test_ten_million_cases_of_100_000_values_need_no_list_of_cases():
    rng = np.random.default_rng(0)
    values, counts = -rng.exponential(100, 100_000), rng.integers(1, 200, 100_000)
    interval = mean_interval(values, DEAR, counts=counts)
    assert interval.n > 9_000_000
    assert interval.low < interval.mean < interval.high


@pytest.mark.parametrize("support", [(-3.0, -3.0), (-3.0, 0.0), (-250_000.0, 1e9)])
def test_cases_all_alike(support):
    interval = mean_interval(np.full(50, -3.0), support)
    assert interval.low <= -3.0 <= interval.high
    if support == (-3.0, -3.0):
        assert interval.ends == (-3.0, -3.0)


def test_a_paired_difference_is_surer_than_two_intervals_and_never_certain():
    rng = np.random.default_rng(3)
    shared = -rng.exponential(100, 400)
    first, second = shared, shared - rng.integers(0, 2, 400)
    found = paired_difference(first, second, 2.0)
    assert found.interval.mean == pytest.approx((first - second).mean())
    assert found.interval.low > 0
    assert 0.999 < found.probability_cheaper < 1
    always = paired_difference(shared, shared - 50, 50.0)
    assert 0.999 < always.probability_cheaper < 1
    assert always.reversed().probability_cheaper > 0


def test_the_same_model_is_cheaper_half_of_the_time():
    dollars = -np.arange(20.0)
    found = paired_difference(dollars, dollars, 500.0)
    assert found.probability_cheaper == 0.5
    assert found.interval.low == -found.interval.high < 0
    assert paired_difference(dollars, dollars, 0.0).interval.ends == (0.0, 0.0)


def test_one_dear_mistake_less_does_not_make_a_model_surely_cheaper():
    """The second is wrong once at 250,000, the first 30 times at 1,288: a single case says it."""
    first, second = np.zeros(143), np.zeros(143)
    first[:30], second[0] = -1288.0, -250_000.0
    found = paired_difference(first, second, 250_000.0)
    assert found.interval.mean > 0
    assert 0.5 <= found.probability_cheaper < 0.9


@given(st.lists(st.sampled_from([-100.0, -1.0, 0.0, 1.0, 5.0]), min_size=10, max_size=40))
def test_a_probability_beyond_975_is_an_interval_that_leaves_out_zero(differences):
    first = np.array(differences)
    found = paired_difference(first, np.zeros(len(first)), 100.0)
    p, (low, high) = found.probability_cheaper, found.interval.ends
    assert 0 < p < 1
    assert low <= found.interval.mean <= high
    if abs(p - 0.975) > 1e-3 and abs(p - 0.025) > 1e-3:
        assert (low > 0) == (p > 0.975)
        assert (high < 0) == (p < 0.025)
    turned = paired_difference(np.zeros(len(first)), first, 100.0)
    assert turned.probability_cheaper == pytest.approx(found.reversed().probability_cheaper)
    assert turned.interval.ends == pytest.approx(found.reversed().interval.ends, abs=1e-6)


def test_cases_of_one_group_are_not_independent():
    # Ten photographs of each of 20 signs, all ten alike: as sure as 20 cases, not as 200.
    of_sign = -np.random.default_rng(4).exponential(100, 20)
    dollars, groups = np.repeat(of_sign, 10), np.repeat(np.arange(20), 10)
    grouped = mean_interval(dollars, (-1000.0, 0.0), groups)
    alone = mean_interval(of_sign, (-1000.0, 0.0))
    assert grouped.n == 20
    assert grouped.standard_error == pytest.approx(alone.standard_error)
    assert grouped.ends == pytest.approx(alone.ends, rel=1e-6)


def test_a_group_of_one_case_each_is_no_group():
    dollars = -np.random.default_rng(4).exponential(100, 30)
    assert mean_interval(dollars, DEAR, np.arange(30)).ends == pytest.approx(
        mean_interval(dollars, DEAR).ends
    )


def test_a_dear_mistake_that_was_not_seen_may_come_with_its_group():
    groups = np.repeat(np.arange(40), 10)
    alone, grouped = mean_interval(np.zeros(400), DEAR), mean_interval(np.zeros(400), DEAR, groups)
    assert grouped.low < 3 * alone.low


@pytest.mark.parametrize("n_groups", [1, 2, 9])
def test_too_few_groups_give_no_interval(n_groups):
    dollars, groups = -np.arange(90.0), np.arange(90) % n_groups
    interval = mean_interval(dollars, DEAR, groups)
    assert interval == Interval(-44.5, None, None, None, n_groups)
    assert interval.to_json() is None
    found = paired_difference(dollars, dollars - 1, 90.0, groups)
    assert found.to_json() == {"mean": 1.0, "interval": None, "probability_cheaper": None}
    assert found.reversed().interval.mean == -1
    assert unpaired_difference(dollars, dollars, (DEAR, DEAR), (None, groups)).interval.low is None
    assert mean_interval(dollars[:9], DEAR).low is None


def test_an_unpaired_difference_is_wider_than_a_paired_one():
    rng = np.random.default_rng(0)
    hard = rng.integers(0, 2, 400) * -10.0
    first, second = hard, hard - 1
    ends = (-11.0, 0.0)
    paired, unpaired = (
        paired_difference(first, second, 11.0),
        unpaired_difference(first, second, (ends, ends)),
    )
    assert paired.interval.mean == unpaired.interval.mean == pytest.approx(1)
    # Standard error of a difference of two independent means: 5 * sqrt(2 / 400).
    assert unpaired.interval.standard_error == pytest.approx(0.354, rel=0.05)
    assert unpaired.interval.high - 1 == pytest.approx(1.96 * 0.354, rel=0.05)
    assert unpaired.reversed().interval.mean == pytest.approx(-1)
    assert unpaired.reversed().probability_cheaper == 1 - unpaired.probability_cheaper


def test_seeds_vary_as_cases_do():
    """Nothing varies but the seeds: Student's interval of their three means."""
    dollars = np.repeat([[0.0], [-1.0], [-2.0]], 100_000, axis=1)
    interval = mean_interval(dollars, (-2.0, 0.0))
    assert interval.mean == -1
    assert interval.standard_error == pytest.approx(1 / np.sqrt(3), rel=1e-4)
    assert interval.high == pytest.approx(-1 + 4.3027 / np.sqrt(3), rel=1e-3)


def test_seeds_that_agree_add_nothing():
    of_case = -np.random.default_rng(1).exponential(100, 200)
    same = np.stack([of_case] * 5)
    assert mean_interval(same, DEAR).ends == pytest.approx(mean_interval(of_case, DEAR).ends)
    assert mean_interval(same[:1], DEAR) == mean_interval(of_case, DEAR)
    second = same - 5
    assert paired_difference(same, second, 1000.0).interval.mean == pytest.approx(5)


@pytest.mark.parametrize("n_seeds", [1, 2, 3])
def test_few_seeds_of_rare_dear_mistakes_have_a_probability(n_seeds):
    """Six deviations of Student's t with one degree of freedom are 3e8: no step overflows there."""
    rng = np.random.default_rng(0)
    cells, shares = np.array([0.0, -1288.0, -250_000.0]), [0.89, 0.1, 0.01]
    for _ in range(200):
        first, second = rng.choice(cells, p=shares, size=(2, n_seeds, 143))
        with np.errstate(all="raise", under="ignore"):
            found = paired_difference(first, second, 250_000.0)
        p, (low, high) = found.probability_cheaper, found.interval.ends
        assert 0 < p < 1
        assert (p > 0.5) <= (found.interval.mean > 0)
        assert low <= found.interval.mean <= high
        if abs(abs(p - 0.5) - 0.475) > 1e-3:
            assert (low > 0 or high < 0) == (abs(p - 0.5) > 0.475)


def test_what_a_case_can_bring_is_the_range_of_the_costs():
    costs = np.array([[0.0, 9.0], [50.0, -20.0]])
    assert support(costs) == (-50.0, 20.0)
    assert reach(costs) == 70.0
    of_cases = np.stack([costs, 2 * costs])
    assert support(of_cases) == (-100.0, 40.0)
    assert reach(of_cases) == 140.0


def test_the_sentence_for_a_dear_mistake_that_was_not_seen():
    def money(amount):
        return f"{amount:.0f} EUR"

    dollars = np.zeros(500)
    dollars[0] = -1288
    interval = mean_interval(dollars, DEAR)
    said = not_excluded(interval, dollars, DEAR, money)
    assert said == (
        f"no dear mistake seen among 500; up to {-interval.low:.0f} EUR a case cannot be excluded"
    )
    dollars[1] = -250_000
    assert not_excluded(mean_interval(dollars, DEAR), dollars, DEAR, money) is None
    few = Interval(0.0, None, None, None, 3)
    assert not_excluded(few, np.zeros(3), DEAR, money) is None


def test_a_difference_turned_round_is_that_of_the_other_first():
    found = Difference(Interval(2.0, -1.0, 5.0, 1.5, 40), 0.9)
    assert found.reversed().to_json() == {
        "mean": -2.0,
        "interval": [-5.0, 1.0],
        "probability_cheaper": pytest.approx(0.1),
    }
