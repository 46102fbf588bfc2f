"""Pools: the probabilities of several models as one, weighted by likelihood.

Each model's are calibrated first. The pool is their weighted geometric mean,
``softmax(sum of b_m log p_m + c)`` (Genest and Zidek, "Combining probability distributions", Statistical
Science 1, 1986). The exponents are drawn to the weights of a mixture of the models, which
expectation-maximisation finds (Jordan and Jacobs, "Hierarchical mixtures of experts and the EM algorithm",
Neural Computation 6, 1994, without gates) and which is at 0 for models that add nothing.

All of it is fitted on cases that the models were not trained on. Nothing here knows what mistakes cost,
so one pool serves every cost matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.decisions import calibration
from framework.core.decisions.calibration import Calibration

# A model that told a case's truth to be impossible, as forests do, is not out of the race: this share
# of its probability is spread over all classes.
FLOOR = 1e-3
# Priors: what draws the weights of the mixture to each other, in cases; the exponents to those weights,
# however many there are; and the biases to 0.
MIXTURE_PRIOR, EXPONENT_PRIOR, BIAS_PRIOR = 20.0, 150.0, 10.0
MOST_STEPS, PRECISION = 200, 1e-6


@dataclass(frozen=True)
class Pool:
    """A weighted geometric mean of M members; made by ``fit``.

    Parameters
    ----------
    exponents : tuple of M floats
        b >= 0.
    bias : tuple of N floats
        c.
    calibrations : tuple of M Calibration
        Of the members, before they are pooled.
    floor : float
        Share of each member's probability that is spread over all classes, before all else.
    """

    exponents: tuple[float, ...]
    bias: tuple[float, ...]
    calibrations: tuple[Calibration, ...]
    floor: float = FLOOR

    def __call__(self, probabilities: Sequence[np.ndarray] | np.ndarray) -> FloatArray:
        """One (n, N) of the members' (M, n, N)."""
        logs = np.log(_calibrated(self.calibrations, np.asarray(probabilities), self.floor))
        return calibration.softmax(np.tensordot(self.exponents, logs, axes=1) + self.bias)

    @property
    def shares(self) -> FloatArray:
        """What each member counts for (M,), from 0 to 1; together 1."""
        exponents = np.asarray(self.exponents)
        shares: FloatArray = exponents / exponents.sum()
        return shares


def geometric_mean(probabilities: Sequence[np.ndarray] | np.ndarray) -> FloatArray:
    """Of models that differ in what they started from alone: one (n, N) of (M, n, N).

    Lower in log loss than the mean (and so in dollars): what one network rules out, none of it comes back.
    """
    if len(probabilities) == 1:
        return probabilities[0]
    logs = np.log(np.maximum(probabilities, calibration.TINY))
    return calibration.softmax(logs.mean(axis=0))


def fit(
    probabilities: Sequence[np.ndarray] | np.ndarray, y: IntArray, counts: FloatArray | None = None
) -> Pool:
    """The pool that makes the truths ``y`` (n,) likely under members' ``probabilities`` (M, n, N).

    Nearly so: see the priors. ``counts`` (n,) are the cases that each stands for (default: one).
    """
    p = np.asarray(probabilities, np.float64)
    calibrations = tuple(calibration.fit("bias", floored(own, FLOOR), y, counts) for own in p)
    p = _calibrated(calibrations, p, FLOOR)
    weights = _mixture_weights(p[:, np.arange(len(y)), y], counts)
    exponents, bias = _log_pool(np.log(p), y, weights, counts)
    return Pool(tuple(exponents.tolist()), tuple(bias.tolist()), calibrations)


def _calibrated(calibrations: Sequence[Calibration], p: FloatArray, floor: float) -> FloatArray:
    raised = floored(p, floor)
    calibrated = [fitted(own) for fitted, own in zip(calibrations, raised, strict=True)]
    return np.maximum(calibrated, calibration.TINY)


def log_loss(probabilities: np.ndarray, y: IntArray, counts: FloatArray | None = None) -> float:
    """Mean log loss (nats a case) of ``probabilities`` (n, N), calibrated on the same cases ``y`` (n,).

    ``counts`` as of ``fit``.
    """
    p = floored(probabilities, FLOOR)
    p = calibration.fit("bias", p, y, counts)(p)
    losses = -np.log(np.maximum(p[np.arange(len(y)), y], calibration.TINY))
    return float(losses.mean() if counts is None else np.average(losses, weights=counts))


def floored(p: FloatArray, floor: float) -> FloatArray:
    """Probabilities (..., N), none of them below ``floor / N``."""
    return (1 - floor) * p + floor / p.shape[-1]


def _mixture_weights(likelihoods: FloatArray, cases: FloatArray | None) -> FloatArray:
    """Weights (M,) of a mixture, most likely given ``likelihoods`` (M, n) and the prior."""
    members = len(likelihoods)
    weights = np.full(members, 1 / members)
    for _ in range(MOST_STEPS):
        parts = weights[:, None] * likelihoods
        shares = parts / parts.sum(axis=0)
        counts = shares.sum(axis=1) if cases is None else shares @ cases
        counts = counts + MIXTURE_PRIOR / members
        after = counts / counts.sum()
        moved, weights = np.abs(after - weights).max(), after
        if moved < PRECISION:
            break
    return weights


def _log_pool(
    logs: FloatArray, y: IntArray, weights: FloatArray, counts: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Exponents (M,) and biases (N,), most likely given ``logs`` (M, n, N) and the prior."""
    from scipy.optimize import minimize  # half a second, which a run without a pool does not take

    members, n, n_classes = logs.shape
    truth = np.eye(n_classes)[y]

    def objective(values: np.ndarray) -> tuple[float, np.ndarray]:
        b, c = values[:members], values[members:]
        logits = np.tensordot(b, logs, axes=1) + c
        top = logits.max(axis=1, keepdims=True)
        norm = top + np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
        error = np.exp(logits - norm) - truth
        away = b - weights
        losses = norm[:, 0] - logits[np.arange(n), y]
        if counts is not None:
            losses, error = counts * losses, counts[:, None] * error
        loss = losses.sum()
        loss += (EXPONENT_PRIOR * (away @ away) + BIAS_PRIOR * (c @ c)) / 2
        slopes = [
            np.einsum("mij,ij->m", logs, error) + EXPONENT_PRIOR * away,
            error.sum(axis=0) + BIAS_PRIOR * c,
        ]
        return float(loss), np.concatenate(slopes)

    start = np.concatenate([weights, np.zeros(n_classes)])
    bounds: list[Any] = [(0.0, None)] * members + [(None, None)] * n_classes
    found = minimize(objective, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    return found[:members], found[members:] - found[members:].mean()
