"""Our own networks as the classifier that is used when none is given: trained all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any

import numpy as np

from framework.config.defaults import DEFAULTS, FEWEST_EPOCHS, TABLE
from framework.core.arrays import FloatArray, IntArray
from framework.core.errors import EstimatorError
from framework.core.scaling import Scaling
from framework.plugins.registry import Registry

NETWORKS = ("logistic", "mlp")


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network of dense layers, kernel and bias each: plain arrays, so that it pickles.

    It predicts in float64, so that a case's probabilities do not depend on what it is predicted with.
    """

    scaling: Scaling
    layers: tuple[tuple[FloatArray, FloatArray], ...]

    def predict_proba(self, X: np.ndarray) -> FloatArray:
        """Probabilities (n, N) for raw features (n, d)."""
        values = (np.asarray(X, np.float64) - self.scaling.offset) * self.scaling.scale
        for kernel, bias in self.layers[:-1]:
            values = np.maximum(values @ kernel + bias, 0.0)
        kernel, bias = self.layers[-1]
        logits = values @ kernel + bias
        if logits.shape[1] == 1:
            logits = np.column_stack([np.zeros(len(logits)), logits])
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)


@dataclass(frozen=True, eq=False)
class Cases:
    """What networks are trained with: features (n, d), classes (n,), what mistakes cost, weights.

    ``cost_rows`` (n, N) are the regrets of every decision on each case, ``weights`` (n,) the cases
    that each stands for.
    """

    X: FloatArray
    y: IntArray
    cost_rows: FloatArray
    weights: FloatArray


def train_networks(
    name: str, cases: Cases, parts: Sequence[IntArray], seed: int, updates: int | None = None
) -> list[Network]:
    """One network for each of ``parts`` (positions of cases), trained as ``fw run`` trains a table.

    Loss, optimizer, learning rate and, unless given, the number of ``updates`` are the framework's
    defaults (``framework.config.defaults``).

    Raises
    ------
    EstimatorError
        When ``name`` is none of NETWORKS.
    """
    if name not in NETWORKS:
        raise EstimatorError(
            f"network={name!r}: expected one of {', '.join(NETWORKS)} (another model is given as "
            "estimator=)"
        )
    from framework.training.jobs import Cases as Trained
    from framework.training.jobs import Job, Schedule, Settings
    from framework.training.loop import train
    from framework.training.optimizers import optimizer

    n, n_classes = cases.cost_rows.shape
    spec = Registry(entry_points=[]).model(name)
    table = np.column_stack([cases.cost_rows, cases.weights])
    loss = _weighted_loss()
    jobs = [
        Job(loss, table, seed, rows, Scaling.fit(cases.X[rows]), loss_name=DEFAULTS["loss"])
        for rows in (part[cases.weights[part] > 0] for part in parts)
    ]
    most = max(len(job.rows) for job in jobs)
    batches = ceil(most / DEFAULTS["batch_size"])
    epochs = max(FEWEST_EPOCHS, ceil((updates or TABLE["updates"]) / batches))
    settings = Settings(
        partial(optimizer, DEFAULTS["optimizer"], TABLE["learning_rate"]),
        epochs,
        DEFAULTS["batch_size"],
        schedule=Schedule(epochs, DEFAULTS["decay"]),
        early_stopping=True,
    )
    build = partial(spec.build, cases.X.shape[1:], n_classes, **spec.parameters)
    trained = train(build, jobs, Trained(cases.X, cases.y, np.arange(n)), settings)
    return [
        Network(job.scaling, _layers(result.weights.trainable))
        for job, result in zip(jobs, trained, strict=True)
    ]


def _layers(values: Sequence[np.ndarray]) -> tuple[tuple[FloatArray, FloatArray], ...]:
    pairs = zip(values[::2], values[1::2], strict=True)
    return tuple((kernel.astype(np.float64), bias.astype(np.float64)) for kernel, bias in pairs)


def _weighted_loss() -> Any:
    """The default loss of a run, times the weight in the last column of what it is given."""
    loss = Registry(entry_points=[]).loss(DEFAULTS["loss"]).function

    def weighted(y_true: Any, y_pred: Any, rows: Any) -> Any:
        return rows[:, -1] * loss(y_true, y_pred, rows[:, :-1])

    return weighted
