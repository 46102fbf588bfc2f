"""Out-of-fold probabilities, the setting with the best of them, and their calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression
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


# (probabilities (n, N), classes) -> what makes probabilities out of probabilities
Calibration = Callable[[np.ndarray, np.ndarray], Callable[[np.ndarray], np.ndarray]]
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


def calibrated(
    task: Task,
    held_out: np.ndarray,
    test: np.ndarray,
    setting: str,
    ways: Sequence[Calibration] | None = None,
) -> Answer:
    """By that of several ``ways`` with the least log loss, itself cross-validated."""
    held_out, test = smoothed(task, held_out), smoothed(task, test)
    ways = ways or (bias_corrected_temperature,)

    def validated(way: Calibration) -> float:
        p = np.zeros_like(held_out)
        for fit, held in task.folds():
            p[held] = way(held_out[fit], task.y[fit])(held_out[held])
        return log_loss(p, task.y)

    way = ways[0] if len(ways) == 1 else min(ways, key=validated)
    apply = way(held_out, task.y)
    return Answer(apply(test), apply(held_out), setting=setting)


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


def sigmoid(p: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Platt's, one class against the rest, as scikit-learn's CalibratedClassifierCV has it.

    Forests say 0 and 1 easily; a sigmoid of their probabilities, not of their logarithms, minds less.
    """
    classes = [1] if p.shape[1] == 2 else list(range(p.shape[1]))
    shares = np.bincount(y, minlength=p.shape[1]) / len(y)
    models = {
        k: LogisticRegression(C=100.0).fit(p[:, [k]], y == k) for k in classes if 0 < shares[k] < 1
    }

    def apply(p: np.ndarray) -> np.ndarray:
        found = np.tile(np.maximum(shares, 1 / (10 * len(y))), (len(p), 1))
        for k, model in models.items():
            found[:, k] = model.predict_proba(p[:, [k]])[:, 1]
        if p.shape[1] == 2:
            found[:, 0] = 1 - found[:, 1]
        return found / found.sum(axis=1, keepdims=True)

    return apply


def log_loss(p: np.ndarray, y: np.ndarray) -> float:
    return float(-np.log(np.maximum(p[np.arange(len(y)), y], 1e-15)).mean())


def all_classes(p: np.ndarray, classes: np.ndarray, n_classes: int) -> np.ndarray:
    """Probabilities (n, N) where a fold had no case of some classes."""
    full = np.zeros((len(p), n_classes))
    full[:, np.asarray(classes).astype(int)] = p
    return full
