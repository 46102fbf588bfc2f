import numpy as np

from framework.core.backend import keras
from framework.core.weights import Weights
from framework.inference.predicting import Predictor, as_n_columns


def test_a_sigmoid_score_becomes_two_probabilities():
    assert as_n_columns(np.array([[0.25]])).tolist() == [[0.75, 0.25]]


def test_prediction_in_chunks_is_the_same_as_in_one():
    X = np.random.default_rng(0).normal(size=(25, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="softmax")])
    assert Predictor(model)(X).shape == (25, 4)
    np.testing.assert_allclose(Predictor(model, chunk=7)(X), Predictor(model)(X), atol=1e-7)


def test_prediction_for_other_weights_of_the_same_architecture():
    X = np.random.default_rng(0).normal(size=(5, 3))
    one, other = (
        keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="softmax")])
        for _ in range(2)
    )
    by_weights = Predictor(one)(X, Weights.of(other))
    np.testing.assert_array_equal(by_weights, Predictor(other)(X))
