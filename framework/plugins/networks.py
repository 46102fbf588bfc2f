"""The framework's own Keras architectures; importing this module imports TensorFlow."""

from __future__ import annotations

import math
from typing import Any

from framework.core.backend import keras

# Below twice this height or width the pictures of a convnet are no longer halved.
SMALLEST = 4


def logistic(input_shape: tuple[int, ...], n_classes: int) -> Any:
    return keras.Sequential(
        [keras.Input(input_shape), *_flatten(input_shape), _output(n_classes)], name="logistic"
    )


def mlp(
    input_shape: tuple[int, ...], n_classes: int, units: int, layers: int, dropout: float
) -> Any:
    hidden: list[Any] = []
    for _ in range(layers):
        hidden.append(keras.layers.Dense(units, activation="relu"))
        if dropout:
            hidden.append(keras.layers.Dropout(dropout))
    return keras.Sequential(
        [keras.Input(input_shape), *_flatten(input_shape), *hidden, _output(n_classes)], name="mlp"
    )


def random_features(
    input_shape: tuple[int, ...], n_classes: int, features: int, gamma: float
) -> Any:
    """Logistic regression with (nearly) the kernel ``x.z + exp(-gamma |x - z|^2 / d)``, d features.

    Sources: Rahimi and Recht, "Random Features for Large-Scale Kernel Machines", NIPS 2007; with
    orthogonal frequencies, which come closer to the kernel than independent ones: Yu, Suresh,
    Choromanski, Holtmann-Rice, Kumar, "Orthogonal Random Features", NIPS 2016. Here the rows are
    orthogonal, not blocks of columns: so much Keras can draw, and load again, by itself.
    """
    layers, initializers = keras.layers, keras.initializers
    inputs = keras.Input(input_shape)
    flat = layers.Flatten()(inputs) if len(input_shape) > 1 else inputs
    d = flat.shape[1]
    projection = layers.Dense(
        features,
        trainable=False,
        kernel_initializer=initializers.Orthogonal(math.sqrt(2 * gamma / d * max(features, d))),
        bias_initializer=initializers.RandomUniform(0.0, 2 * math.pi),
    )
    waves = keras.ops.cos(projection(flat))
    outputs = _output(n_classes)(layers.Concatenate()([flat, waves]))
    return keras.Model(inputs, outputs, name="random_features")


def cnn(
    input_shape: tuple[int, ...], n_classes: int, filters: int, units: int, dropout: float
) -> Any:
    if len(input_shape) != 3:
        raise ValueError(f"a cnn takes images (height, width, channels), not {input_shape}")
    layers = keras.layers
    convolutions: list[Any] = []
    for width in (filters, 2 * filters, 4 * filters):
        convolutions.append(layers.Conv2D(width, 3, padding="same", activation="relu"))
        convolutions.append(layers.MaxPooling2D())
    return keras.Sequential(
        [
            keras.Input(input_shape),
            *convolutions,
            layers.Flatten(),
            layers.Dense(units, activation="relu"),
            layers.Dropout(dropout),
            _output(n_classes),
        ],
        name="cnn",
    )


def convnet(
    input_shape: tuple[int, ...],
    n_classes: int,
    width: int,
    blocks: int,
    dropout: float,
    units: int,
    head_dropout: float,
) -> Any:
    """Blocks of two convolutions, each twice as wide as the one before; then a Dense layer.

    Batch normalisation forgets faster than Keras's own (momentum .9): a training of a few thousand
    steps ends with averages of its end.
    """
    if len(input_shape) != 3:
        raise ValueError(f"a convnet takes images (height, width, channels), not {input_shape}")
    layers = keras.layers
    hidden: list[Any] = []
    height, breadth = input_shape[:2]
    for block in range(blocks):
        for _ in range(2):
            hidden.append(layers.Conv2D(width * 2**block, 3, padding="same", use_bias=False))
            hidden.append(layers.BatchNormalization(momentum=0.9))
            hidden.append(layers.ReLU())
        if min(height, breadth) >= 2 * SMALLEST:
            hidden.append(layers.MaxPooling2D())
            height, breadth = height // 2, breadth // 2
    return keras.Sequential(
        [
            keras.Input(input_shape),
            *hidden,
            layers.Flatten(),
            layers.Dropout(dropout),
            layers.Dense(units, activation="relu"),
            layers.Dropout(head_dropout),
            _output(n_classes),
        ],
        name="convnet",
    )


def _flatten(input_shape: tuple[int, ...]) -> list[Any]:
    return [keras.layers.Flatten()] if len(input_shape) > 1 else []


def _output(n_classes: int) -> Any:
    if n_classes == 2:
        return keras.layers.Dense(1, activation="sigmoid")
    return keras.layers.Dense(n_classes, activation="softmax")
