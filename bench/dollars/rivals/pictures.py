"""Answers of rivals to a case of pictures; run in the framework's environment, which has Keras.

    python pictures.py FOLDER METHOD ...

As answer.py, with pictures.npy instead of columns. Calibrated on cases of the training part that a network
has not seen: a sixth, groups whole and classes in all parts. One network is then trained on all of the
part; of several each keeps a sixth of its own aside, and the geometric mean of the calibrated ones answers.
"""

from __future__ import annotations

import importlib
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

import keras
import numpy as np
from calibrating import bias_corrected_temperature
from scipy.special import softmax
from sklearn.model_selection import StratifiedGroupKFold

# method -> module, function, and how many networks
METHODS = {
    "augmented CNN": ("augmented_cnn", "augmented_cnn", 1),
    "three augmented CNNs": ("augmented_cnn", "augmented_cnn", 3),
    "fine-tuned MobileNetV2": ("fine_tuned", "fine_tuned", 1),
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
    module, function, members = METHODS[method]
    train = getattr(importlib.import_module(module), function)
    test, y, seed = given["test"], given["y_train"], int(given["seed"])
    n_classes = int(given["n_classes"])

    def probabilities(model: keras.Model, pictures: np.ndarray) -> np.ndarray:
        return np.maximum(model.predict(pictures, verbose=0).astype(float), SMOOTHING / n_classes)

    keras.utils.set_random_seed(seed)
    started = time.process_time()
    parts = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    logs, right = [], []
    for fit, held in islice(parts.split(y, y, given["groups"][~test]), members):
        model = train(X[~test][fit], y[fit], n_classes)
        held_out = probabilities(model, X[~test][held])
        if members == 1:
            model = train(X[~test], y, n_classes)
        apply = bias_corrected_temperature(held_out, y[held])
        logs.append(np.log(apply(probabilities(model, X[test]))))
        right.append((held_out.argmax(axis=1) == y[held]).mean())
    return {
        "probabilities": softmax(np.mean(logs, axis=0), axis=1),
        "seconds": time.process_time() - started,
        "setting": f"{np.mean(right):.3f} right on validation",
    }


if __name__ == "__main__":
    main()
