import numpy as np
import pytest

from framework.core.monitoring.drift import drift_of, drift_of_counts


def test_the_share_that_has_moved():
    found = drift_of_counts(np.array([50, 30, 20]), np.array([20, 30, 50]))
    assert found.moved == pytest.approx(0.3)
    # Pearson: 2 * (15^2 / 35) * 2 = 25.71 with 2 degrees of freedom.
    assert found.p_value == pytest.approx(np.exp(-25.714 / 2), rel=1e-3)


def test_values_alike_drift_no_more_often_than_chance():
    rng = np.random.default_rng(0)
    p = [drift_of(rng.normal(size=400), rng.normal(size=200)).p_value for _ in range(300)]
    assert 0.01 < np.mean(np.array(p) < 0.05) < 0.1


def test_numbers_that_lie_higher_have_drifted():
    rng = np.random.default_rng(1)
    found = drift_of(rng.normal(size=1000), rng.normal(1, size=1000))
    assert found.p_value < 1e-10
    assert found.moved == pytest.approx(0.383, abs=0.05)  # 2 Phi(1/2) - 1


def test_a_gap_and_a_value_of_many_cases_are_bins_of_their_own():
    before = np.r_[np.zeros(50), np.arange(1.0, 51.0)]
    gaps = np.r_[np.full(50, np.nan), np.arange(1.0, 51.0)]
    assert drift_of(before, gaps).moved == pytest.approx(0.5)
    assert drift_of(before, before).moved == 0


def test_a_text_that_was_not_there_before_has_moved():
    before = np.array(["a", "b"] * 50)
    assert drift_of(before, np.array(["c"] * 40)).moved == pytest.approx(1.0)


def test_of_nothing_nothing_is_told():
    assert drift_of(np.array([1.0, 2.0]), np.empty(0)).p_value == 1
