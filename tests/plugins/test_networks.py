import numpy as np
import pytest

from framework.core.backend import keras


@pytest.mark.parametrize("d", [2, 30, 600])  # fewer and more features than waves
def test_random_features_come_close_to_their_kernel(registry, d):
    gamma, count = 1.0, 512
    keras.utils.set_random_seed(0)
    model = registry.model("random_features").build((d,), 2, features=count, gamma=gamma)
    projection = next(layer for layer in model.layers if layer.weights and not layer.trainable)
    X = np.random.default_rng(0).normal(size=(60, d)).astype("float32")
    waves = np.cos(X @ projection.kernel.numpy() + projection.bias.numpy())
    kernel = np.exp(-gamma * ((X[:, None] - X[None]) ** 2).sum(axis=2) / d)
    # Independent frequencies are off by 0.040, 0.032 and 0.032.
    assert np.abs(2 / count * waves @ waves.T - kernel).mean() < 0.034


def test_random_features_hold_the_features_themselves(registry):
    model = registry.model("random_features").build((3,), 2, features=8, gamma=1.0)
    assert model.layers[-1].kernel.shape[0] == 3 + 8


def convnet(registry, input_shape, n_classes, **parameters):
    spec = registry.model("convnet")
    return spec.build(input_shape, n_classes, **{**spec.parameters, **parameters})


@pytest.mark.parametrize(
    ("picture", "left"),
    [((32, 32, 3), (4, 4)), ((28, 28, 1), (7, 7)), ((8, 12, 1), (4, 6)), ((3, 3, 1), (3, 3))],
)
def test_a_convnet_halves_pictures_while_they_are_large_enough(registry, picture, left):
    model = convnet(registry, picture, 3)
    flatten = next(layer for layer in model.layers if isinstance(layer, keras.layers.Flatten))
    assert flatten.input.shape[1:] == (*left, 96)


def test_a_convnet_is_as_wide_and_deep_as_its_parameters_say(registry):
    model = convnet(registry, (16, 16, 3), 5, width=4, blocks=2, units=7)
    widths = [layer.filters for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert widths == [4, 4, 8, 8]
    normalising = [
        layer.momentum
        for layer in model.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    assert normalising == [0.9] * 4
    assert model.layers[-3].units == 7
    assert model.output_shape == (None, 5)
    assert convnet(registry, (16, 16, 3), 2).output_shape == (None, 1)


def test_a_convnet_takes_pictures_alone(registry):
    with pytest.raises(ValueError, match=r"takes images \(height, width, channels\), not \(5,\)"):
        convnet(registry, (5,), 3)
