"""A network that knows ImageNet's photographs, fine-tuned as keras.io's guide to transfer learning has it."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

SIZE, BATCH = 96, 32
HEAD_EPOCHS, HEAD_RATE = 10, 1e-3
EPOCHS, RATE = 20, 1e-4


def fine_tuned(
    X: np.ndarray, y: np.ndarray, n_classes: int, weights: str | None = "imagenet"
) -> keras.Model:
    """First a head alone, then all of MobileNetV2 at a low rate; its weights are downloaded once.

    Raises
    ------
    Exception
        Keras's, when they cannot be.
    """
    base = keras.applications.MobileNetV2(
        input_shape=(SIZE, SIZE, 3), include_top=False, pooling="avg", weights=weights
    )
    base.trainable = False
    pixels = x = keras.Input(X.shape[1:])
    x = layers.RandomRotation(0.03, fill_mode="nearest")(x)
    x = layers.RandomTranslation(0.1, 0.1, fill_mode="nearest")(x)
    x = layers.RandomZoom((-0.15, 0.15), (-0.15, 0.15), fill_mode="nearest")(x)
    x = layers.RandomContrast(0.4)(x)
    x = layers.Rescaling(1 / 127.5, -1)(layers.Resizing(SIZE, SIZE)(x))
    # training=False: batch norms keep ImageNet's statistics, also when all is fine-tuned
    x = layers.Dropout(0.2)(base(x, training=False))
    model = keras.Model(pixels, layers.Dense(n_classes, activation="softmax")(x))
    for trainable, epochs, rate in ((False, HEAD_EPOCHS, HEAD_RATE), (True, EPOCHS, RATE)):
        base.trainable = trainable
        model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
        model.fit(X, y, BATCH, epochs, verbose=0)
    return model
