import numpy as np
import pytest

from framework.core.evaluation.calibration_error import calibration_error, looked_at, reliability


def drawn(n, seed, off=1.0):
    """Stated probabilities, whose logits are ``off`` times the true ones, and what happened."""
    rng = np.random.default_rng(seed)
    p = rng.beta(0.6, 1.5, n)
    return p**off / (p**off + (1 - p) ** off), rng.random(n) < p


def test_the_error_is_the_mean_gap_of_the_bins():
    # 0.2 happened to 10 of 20, 0.7 to 14 of 20: gaps of 0.3 and 0
    stated = np.repeat([0.2, 0.7], 20)
    happened = np.r_[np.arange(20) < 10, np.arange(20) < 14]
    assert calibration_error(stated, happened).mean == pytest.approx(0.15)
    assert reliability(stated, happened).expected_calibration_error == pytest.approx(0.15)


def test_weights_are_cases_that_each_stands_for():
    stated = np.repeat([0.2, 0.7], 20)
    happened = np.r_[np.arange(20) < 10, np.arange(20) < 14]
    weights = np.repeat([3.0, 1.0], 20)
    assert calibration_error(stated, happened, weights).mean == pytest.approx(0.225)


def test_of_a_calibrated_model_nothing_is_shown():
    lows = [calibration_error(*drawn(300, seed)).low for seed in range(40)]
    assert np.mean(np.array(lows) > 0) <= 0.05


def test_of_an_overconfident_model_it_is_shown():
    found = calibration_error(*drawn(2000, 0, off=2.0))
    # Of two million cases: 0.0848
    assert 0.03 < found.low < 0.0848 < found.high


def test_groups_are_single_observations():
    stated, happened = (np.tile(of, 5) for of in drawn(100, 1, off=2.0))
    groups = np.tile(np.arange(100), 5)
    alone, together = (calibration_error(stated, happened, None, of) for of in (None, groups))
    assert (alone.n, together.n) == (500, 100)
    assert together.low < alone.low < alone.high < together.high


def test_too_few_cases_have_no_interval():
    assert calibration_error(np.full(9, 0.5), np.ones(9, bool)).ends is None


def test_looked_at_is_the_second_of_two_classes_or_the_likeliest():
    p, happened = looked_at(np.array([[0.9, 0.1], [0.4, 0.6]]), np.array([0, 0]))
    assert (p.tolist(), happened.tolist()) == ([0.1, 0.6], [False, False])
    p, happened = looked_at(np.array([[0.5, 0.3, 0.2]]), np.array([0]))
    assert (p.tolist(), happened.tolist()) == ([0.5], [True])
