import numpy as np
import pytest

from framework.core.backend import keras
from framework.core.decisions.calibration import IDENTITY, Calibration
from framework.inference.predicting import Predictor
from framework.studies.explanation.integrated_gradients import IntegratedGradients

SHAPE = (6, 6, 1)


def convolutional(outputs, activation, seed=1):
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(8, 3, activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(outputs, activation=activation, kernel_initializer="he_normal"),
        ]
    )


def pictures(n, seed=0):
    return np.random.default_rng(seed).integers(0, 256, size=(n, *SHAPE)).astype(np.uint8)


def test_of_a_linear_model_the_credit_is_known_by_hand():
    kernel = np.random.default_rng(0).normal(size=(36, 3)).astype(np.float32)
    model = keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(3)])
    model.layers[-1].set_weights([kernel, np.zeros(3, np.float32)])
    X, baseline = pictures(2), np.full(SHAPE, 100.0)
    weights = np.array([[1.0, 0, 0], [0, 2, -1]])
    found = IntegratedGradients(model, steps=5)(X, baseline, weights)
    for k, slope in enumerate((kernel[:, 0], 2 * kernel[:, 1] - kernel[:, 2])):
        by_hand = (X[k] - 100.0).ravel() * slope
        np.testing.assert_allclose(found.values[k].ravel(), by_hand, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("calibration", [IDENTITY, Calibration(0.7), Calibration(1.5, (1.0, -0.5))])
@pytest.mark.parametrize(("outputs", "activation"), [(2, "softmax"), (1, "sigmoid")])
def test_all_pixels_add_up_to_the_difference_of_the_outcomes(outputs, activation, calibration):
    model = convolutional(outputs, activation)
    X, baseline = pictures(4), np.full(SHAPE, 128.0)
    dollars = np.array([[-10.0, -500], [-10, -500], [0, 3], [7, 0]])
    found = IntegratedGradients(model, calibration)(X, baseline, dollars)
    predict = Predictor(model)
    of_pictures = (calibration(predict(X.astype(float))) * dollars).sum(axis=1)
    of_baseline = (calibration(predict(baseline[None])) * dollars).sum(axis=1)
    np.testing.assert_allclose(found.outcomes, of_pictures, rtol=1e-4)
    np.testing.assert_allclose(found.baseline_outcomes, of_baseline, rtol=1e-4)
    sums = found.values.sum(axis=(1, 2, 3))
    missed = np.abs(sums - (of_pictures - of_baseline)) / np.abs(found.values).sum(axis=(1, 2, 3))
    assert missed.max() < 0.01
    np.testing.assert_allclose(found.gaps, sums - of_pictures + of_baseline, atol=1e-2)


def test_a_pixel_as_in_the_baseline_gets_no_credit():
    X, baseline = pictures(1), np.full(SHAPE, 128.0)
    X[0, 2, 3] = 128
    model = convolutional(2, "softmax")
    values = IntegratedGradients(model)(X, baseline, np.array([[0.0, 1]])).values
    assert values[0, 2, 3, 0] == 0
    assert np.count_nonzero(values) > 20
