import numpy as np
import pytest

from framework.core.evaluation.calibration_error import reliability
from framework.report.run.curves import (
    area,
    boundaries,
    dollar_reliability,
    dollars_by_threshold,
    roc_curve,
)


def test_roc_by_hand():
    # Scores from the top: hit, miss, hit and miss together, miss.
    positive = np.array([True, False, True, False, False])
    x, y = roc_curve(positive, np.array([0.9, 0.8, 0.4, 0.4, 0.1]))
    np.testing.assert_allclose(x, [0, 0, 1 / 3, 2 / 3, 1])
    np.testing.assert_allclose(y, [0, 0.5, 0.5, 1, 1])
    # Pairs (positive, negative): 3 + 1/2 + 1 of 6 in the right order.
    assert area(x, y) == pytest.approx(4.5 / 6)


def test_reliability_by_hand():
    told = reliability(np.array([0.05, 0.95, 0.97, 1.0]), np.array([0, 1, 1, 0], dtype=bool))
    assert told.counts.tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 0, 3]
    assert told.observed[9] == pytest.approx(2 / 3)
    assert np.isnan(told.stated[4])
    assert told.expected_calibration_error == pytest.approx((0.05 + 2.92 - 2) / 4)


def test_reliability_in_dollars_bins_by_what_was_stated():
    # Nine cheap cases of 1 dollar stated, one of 9: half of the stated dollars each.
    stated, came = -np.array([1.0] * 9 + [9.0]), -np.array([2.0] * 9 + [90.0])
    x, y = dollar_reliability(stated, came)
    assert x[-1] == -9.0
    assert y[-1] == -90.0
    assert set(x[:-1]) == {-1.0}
    assert set(y[:-1]) == {-2.0}


def test_dollars_by_threshold_by_hand():
    scores, y = np.array([0.2, 0.6, 0.7]), np.array([0, 0, 1])
    costs = np.array([[0.0, 3.0], [30.0, 1.0]])
    told = dollars_by_threshold(scores, y, costs, np.array([0.0, 0.6, 0.65, 1.0]))
    np.testing.assert_allclose(told, [-7 / 3, -4 / 3, -1 / 3, -10])
    # The second case's false alarm costs 9: wrong up to 0.6, right from 0.65 on.
    of_cases = np.stack([costs, costs + np.array([[0, 6], [0, 0]]), costs])
    told = dollars_by_threshold(scores, y, of_cases, np.array([0.0, 0.6, 0.65, 1.0]))
    np.testing.assert_allclose(told, [-13 / 3, -10 / 3, -1 / 3, -10])


def test_boundaries_of_the_rules():
    costs = np.array([[0.0, 1.0], [4.0, 0.0]])
    assert boundaries("threshold", 0.3, costs) == [0.3]
    assert boundaries("argmax", None, costs) == [0.5]
    # Elkan 2001: decide for the second class from 1 / (1 + 4) on.
    bayes = boundaries("minimum_expected_cost", None, costs)
    assert bayes == pytest.approx([0.2], rel=1e-12)
    assert boundaries("minimum_expected_cost", None, np.stack([costs, 2 * costs])) == []
    assert boundaries("of a plugin", None, costs) == []


def test_referring_has_two_boundaries():
    costs = np.array([[0.0, 10.0, 2.0], [50.0, 0.0, 2.0]])
    bayes = boundaries("minimum_expected_cost", None, costs)
    assert bayes == pytest.approx([2 / 50, 8 / 10], rel=1e-12)


def test_a_boundary_is_exact_however_dear_a_mistake_is():
    costs = np.array([[0.0, 1.0], [250_000.0, 0.0]])
    assert boundaries("minimum_expected_cost", None, costs) == pytest.approx(
        [1 / 250_001], rel=1e-12
    )
