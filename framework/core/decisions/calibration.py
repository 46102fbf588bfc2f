"""Calibration: making probabilities mean what they say, fitted on cases not trained on.

``softmax(log p / temperature + bias)``. Temperature scaling is the case without a bias (Guo,
Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", ICML 2017); with one it is
bias-corrected temperature scaling (Alexandari, Kundaje, Shrikumar, ICML 2020), which for two
classes is Platt's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from framework.core.errors import ConfigError
from framework.core.json_fields import Fields

METHODS = ("none", "temperature", "bias")
TINY = 1e-12
FARTHEST = 1e9  # a temperature or a bias, beyond which every probability is 0 or 1
# Weight of the squared parameters, in cases: keeps classes with few cases near where they were, and
# probabilities from 0 and 1 where all cases are told apart.
PRIOR_CASES = 1.0
# Newton's method: a few parameters, each step halved until it gains.
MOST_STEPS, HALVINGS, PRECISION = 100, 30, 1e-12
MANY = 200  # parameters: of more, the curvature is not written out
MOST_DIRECTIONS, NEAR = 100, 1e-4  # of conjugate gradients, and where they end, of the gradient


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
        return softmax(logits + np.asarray(self.bias) if self.bias else logits)

    def moved(self, ratio: np.ndarray) -> Calibration:
        """Where class k is ``ratio[k]`` times as frequent (see ``framework.core.costs.prevalence``)."""
        if (ratio == 1).all():
            return self
        bias = (np.asarray(self.bias) if self.bias else 0.0) + np.log(ratio)
        return replace(self, bias=tuple(float(b) for b in bias))


IDENTITY = Calibration()


def calibration_read(data: Fields, n_classes: int) -> Calibration:
    """What a file holds of a calibration of ``n_classes``.

    Raises
    ------
    ArtifactError
        When its temperature is no positive number, or its bias none for each class.
    """
    bias = data.numbers("bias", n_classes if data.any("bias") else 0)
    if any(abs(b) > FARTHEST for b in bias):
        data.refuse("bias", f"numbers up to {FARTHEST:g}", bias)
    temperature = data.number("temperature", above=0.0)
    if not 1 / FARTHEST <= temperature <= FARTHEST:
        data.refuse("temperature", f"a number from {1 / FARTHEST:g} to {FARTHEST:g}", temperature)
    return Calibration(temperature, bias)


def fit(
    method: str, probabilities: np.ndarray, y: np.ndarray, weights: np.ndarray | None = None
) -> Calibration:
    """The calibration that makes the truths ``y`` (n,) most likely under ``probabilities`` (n, N).

    Nearly so: see PRIOR_CASES. ``weights`` (n,) are the cases that each stands for (default: one).

    Raises
    ------
    ConfigError
        For an unknown method.
    """
    if method not in METHODS:
        raise ConfigError(f'unknown calibration "{method}"; expected one of {", ".join(METHODS)}')
    if method == "none":
        return IDENTITY
    logits = np.log(np.maximum(probabilities, TINY))
    truth = np.eye(probabilities.shape[1])[y]
    counts = np.ones(len(y)) if weights is None else weights
    parameters = np.zeros(1 + (probabilities.shape[1] if method == "bias" else 0))
    loss = _objective(parameters, logits, truth, counts)
    for _ in range(MOST_STEPS):
        step = _newton_step(parameters, logits, truth, counts)
        for share in 0.5 ** np.arange(HALVINGS):
            tried = parameters - share * step
            after = _objective(tried, logits, truth, counts)
            if after <= loss:
                break
        else:
            break
        gained, parameters, loss = loss - after, tried, after
        if gained <= PRECISION * max(loss, 1.0):
            break
    bias = parameters[1:] - parameters[1:].mean() if method == "bias" else ()
    return Calibration(float(np.exp(-parameters[0])), tuple(float(b) for b in bias))


def _objective(
    parameters: np.ndarray, logits: np.ndarray, truth: np.ndarray, counts: np.ndarray
) -> float:
    """Negative log likelihood and prior, for (log of the sharpness, biases) or the former alone."""
    p = softmax(np.exp(parameters[0]) * logits + _biases(parameters))
    likelihood = (counts * np.log(np.maximum((p * truth).sum(axis=1), TINY))).sum()
    return float(PRIOR_CASES * (parameters @ parameters) / 2 - likelihood)


def _derivatives(
    parameters: np.ndarray, logits: np.ndarray, truth: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and (Gauss-Newton, so positive definite) curvature of the objective."""
    sharpness = np.exp(parameters[0])
    p = softmax(sharpness * logits + _biases(parameters))
    error, counted = counts[:, None] * (p - truth), counts[:, None] * p
    centred = logits - (p * logits).sum(axis=1, keepdims=True)
    gradient = np.array([sharpness * (error * logits).sum()])
    curvature = np.array([[sharpness**2 * (counted * centred**2).sum()]])
    if len(parameters) > 1:
        mixed = sharpness * (counted * centred).sum(axis=0)
        of_biases = np.diag(counted.sum(axis=0)) - counted.T @ p
        gradient = np.append(gradient, error.sum(axis=0))
        curvature = np.block([[curvature, mixed[None]], [mixed[:, None], of_biases]])
    return (
        gradient + PRIOR_CASES * parameters,
        curvature + PRIOR_CASES * np.eye(len(parameters)),
    )


def _newton_step(
    parameters: np.ndarray, logits: np.ndarray, truth: np.ndarray, counts: np.ndarray
) -> np.ndarray:
    if len(parameters) <= MANY:
        gradient, curvature = _derivatives(parameters, logits, truth, counts)
        step: np.ndarray = np.linalg.solve(curvature, gradient)
        return step
    return _step_of_many(parameters, logits, truth, counts)


def _step_of_many(
    parameters: np.ndarray, logits: np.ndarray, truth: np.ndarray, counts: np.ndarray
) -> np.ndarray:
    """The same by conjugate gradients, whose time grows with N and not with its square.

    Preconditioned by the diagonal (Nocedal, Wright, "Numerical Optimization", 2006, algorithm 5.3).
    """
    sharpness = np.exp(parameters[0])
    p = softmax(sharpness * logits + _biases(parameters))
    counted = counts[:, None] * p
    centred = sharpness * (logits - (p * logits).sum(axis=1, keepdims=True))
    error = counted - counts[:, None] * truth
    gradient = np.append(sharpness * np.vdot(error, logits), error.sum(axis=0))
    gradient += PRIOR_CASES * parameters
    mixed, of_classes = (counted * centred).sum(axis=0), counted.sum(axis=0)
    sharp = float(np.vdot(counted, centred**2))
    diagonal = np.append(sharp, of_classes - np.einsum("ij,ij->j", counted, p)) + PRIOR_CASES

    def curved(v: np.ndarray) -> np.ndarray:
        of_biases = of_classes * v[1:] - counted.T @ (p @ v[1:]) + mixed * v[0]
        return np.append(sharp * v[0] + mixed @ v[1:], of_biases) + PRIOR_CASES * v

    step, rest = np.zeros_like(gradient), gradient
    ahead = direction = rest / diagonal
    for _ in range(MOST_DIRECTIONS):
        along = curved(direction)
        length = (rest @ ahead) / (direction @ along)
        step, after = step + length * direction, rest - length * along
        if np.linalg.norm(after) <= NEAR * np.linalg.norm(gradient):
            break
        next_ahead = after / diagonal
        direction = next_ahead + (after @ next_ahead) / (rest @ ahead) * direction
        rest, ahead = after, next_ahead
    return step


def _biases(parameters: np.ndarray) -> np.ndarray | float:
    return parameters[1:] if len(parameters) > 1 else 0.0


def softmax(logits: np.ndarray) -> np.ndarray:
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)
