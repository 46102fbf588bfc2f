import numpy as np

from framework.core.backend import keras
from framework.core.preprocessing import with_preprocessing
from framework.core.probabilities import Predictor, as_n_columns


def identity(shape):
    return keras.Sequential([keras.Input(shape), keras.layers.Identity()])


def test_tables_are_standardised_per_feature():
    X = np.random.default_rng(0).normal([5, -3], [2, 0.1], (500, 2))
    scaled = with_preprocessing(identity((2,)), X)(X).numpy()
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(scaled.std(axis=0), 1, atol=1e-5)


def test_a_constant_feature_is_centred_not_blown_up():
    X = np.full((10, 1), 3.0)
    assert with_preprocessing(identity((1,)), X)(np.array([[3.5]])).numpy() == 0.5


def test_images_of_bytes_become_zero_to_one():
    X = np.array([0, 255, 51], dtype=np.uint8).reshape(3, 1, 1, 1)
    scaled = with_preprocessing(identity((1, 1, 1)), X)(X).numpy().ravel()
    np.testing.assert_allclose(scaled, [0, 1, 0.2], rtol=1e-6)


def test_float_images_are_standardised_per_channel():
    X = np.random.default_rng(0).normal([5, -3], [2, 0.1], (50, 4, 4, 2))
    scaled = with_preprocessing(identity((4, 4, 2)), X)(X).numpy()
    np.testing.assert_allclose(scaled.mean(axis=(0, 1, 2)), 0, atol=1e-5)


def test_a_sigmoid_score_becomes_two_probabilities():
    assert as_n_columns(np.array([[0.25]])).tolist() == [[0.75, 0.25]]


def test_prediction_in_chunks_is_the_same_as_in_one():
    X = np.random.default_rng(0).normal(size=(25, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="softmax")])
    np.testing.assert_allclose(Predictor(model, chunk=7)(X), Predictor(model)(X), atol=1e-7)
    assert Predictor(model)(X).shape == (25, 4)
