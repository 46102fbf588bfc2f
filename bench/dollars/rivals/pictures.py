"""Answers of rivals to a case of pictures; run in the framework's environment, which has Keras.

    python pictures.py FOLDER METHOD ...

As answer.py, with pictures.npy instead of columns. Each is calibrated by a network of five sixths of the
training part, on the rest, groups whole and classes in both; what answers is trained on all of it.
"""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
from calibrating import bias_corrected_temperature
from sklearn.model_selection import StratifiedGroupKFold

# method -> module and function
METHODS = {
    "augmented CNN": ("augmented_cnn", "augmented_cnn"),
    "fine-tuned MobileNetV2": ("fine_tuned", "fine_tuned"),
}
FOLDS, SMOOTHING = 6, 1e-4


def main() -> None:
    folder, methods = Path(sys.argv[1]), sys.argv[2:]
    given, X = np.load(folder / "task.npz"), np.load(folder / "pictures.npy").astype("float32")
    for method in methods:
        try:
            found = _answer(method, given, X)
        except Exception as error:  # a rival's failure is a result, told in the table
            found = {"failure": f"{type(error).__name__}: {error}"}
        np.savez(folder / f"{method}.npz", **found)


def _answer(method: str, given: Any, X: np.ndarray) -> dict[str, Any]:
    module, function = METHODS[method]
    train = getattr(importlib.import_module(module), function)
    test, y, seed = given["test"], given["y_train"], int(given["seed"])
    n_classes = int(given["n_classes"])
    keras.utils.set_random_seed(seed)
    started = time.process_time()
    parts = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    fit, held = next(parts.split(y, y, given["groups"][~test]))
    held_out, p = (
        np.maximum(model.predict(pictures, verbose=0).astype(float), SMOOTHING / n_classes)
        for model, pictures in (
            (train(X[~test][fit], y[fit], n_classes), X[~test][held]),
            (train(X[~test], y, n_classes), X[test]),
        )
    )
    calibrated = bias_corrected_temperature(held_out, y[held])(p)
    seconds = time.process_time() - started
    right = (held_out.argmax(axis=1) == y[held]).mean()
    return {
        "probabilities": calibrated,
        "seconds": seconds,
        "setting": f"{right:.3f} right on validation",
    }


if __name__ == "__main__":
    main()
