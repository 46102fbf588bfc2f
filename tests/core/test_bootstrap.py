import numpy as np
import pytest

from framework.core.bootstrap import mean_interval, paired_difference


def test_the_interval_of_a_share_is_the_binomials():
    dollars = -np.array([1.0] * 30 + [0.0] * 70)
    interval = mean_interval(dollars)
    assert interval.mean == -0.3
    assert interval.standard_error == pytest.approx(np.sqrt(0.3 * 0.7 / 100), rel=0.03)
    assert (interval.low, interval.high) == pytest.approx((-0.39, -0.21), abs=0.011)


def test_it_agrees_with_resampling_the_cases_themselves():
    rng = np.random.default_rng(1)
    dollars = -rng.exponential(100, 300)  # all distinct
    by_hand = rng.choice(dollars, (4000, 300)).mean(axis=1)
    interval = mean_interval(dollars)
    assert interval.standard_error == pytest.approx(by_hand.std(), rel=0.05)
    assert interval.low == pytest.approx(np.quantile(by_hand, 0.025), rel=0.02)


def test_many_distinct_values_are_pooled_without_moving_the_interval():
    dollars = -np.random.default_rng(2).exponential(100, 50_000)
    interval = mean_interval(dollars, replicates=2000)
    assert interval.standard_error == pytest.approx(dollars.std() / np.sqrt(50_000), rel=0.06)


def test_a_few_very_dear_cases_among_many_distinct_ones_keep_their_weight():
    rng = np.random.default_rng(5)
    dollars = -rng.uniform(0, 1, 100_000)
    dollars[:20] = -1e6 - rng.uniform(0, 1, 20)
    interval = mean_interval(dollars, replicates=4000)
    assert interval.standard_error == pytest.approx(dollars.std() / np.sqrt(100_000), rel=0.06)


def test_cells_of_a_confusion_matrix_stand_for_their_cases():
    values, counts = -np.array([0.0, 5.0, 1.0]), np.array([70, 10, 20])
    of_cells = mean_interval(values, counts=counts)
    assert of_cells == mean_interval(np.repeat(values, counts))


def test_a_paired_difference_is_surer_than_two_intervals():
    rng = np.random.default_rng(3)
    shared = -rng.exponential(100, 400)
    first, second = shared, shared - rng.integers(0, 2, 400)
    found = paired_difference(first, second)
    assert found.interval.mean == pytest.approx((first - second).mean())
    assert found.interval.low > 0
    assert found.probability_cheaper == 1.0
    assert found.interval.standard_error < mean_interval(first).standard_error / 50


def test_the_same_model_is_cheaper_half_of_the_time():
    dollars = -np.arange(10.0)
    assert paired_difference(dollars, dollars).probability_cheaper == 0.5


def test_cases_of_one_group_are_not_independent():
    # Ten photographs of each of 20 signs, all ten alike: as sure as 20 cases, not as 200.
    of_sign = -np.random.default_rng(4).exponential(100, 20)
    dollars, groups = np.repeat(of_sign, 10), np.repeat(np.arange(20), 10)
    grouped = mean_interval(dollars, groups)
    assert grouped.standard_error == pytest.approx(of_sign.std() / np.sqrt(20), rel=0.05)
    assert grouped.standard_error > 2.5 * mean_interval(dollars).standard_error
