"""Calibration: making probabilities mean what they say, fitted on cases not trained on.

``softmax(log p / temperature + bias)``. Temperature scaling is the case without a bias (Guo,
Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", ICML 2017); with one it is
bias-corrected temperature scaling (Alexandari, Kundaje, Shrikumar, ICML 2020), which for two
classes is Platt's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.errors import ConfigError

METHODS = ("none", "temperature", "bias")
TINY = 1e-12
# Weight of the squared parameters, in cases: keeps classes with few cases near where they were, and
# probabilities from 0 and 1 where all cases are told apart.
PRIOR_CASES = 1.0


@dataclass(frozen=True)
class Calibration:
    """The identity unless fitted. ``bias`` is () for none, else one number per class."""

    temperature: float = 1.0
    bias: tuple[float, ...] = ()

    def __call__(self, probabilities: np.ndarray) -> np.ndarray:
        """Calibrated probabilities (n, N)."""
        if self == IDENTITY:
            return probabilities
        logits = np.log(np.maximum(probabilities, TINY)) / self.temperature
        return _softmax(logits + np.asarray(self.bias) if self.bias else logits)


IDENTITY = Calibration()


def fit(method: str, probabilities: np.ndarray, y: np.ndarray) -> Calibration:
    """The calibration that makes the truths ``y`` (n,) most likely under ``probabilities`` (n, N).

    Nearly so: see PRIOR_CASES.

    Raises
    ------
    ConfigError
        For an unknown method.
    """
    if method not in METHODS:
        raise ConfigError(f'unknown calibration "{method}"; expected one of {", ".join(METHODS)}')
    if method == "none":
        return IDENTITY
    from scipy.optimize import minimize

    n, n_classes = probabilities.shape
    logits = np.log(np.maximum(probabilities, TINY))
    truth = np.eye(n_classes)[y]
    n_bias = n_classes if method == "bias" else 0

    def objective(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        sharpness, bias = np.exp(parameters[0]), parameters[1:]
        p = _softmax(sharpness * logits + (bias if n_bias else 0.0))
        error = p - truth
        loss = -(truth * np.log(np.maximum(p, TINY))).sum()
        gradient = np.concatenate(
            [[(error * logits).sum() * sharpness], error.sum(axis=0) if n_bias else []]
        )
        prior = PRIOR_CASES * parameters
        return (loss + prior @ parameters / 2) / n, (gradient + prior) / n

    found: Any = minimize(objective, np.zeros(1 + n_bias), jac=True, method="L-BFGS-B")
    bias = found.x[1:] - found.x[1:].mean() if n_bias else ()
    return Calibration(float(np.exp(-found.x[0])), tuple(float(b) for b in bias))


def _softmax(logits: np.ndarray) -> np.ndarray:
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)
