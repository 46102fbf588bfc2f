import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize

from framework.core.uncertainty.empirical_likelihood import highest_mean

DROP = 1.9207  # half the square of 1.96


def test_of_two_values_it_is_the_likelihood_of_a_share():
    """30 of 100: the binomial's likelihood ratio, whose root another equation gives."""

    def drop(p):
        return 30 * np.log(0.3 / p) + 70 * np.log(0.7 / (1 - p)) - DROP

    found = highest_mean(np.array([0.0, 1.0]), np.array([70.0, 30.0]), DROP)
    assert found == pytest.approx(brentq(drop, 0.3, 0.9), abs=1e-8)


def test_it_is_the_largest_mean_that_any_probabilities_of_that_likelihood_have():
    values, counts = np.array([-3.0, -1.0, 0.0, 4.0, 10.0]), np.array([2.0, 8, 5, 3, 0.5])
    shares = counts / counts.sum()
    likelihood = {"type": "ineq", "fun": lambda p: counts @ np.log(p / shares) + DROP}
    one = {"type": "eq", "fun": lambda p: p.sum() - 1}
    best = minimize(
        lambda p: -p @ values,
        shares,
        bounds=[(1e-9, 1)] * 5,
        constraints=[likelihood, one],
        method="SLSQP",
        options={"ftol": 1e-12},
    )
    assert highest_mean(values, counts, DROP) == pytest.approx(-best.fun, rel=1e-5)


def test_no_drop_is_the_mean_and_a_large_one_the_largest_value():
    values, counts = np.array([0.0, 1, 5]), np.array([5.0, 4, 1])
    assert highest_mean(values, counts, 0.0) == pytest.approx(0.9)
    assert highest_mean(values, counts, 1e4) == pytest.approx(5)
    # A weight so small that no probability of it is unlikely enough.
    assert highest_mean(values, np.array([1e-3, 0, 1])[[0, 0, 2]], DROP) == pytest.approx(5)
    assert highest_mean(np.full(3, 7.0), counts, DROP) == 7.0


@pytest.mark.parametrize("drop", [1e-300, 1e-16, 1e-13, 1e-10, 1e-6])
def test_a_tiny_drop_is_that_of_a_normal_mean(drop):
    """No further than its deviations: sqrt(2 drop variance / n), whatever the drop."""
    values, counts = np.array([0.0, 1288, 250_000]), np.array([128.0, 14, 1])
    mean = np.average(values, weights=counts)
    deviation = np.sqrt(np.average((values - mean) ** 2, weights=counts) / 143)
    with np.errstate(all="raise"):
        found = highest_mean(values, counts, drop)
    assert found - mean == pytest.approx(np.sqrt(2 * drop) * deviation, rel=2e-3, abs=1e-9)


def test_huge_ranges_are_safe():
    values, counts = np.array([0.0, 1e-3, 1e9]), np.array([1e7, 10.0, 0.5])
    found = highest_mean(values, counts, DROP)
    # Of one case in 1e7 the limit of the share is a few cases in 1e7.
    assert 1e9 * 1e-7 < found < 1e9 * 6e-7
    assert highest_mean(values[:2], counts[:2], DROP) < 1e-3


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8),
    st.floats(0.1, 1000),
    st.floats(0.01, 20),
)
def test_it_lies_between_the_mean_and_the_largest_value_and_moves_with_the_unit(
    values, weight, drop
):
    values = np.array(values)
    weights = weight * np.arange(1.0, len(values) + 1)
    mean, room = np.average(values, weights=weights), 1e-9 * (1 + np.abs(values).max())
    found = highest_mean(values, weights, drop)
    assert mean - room <= found <= values.max() + room
    assert highest_mean(3 * values + 2, weights, drop) == pytest.approx(
        3 * found + 2, abs=1e-6 * (1 + np.abs(values).max())
    )


@pytest.mark.parametrize("drop", [1e-300, 1e-15, 1.0114102929515865e-15, 1e-14, 1e-12, 1e-10])
def test_of_a_drop_that_is_nearly_nothing_it_is_the_normal_approximation(drop):
    """As of two models that cost all but the same: rounding is larger than such a drop."""
    values = np.array([1.0, 0.5, 0, -2.5, -5, 5])
    weights = np.array([8.0, 15, 24, 11, 2, 0.5])
    mean = np.average(values, weights=weights)
    spread = float(weights @ (values - mean) ** 2)
    by_hand = mean + np.sqrt(2 * drop * spread) / weights.sum()
    assert highest_mean(values, weights, drop) == pytest.approx(by_hand, rel=1e-7)
