"""What is to be trained and how, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from framework.core.cases.augmentation import NO_AUGMENTATION, Augmentation
from framework.core.cases.case_stream import Block, CaseStream
from framework.core.scaling import Scaling
from framework.core.weights import Weights

if TYPE_CHECKING:  # what is to be trained is said without TensorFlow
    from framework.core.backend import keras

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


@dataclass(frozen=True)
class Schedule:
    """How the learning rate changes over ``epochs``, a whole training with its warm-up.

    In the share ``rise`` of them it rises from nothing in a straight line; then it falls. ``cosine``:
    by ``(1 + cos(pi t)) / 2`` to nothing, t from 0 to 1 (Loshchilov and Hutter, "SGDR: Stochastic
    Gradient Descent with Warm Restarts", ICLR 2017, without restarts): the last steps no longer move
    anything, and where the loss ends is not left to the last few batches. ``none``: it stays. A function
    of the time alone, so that a training goes on where it was stopped, and does not depend on which
    others it is trained with.
    """

    epochs: int
    decay: Literal["none", "cosine"] = "none"
    rise: float = 0.0

    @property
    def is_constant(self) -> bool:
        return self.decay == "none" and not self.rise

    def factor(self, epoch: Any) -> Any:
        """Of the learning rate, at a fractional ``epoch`` (a tensor)."""
        from framework.core.backend import tf

        t = epoch / self.epochs
        falling = tf.ones_like(t)
        if self.decay == "cosine":
            falling = (1 + tf.cos(math.pi * (t - self.rise) / (1 - self.rise))) / 2
        return tf.where(t < self.rise, t / self.rise, falling) if self.rise else falling

    def learned(self, epoch: np.ndarray) -> np.ndarray:
        """Share of all learning rates together that is behind at ``epoch``."""
        t = epoch / self.epochs
        risen = np.minimum(t, self.rise) ** 2 / (2 * self.rise) if self.rise else np.zeros_like(t)
        t = np.maximum(t - self.rise, 0) / (1 - self.rise)
        if self.decay == "cosine":
            t = (t + np.sin(math.pi * t) / math.pi) / 2
        whole = self.rise / 2 + (1 - self.rise) * (0.5 if self.decay == "cosine" else 1)
        share: np.ndarray = (risen + (1 - self.rise) * t) / whole
        return share


@dataclass(frozen=True, eq=False)
class Cases:
    """The n cases that jobs pick theirs from: raw features, class indices, rows of cost tables.

    Of a ``stream`` these are a sample, and every job is trained on all of it.
    """

    X: np.ndarray
    y: np.ndarray
    cost_index: np.ndarray
    stream: CaseStream | None = None


@dataclass(frozen=True)
class Settings:
    """How all jobs of a call are trained.

    Parameters
    ----------
    optimizer : function
        Makes a fresh one.
    first_epoch : int
        Number of the first epoch: where the sequence of batches, and the schedule, continue.
    schedule : Schedule, optional
        Of the learning rate; default: it stays.
    early_stopping : bool
        Whether a job whose own loss has stopped falling keeps the weights it has then, whatever
        the others that are trained with it do (see ``framework.training.early_stopping.is_flat``).
    augmentation : Augmentation
        Of pictures; default: none.
    """

    optimizer: Callable[[], keras.optimizers.Optimizer]
    epochs: int
    batch_size: int
    first_epoch: int = 0
    schedule: Schedule | None = None
    early_stopping: bool = False
    augmentation: Augmentation = NO_AUGMENTATION

    @property
    def whole_schedule(self) -> Schedule:
        return self.schedule or Schedule(self.first_epoch + self.epochs)


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
    costs_of : function of a Block, optional
        Training costs (b, N) of cases from a stream, where they depend on the case.
    """

    loss: LossFunction
    cost_table: np.ndarray
    seed: int
    rows: np.ndarray
    scaling: Scaling
    l2: float = 0.0
    start: Weights | None = None
    loss_name: str = ""
    costs_of: Callable[[Block], np.ndarray] | None = None


@dataclass(frozen=True, eq=False)
class JobResult:
    """What came of a job: weights, the mean loss of every epoch, its share of the wall time.

    ``together`` is how many were trained at once with it.
    """

    weights: Weights
    losses: tuple[float, ...]
    seconds: float
    together: int
