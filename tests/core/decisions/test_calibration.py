import numpy as np
import pytest

from framework.core.decisions import calibration
from framework.core.decisions.calibration import IDENTITY, Calibration
from framework.core.errors import ConfigError


def sampled(n, n_classes, temperature=1.0, bias=None, seed=0):
    """Probabilities off by a temperature and a bias, and truths drawn from the right ones."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (n, n_classes))
    right = Calibration()(softmax(logits))
    y = np.array([rng.choice(n_classes, p=p) for p in right])
    return softmax(temperature * (logits - (0 if bias is None else np.array(bias)))), y


def softmax(logits):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def test_the_identity_changes_nothing():
    p = np.array([[0.2, 0.8]])
    assert IDENTITY(p) is p
    assert calibration.fit("none", p, np.array([1])) == IDENTITY


def test_a_temperature_worked_by_hand():
    # Odds 9:1 at temperature 2 are the square root: 3:1.
    np.testing.assert_allclose(Calibration(2.0)(np.array([[0.9, 0.1]])), [[0.75, 0.25]])


def test_a_bias_multiplies_the_odds():
    calibrated = Calibration(1.0, (0.0, np.log(3)))(np.array([[0.5, 0.5]]))
    np.testing.assert_allclose(calibrated, [[0.25, 0.75]])


def test_overconfidence_by_a_factor_is_found():
    p, y = sampled(4000, 3, temperature=2.5)
    assert calibration.fit("temperature", p, y).temperature == pytest.approx(2.5, rel=0.08)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_a_bias_is_found(n_classes):
    bias = np.linspace(-1, 1, n_classes)
    p, y = sampled(6000, n_classes, temperature=2.0, bias=bias)
    found = calibration.fit("bias", p, y)
    assert found.temperature == pytest.approx(2.0, rel=0.1)
    np.testing.assert_allclose(found.bias, bias, atol=0.15)


@pytest.mark.parametrize("method", ["temperature", "bias"])
def test_calibrating_never_raises_the_loss_it_is_fitted_by(method):
    p, y = sampled(200, 3, temperature=0.4, seed=1)
    fitted = calibration.fit(method, p, y)(p)
    rows = np.arange(len(y))
    assert np.log(fitted[rows, y]).mean() > np.log(p[rows, y]).mean()
    np.testing.assert_allclose(fitted.sum(axis=1), 1)


def test_probabilities_of_zero_and_one_stay_finite():
    p = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    fitted = calibration.fit("bias", p, np.array([0, 1, 1]))
    assert np.isfinite(fitted(p)).all()


def test_an_unknown_method_is_told():
    with pytest.raises(ConfigError, match='unknown calibration "platt"; expected one of none'):
        calibration.fit("platt", np.array([[0.5, 0.5]]), np.array([0]))


@pytest.mark.parametrize("method", ["temperature", "bias"])
def test_a_weight_counts_as_so_many_cases(method):
    p, y = sampled(300, 3, temperature=2.0)
    weights = np.arange(300) % 3
    repeated = np.repeat(np.arange(300), weights)
    weighted = calibration.fit(method, p, y, weights.astype(float))
    counted = calibration.fit(method, p[repeated], y[repeated])
    np.testing.assert_allclose(weighted.temperature, counted.temperature, rtol=1e-6)
    np.testing.assert_allclose(weighted.bias, counted.bias, rtol=1e-5)


def test_of_many_classes_the_same_is_fitted():
    """Conjugate gradients in place of the whole curvature: the gradient of the objective vanishes."""
    n_classes = 230
    rng = np.random.default_rng(0)
    y = np.arange(4 * n_classes) % n_classes
    logits = rng.normal(size=(len(y), n_classes))
    logits[np.arange(len(y)), y] += 3
    p = np.exp(2 * logits + 0.3 * rng.normal(size=n_classes))
    p /= p.sum(axis=1, keepdims=True)
    found = calibration.fit("bias", p, y)
    # Where the likelihood is the highest, each class is given as often as it is there, but for the
    # prior: the bias, in cases.
    given, there = found(p).sum(axis=0), np.bincount(y)
    assert given + np.array(found.bias) == pytest.approx(there, abs=1e-3)
