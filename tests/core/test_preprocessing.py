import numpy as np
import pytest

from framework.core.backend import keras
from framework.core.preprocessing import Scaling
from framework.core.probabilities import Predictor, as_n_columns


def scaled(X):
    """By the layer in front of a model; and by hand, which must be the same."""
    scaling = Scaling.fit(X)
    identity = keras.Sequential([keras.Input(X.shape[1:]), keras.layers.Identity()])
    by_layer = scaling.in_front_of(identity)(X).numpy()
    np.testing.assert_allclose(by_layer, (X - scaling.offset) * scaling.scale, atol=1e-5)
    return by_layer


def test_tables_are_standardised_per_feature():
    X = scaled(np.random.default_rng(0).normal([5, -3], [2, 0.1], (500, 2)))
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(X.std(axis=0), 1, atol=1e-5)


def test_a_constant_feature_is_centred_not_blown_up():
    scaling = Scaling.fit(np.full((10, 1), 3.0))
    assert (3.5 - scaling.offset) * scaling.scale == pytest.approx(0.5)


def test_images_of_bytes_become_zero_to_one():
    X = np.array([0, 255, 51], dtype=np.uint8).reshape(3, 1, 1, 1)
    np.testing.assert_allclose(scaled(X).ravel(), [0, 1, 0.2], rtol=1e-6)


def test_float_images_are_standardised_per_channel():
    X = scaled(np.random.default_rng(0).normal([5, -3], [2, 0.1], (50, 4, 4, 2)))
    np.testing.assert_allclose(X.mean(axis=(0, 1, 2)), 0, atol=1e-5)


def test_a_sigmoid_score_becomes_two_probabilities():
    assert as_n_columns(np.array([[0.25]])).tolist() == [[0.75, 0.25]]


def test_prediction_in_chunks_is_the_same_as_in_one():
    X = np.random.default_rng(0).normal(size=(25, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="softmax")])
    np.testing.assert_allclose(Predictor(model, chunk=7)(X), Predictor(model)(X), atol=1e-7)
    assert Predictor(model)(X).shape == (25, 4)
