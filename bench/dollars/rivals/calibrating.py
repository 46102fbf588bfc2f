"""Out-of-fold probabilities, the setting with the best of them, and their calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.model_selection import StratifiedKFold

FOLDS = 5


@dataclass(frozen=True, eq=False)
class Task:
    """What a rival gets: typed columns of the training and the test part, and classes 0 to N - 1."""

    train: Any
    y: np.ndarray
    test: Any
    n_classes: int
    seed: int
    costs: np.ndarray
    seconds: float = 30.0
    threads: int = 1

    def folds(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Rows to fit with and rows held out, five times; the same for every rival."""
        splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=self.seed)
        return splitter.split(np.zeros(len(self.y)), self.y)

    @property
    def shares(self) -> np.ndarray:
        return np.bincount(self.y, minlength=self.n_classes) / len(self.y)


@dataclass(frozen=True, eq=False)
class Answer:
    """Calibrated probabilities of the test part, and of the training part out of fold; or decisions.

    ``decisions`` (K, n) are for each of the K matrices, where a rival trains with costs.
    """

    test: np.ndarray | None = None
    held_out: np.ndarray | None = None
    decisions: np.ndarray | None = None
    setting: str = ""


# (rows' features, classes, features to judge) -> probabilities (n, N) of the latter
FitPredict = Callable[[Any, np.ndarray, Any], np.ndarray]


def best_calibrated(task: Task, settings: Mapping[str, FitPredict]) -> Answer:
    """The setting with the least pooled log loss out of fold, refitted on all rows and calibrated."""
    held_out = {name: out_of_fold(task, fit) for name, fit in settings.items()}
    name = min(held_out, key=lambda name: log_loss(smoothed(task, held_out[name]), task.y))
    return calibrated(task, held_out[name], settings[name](task.train, task.y, task.test), name)


def out_of_fold(task: Task, fit_predict: FitPredict) -> np.ndarray:
    p = np.zeros((len(task.y), task.n_classes))
    for fit, held in task.folds():
        p[held] = fit_predict(task.train.iloc[fit], task.y[fit], task.train.iloc[held])
    return p


def calibrated(task: Task, held_out: np.ndarray, test: np.ndarray, setting: str) -> Answer:
    held_out, test = smoothed(task, held_out), smoothed(task, test)
    calibration = bias_corrected_temperature(held_out, task.y)
    return Answer(calibration(test), calibration(held_out), setting=setting)


def smoothed(task: Task, p: np.ndarray) -> np.ndarray:
    """With the weight of one more case of the classes' shares: forests say 0, and mean "few"."""
    return (len(task.y) * p + task.shares) / (len(task.y) + 1)


def bias_corrected_temperature(p: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """softmax(log p / T + b) with the least log loss; T and b are drawn lightly to 1 and 0.

    Source: Alexandari, Kundaje, Shrikumar 2020, "Maximum likelihood with bias-corrected calibration
    is hard-to-beat at label shift adaptation".
    """
    n_classes = p.shape[1]

    def logits(parameters: np.ndarray, p: np.ndarray) -> np.ndarray:
        return np.exp(parameters[0]) * np.log(p) + parameters[1:]

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        z = logits(parameters, p)
        error = softmax(z, axis=1)
        value = -log_softmax(z, axis=1)[np.arange(len(y)), y].sum() + (parameters**2).sum() / 2
        error[np.arange(len(y)), y] -= 1
        slope = (error * np.exp(parameters[0]) * np.log(p)).sum()
        return value, np.r_[slope, error.sum(axis=0)] + parameters

    found = minimize(loss, np.zeros(1 + n_classes), jac=True, method="L-BFGS-B").x
    return lambda p: softmax(logits(found, p), axis=1)


def log_loss(p: np.ndarray, y: np.ndarray) -> float:
    return float(-np.log(np.maximum(p[np.arange(len(y)), y], 1e-15)).mean())


def all_classes(p: np.ndarray, classes: np.ndarray, n_classes: int) -> np.ndarray:
    """Probabilities (n, N) where a fold had no case of some classes."""
    full = np.zeros((len(p), n_classes))
    full[:, np.asarray(classes).astype(int)] = p
    return full
