import numpy as np
import pytest

from framework.core.backend import keras


@pytest.mark.parametrize("d", [2, 30, 600])  # fewer and more features than waves
def test_random_features_come_close_to_their_kernel(registry, d):
    gamma, count = 1.0, 512
    keras.utils.set_random_seed(0)
    model = registry.model("random_features").build((d,), 2, count, gamma)
    projection = next(layer for layer in model.layers if layer.weights and not layer.trainable)
    X = np.random.default_rng(0).normal(size=(60, d)).astype("float32")
    waves = np.cos(X @ projection.kernel.numpy() + projection.bias.numpy())
    kernel = np.exp(-gamma * ((X[:, None] - X[None]) ** 2).sum(axis=2) / d)
    # Independent frequencies are off by 0.040, 0.032 and 0.032.
    assert np.abs(2 / count * waves @ waves.T - kernel).mean() < 0.034


def test_random_features_hold_the_features_themselves(registry):
    model = registry.model("random_features").build((3,), 2, 8, 1.0)
    assert model.layers[-1].kernel.shape[0] == 3 + 8
