"""What is to be trained, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.backend import keras
from framework.core.preprocessing import Scaling

LossFunction = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True)
class Batches:
    """Which cases make up each batch: a fresh permutation per epoch, from (seed, epoch)."""

    n: int
    batch_size: int
    seed: int

    def order(self, epoch: int) -> np.ndarray:
        """Positions of all n cases in the order of this epoch; batches are cut from the front."""
        return np.random.default_rng((self.seed, epoch)).permutation(self.n)


@dataclass(frozen=True, eq=False)
class Weights:
    """Values of a model's variables, apart from any model."""

    trainable: tuple[np.ndarray, ...]
    non_trainable: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, model: keras.Model) -> Weights:
        return cls(
            tuple(keras.ops.convert_to_numpy(variable) for variable in model.trainable_variables),
            tuple(
                keras.ops.convert_to_numpy(variable) for variable in model.non_trainable_variables
            ),
        )

    def assign_to(self, model: keras.Model) -> None:
        for variable, value in zip(model.trainable_variables, self.trainable, strict=True):
            variable.assign(value)
        for variable, value in zip(model.non_trainable_variables, self.non_trainable, strict=True):
            variable.assign(value)


@dataclass(frozen=True, eq=False)
class Job:
    """One member to be trained.

    Parameters
    ----------
    loss : function of (y_true, y_pred, cost_rows)
        As in ``framework.core.losses``. Jobs with the same function are trained together.
    cost_table : array (m, N)
        Training costs: row ``cost_index[i]`` goes to the loss with case i. With m = N and
        ``cost_index = y`` this is a cost matrix; with m = n it holds costs of each case's own.
    seed : int
        Of the initial weights and the order of the batches.
    rows : array
        Which cases to train on.
    scaling : Scaling
        Of raw features, fitted on those cases.
    l2 : float
        Weight of the squared kernels (not biases) in the objective.
    start : Weights, optional
        Continue from these instead of from initial weights.
    loss_name : str
        Tells losses apart in checkpoints.
    """

    loss: LossFunction
    cost_table: np.ndarray
    seed: int
    rows: np.ndarray
    scaling: Scaling
    l2: float = 0.0
    start: Weights | None = None
    loss_name: str = ""


@dataclass(frozen=True, eq=False)
class Trained:
    """What came of a job: weights, the mean loss of every epoch, its share of the wall time.

    ``together`` is how many were trained at once with it.
    """

    weights: Weights
    losses: tuple[float, ...]
    seconds: float
    together: int
