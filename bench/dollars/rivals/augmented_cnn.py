"""An expert's network for small pictures: plain convolutions, augmented, in plain Keras."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

EPOCHS, BATCH, RATE = 60, 64, 2e-3


def network(shape: tuple[int, ...], n_classes: int, steps: int) -> keras.Model:
    """Three blocks of two convolutions; no flips, as left and right mean something on many pictures."""
    pixels = x = keras.Input(shape)
    for augment in (
        layers.RandomRotation(0.03, fill_mode="nearest"),
        layers.RandomTranslation(0.1, 0.1, fill_mode="nearest"),
        layers.RandomZoom((-0.15, 0.15), (-0.15, 0.15), fill_mode="nearest"),
        layers.RandomContrast(0.4),
        layers.RandomBrightness(0.2),
    ):
        x = augment(x)
    x = layers.Rescaling(1 / 127.5, -1)(x)
    for width in (32, 64, 128):
        for _ in range(2):
            x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
            x = layers.BatchNormalization(momentum=0.9)(x)
            x = layers.ReLU()(x)
        x = layers.MaxPooling2D()(x)
        x = layers.Dropout(0.3)(x)
    x = layers.Dense(128, activation="relu")(layers.Flatten()(x))
    x = layers.Dense(n_classes, activation="softmax")(layers.Dropout(0.4)(x))
    model = keras.Model(pixels, x)
    pace = keras.optimizers.schedules.CosineDecay(
        0.0, steps - steps // 15, warmup_target=RATE, warmup_steps=steps // 15
    )
    optimizer = keras.optimizers.AdamW(pace, weight_decay=1e-3)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def augmented_cnn(X: np.ndarray, y: np.ndarray, n_classes: int) -> keras.Model:
    """Trained on pictures (n, height, width, 3) of 0 to 255."""
    model = network(X.shape[1:], n_classes, EPOCHS * (len(y) // BATCH + 1))
    model.fit(X, y, BATCH, EPOCHS, verbose=0)
    return model
