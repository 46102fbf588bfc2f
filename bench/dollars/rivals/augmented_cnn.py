"""An expert's script for small pictures: a plain convolutional network, augmented, in plain Keras.

    python augmented_cnn.py FOLDER METHOD ...      (FOLDER as answer.py has it, with pictures.npy)

Calibrated on a sixth of the training part, groups whole. It trains one network: that is the rival.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import keras
import numpy as np
from calibrating import bias_corrected_temperature
from keras import layers
from sklearn.model_selection import GroupShuffleSplit

EPOCHS, BATCH, RATE = 60, 64, 2e-3
SMOOTHING = 1e-4


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


def main() -> None:
    folder, methods = Path(sys.argv[1]), sys.argv[2:]
    given, X = np.load(folder / "task.npz"), np.load(folder / "pictures.npy").astype("float32")
    test, y, seed = given["test"], given["y_train"], int(given["seed"])
    keras.utils.set_random_seed(seed)
    started = time.process_time()
    parts = GroupShuffleSplit(1, test_size=1 / 6, random_state=seed)
    fit, held = next(parts.split(y, y, given["groups"][~test]))
    train, n_classes = X[~test], int(given["n_classes"])
    model = network(X.shape[1:], n_classes, EPOCHS * (len(fit) // BATCH + 1))
    model.fit(train[fit], y[fit], BATCH, EPOCHS, verbose=0)
    held_out, p = (
        np.maximum(model.predict(pictures, verbose=0).astype(float), SMOOTHING / n_classes)
        for pictures in (train[held], X[test])
    )
    p = bias_corrected_temperature(held_out, y[held])(p)
    seconds = time.process_time() - started
    right = (held_out.argmax(axis=1) == y[held]).mean()
    for method in methods:
        setting = f"{right:.3f} right on validation"
        np.savez(folder / f"{method}.npz", probabilities=p, seconds=seconds, setting=setting)


if __name__ == "__main__":
    main()
