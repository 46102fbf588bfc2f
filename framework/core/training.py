"""Training Keras models in compiled loops: one, or many of one architecture at once.

Same arithmetic as ``model.fit`` with the same batches (a test holds that), without its overhead
per step: the data lie on the device, and an epoch is one call of a compiled graph. Members of a
population have their weights stacked along a first axis; ``tf.vectorized_map`` over
``model.stateless_call`` turns their many small products into few large ones.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.backend import keras, tf
from framework.core.preprocessing import Scaling
from framework.core.probabilities import as_n_columns
from framework.errors import TrainingError

# Dropout draws a mask per member in a loop: right, cheap, and not worth a line on stderr.
logging.getLogger("tensorflow").addFilter(
    lambda record: "Using a while_loop for converting Stateless" not in record.getMessage()
)

LossFunction = Callable[[Any, Any, Any], Any]

# Layers whose vectorised form is known to be right and fast. Others are trained one by one.
STACKABLE_LAYERS = (
    keras.layers.Activation,
    keras.layers.Dense,
    keras.layers.Dropout,
    keras.layers.Flatten,
    keras.layers.Identity,
    keras.layers.InputLayer,
    keras.layers.LayerNormalization,
    keras.layers.ReLU,
    keras.layers.Rescaling,
    keras.layers.Reshape,
    keras.layers.Softmax,
)
# Optimizers that treat every weight alone, so that stacked weights are just more weights.
ELEMENTWISE_OPTIMIZERS = {"sgd", "rmsprop", "adam", "adamw", "adagrad", "adadelta", "nadam", "lion"}
MAX_STACK = 64


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
    """

    loss: LossFunction
    cost_table: np.ndarray
    seed: int
    rows: np.ndarray
    scaling: Scaling
    l2: float = 0.0
    start: Weights | None = None


@dataclass(frozen=True, eq=False)
class Trained:
    """What came of a job: weights, the mean loss of every epoch, its share of the wall time.

    ``together`` is how many were trained at once with it.
    """

    weights: Weights
    losses: tuple[float, ...]
    seconds: float
    together: int


def train(
    build: Callable[[], keras.Model],
    jobs: Sequence[Job],
    X: np.ndarray,
    y: np.ndarray,
    cost_index: np.ndarray,
    *,
    optimizer: Callable[[], keras.optimizers.Optimizer],
    epochs: int,
    batch_size: int,
    first_epoch: int = 0,
    on_epoch: Callable[[Sequence[int], int, np.ndarray], None] | None = None,
) -> list[Trained]:
    """Train all ``jobs``, those of one loss at once where the architecture allows it.

    Parameters
    ----------
    build : function
        Makes the model: scaled features in, probabilities (n, N) or (n, 1) out. Called after the
        global seeds are set to the job's.
    X, y, cost_index : arrays of n cases
        Raw features, class indices, rows of the cost tables.
    first_epoch : int
        Number of the first epoch: where the sequence of batches continues.
    on_epoch : function of (job numbers, epoch, losses), optional
        Called after each epoch, counting from 1, with the jobs that were trained together.

    Returns
    -------
    list of Trained, in the order of ``jobs``

    Raises
    ------
    TrainingError
        When a loss is no longer finite.
    """
    data = _Data(tf.constant(X), tf.constant(y, tf.int32), tf.constant(cost_index, tf.int32))
    results: dict[int, Trained] = {}
    for numbers in _groups(jobs):
        members = [jobs[number] for number in numbers]
        keras.utils.set_random_seed(members[0].seed)
        model = build()
        starts = _starting_weights(build, model, members)
        size = len(members) if _can_be_stacked(model, optimizer()) else 1
        size = min(size, MAX_STACK)
        stack = None
        for at in range(0, len(members), size):
            chunk = members[at : at + size]
            if stack is None or len(chunk) != stack.size:
                stack = _Stack(model, optimizer(), chunk[0], len(chunk), data, batch_size)
            started = time.perf_counter()
            stack.load(chunk, starts[at : at + size])
            told = numbers[at : at + size]
            losses = np.empty((epochs, len(chunk)))
            for epoch in range(epochs):
                losses[epoch] = stack.run_epoch(first_epoch + epoch)
                if not np.isfinite(losses[epoch]).all():
                    raise TrainingError(
                        f"the loss became {losses[epoch][~np.isfinite(losses[epoch])][0]} in epoch "
                        f"{epoch + 1} of {epochs}; lower the learning rate, or the scale of the "
                        "training costs"
                    )
                if on_epoch:
                    on_epoch(told, epoch + 1, losses[epoch])
            weights = stack.weights()
            seconds = (time.perf_counter() - started) / len(chunk)
            for position, number in enumerate(told):
                history = tuple(losses[:, position].tolist())
                results[number] = Trained(weights[position], history, seconds, len(chunk))
    return [results[number] for number in range(len(jobs))]


@dataclass(frozen=True)
class _Data:
    """All cases, on the device."""

    features: Any
    truths: Any
    cost_index: Any


class _Stack:
    """The variables of ``size`` members side by side, and the compiled epoch that trains them."""

    def __init__(
        self,
        model: keras.Model,
        optimizer: keras.optimizers.Optimizer,
        like: Job,
        size: int,
        data: _Data,
        batch_size: int,
    ) -> None:
        self.size, self.model, self.optimizer = size, model, optimizer
        self.data, self.batch_size, self.loss = data, batch_size, like.loss
        self.trainable = [_stacked(v, size) for v in model.trainable_variables]
        self.non_trainable = [_stacked(v, size) for v in model.non_trainable_variables]
        optimizer.build(self.trainable)
        self.initial_state = [tf.identity(v.value) for v in optimizer.variables]
        self.costs = tf.Variable(tf.zeros((size, *like.cost_table.shape)))
        self.l2 = tf.Variable(tf.zeros(size))
        self.offset = tf.Variable(tf.zeros((size, *like.scaling.offset.shape)))
        self.scale = tf.Variable(tf.zeros((size, *like.scaling.scale.shape)))
        self._compiled: dict[bool, Any] = {}

    def load(self, jobs: Sequence[Job], starts: Sequence[Weights]) -> None:
        """Put members in place, with a fresh optimizer."""
        self.jobs = jobs
        for position, variable in enumerate(self.trainable):
            variable.assign(np.stack([start.trainable[position] for start in starts]))
        for position, variable in enumerate(self.non_trainable):
            variable.assign(np.stack([start.non_trainable[position] for start in starts]))
        for variable, value in zip(self.optimizer.variables, self.initial_state, strict=True):
            variable.assign(value)
        self.costs.assign(np.stack([job.cost_table for job in jobs]))
        self.l2.assign([job.l2 for job in jobs])
        self.offset.assign(np.stack([job.scaling.offset for job in jobs]))
        self.scale.assign(np.stack([job.scaling.scale for job in jobs]))
        first = jobs[0]
        # Members that see the same batches share them: one gather, one scaling, larger products.
        self.shared = all(
            job.seed == first.seed and job.rows is first.rows and job.scaling is first.scaling
            for job in jobs
        )
        # Folds of a cross-validation differ by a case; that many are left out, others each epoch.
        self.n = min(len(job.rows) for job in jobs)

    def run_epoch(self, epoch: int) -> np.ndarray:
        """One pass over the members' cases; the mean loss of each, (size,)."""
        jobs = self.jobs[:1] if self.shared else self.jobs
        orders = [
            job.rows[Batches(len(job.rows), self.batch_size, job.seed).order(epoch)][: self.n]
            for job in jobs
        ]
        if self.shared not in self._compiled:
            self._compiled[self.shared] = tf.function(self._epoch, reduce_retracing=True)
        losses: np.ndarray = self._compiled[self.shared](tf.constant(np.stack(orders))).numpy()
        return losses

    def weights(self) -> list[Weights]:
        trainable = [keras.ops.convert_to_numpy(variable) for variable in self.trainable]
        non_trainable = [keras.ops.convert_to_numpy(variable) for variable in self.non_trainable]
        return [
            Weights(tuple(v[k] for v in trainable), tuple(v[k] for v in non_trainable))
            for k in range(self.size)
        ]

    def _epoch(self, orders: tf.Tensor) -> tf.Tensor:
        n = tf.shape(orders)[1]
        total = tf.zeros(self.size)
        for start in tf.range(0, n, self.batch_size):
            rows = orders[:, start : start + self.batch_size]
            gradients, non_trainable, losses = self._gradients(rows)
            self.optimizer.apply(gradients, self.trainable)
            for variable, value in zip(self.non_trainable, non_trainable, strict=True):
                variable.assign(value)
            total += losses * tf.cast(tf.shape(rows)[1], tf.float32)
        return total / tf.cast(n, tf.float32)

    def _gradients(self, rows: tf.Tensor) -> tuple[list[tf.Tensor], list[tf.Tensor], tf.Tensor]:
        """Of all members, stacked."""
        member = (
            [variable.value for variable in self.trainable],
            [variable.value for variable in self.non_trainable],
            (self.costs.value(), self.l2.value()),
        )
        if self.size == 1:
            only = [[value[0] for value in values] for values in member]
            gradients, non_trainable, loss = self._member(only, self._batch(rows[0], 0))
            return (
                [gradient[None] for gradient in gradients],
                [value[None] for value in non_trainable],
                loss[None],
            )
        if self.shared:
            batch = self._batch(rows[0], 0)
            return tf.vectorized_map(lambda each: self._member(each, batch), member)
        offset, scale = self.offset.value(), self.scale.value()
        features = tf.cast(tf.gather(self.data.features, rows), tf.float32)
        batches = (
            (features - _aligned(offset, features)) * _aligned(scale, features),
            tf.gather(self.data.truths, rows),
            tf.gather(self.data.cost_index, rows),
        )
        return tf.vectorized_map(lambda each: self._member(*each), (member, batches))

    def _batch(self, rows: tf.Tensor, member: int) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        features = tf.cast(tf.gather(self.data.features, rows), tf.float32)
        return (
            (features - self.offset[member]) * self.scale[member],
            tf.gather(self.data.truths, rows),
            tf.gather(self.data.cost_index, rows),
        )

    def _member(
        self, member: Sequence[Any], batch: Sequence[tf.Tensor]
    ) -> tuple[list[tf.Tensor], list[tf.Tensor], tf.Tensor]:
        """Gradients, new non-trainable values (dropout seeds, ...) and mean loss of one member."""
        trainable, non_trainable, (cost_table, l2) = member
        features, truths, cost_index = batch
        with tf.GradientTape() as tape:
            tape.watch(trainable)
            y_pred, non_trainable, regularisers = self.model.stateless_call(
                trainable, non_trainable, features, training=True, return_losses=True
            )
            values = self.loss(truths, y_pred, tf.gather(cost_table, cost_index))
            objective = tf.reduce_mean(tf.cast(values, tf.float32))
            if regularisers:
                objective += tf.add_n(regularisers)
            kernels = [value for value in trainable if len(value.shape) > 1]
            objective += l2 * tf.add_n([tf.reduce_sum(tf.square(value)) for value in kernels])
        return tape.gradient(objective, trainable), non_trainable, objective


class WeightsPredictor:
    """Probabilities for any weights of one architecture, from one compiled graph."""

    def __init__(self, model: keras.Model, chunk: int = 4096) -> None:
        self.model, self.chunk = model, chunk
        self._compiled: Any = None

    def __call__(self, weights: Weights, scaling: Scaling, X: np.ndarray) -> np.ndarray:
        """(n, N) float64 probabilities for raw features ``X`` (n, ...)."""
        state = [
            [tf.constant(value) for value in values]
            for values in (
                weights.trainable,
                weights.non_trainable,
                (scaling.offset, scaling.scale),
            )
        ]
        if self._compiled is None:
            # Any number of rows: the last chunk is not a new shape.
            signature = [
                *(
                    [tf.TensorSpec(value.shape, value.dtype) for value in values]
                    for values in state
                ),
                tf.TensorSpec([None, *X.shape[1:]], tf.as_dtype(X.dtype)),
            ]
            self._compiled = tf.function(self._call, input_signature=signature)
        chunks = [
            self._compiled(*state, tf.constant(X[start : start + self.chunk])).numpy()
            for start in range(0, len(X), self.chunk)
        ]
        return as_n_columns(np.concatenate(chunks).astype(np.float64))

    def _call(self, trainable: Any, non_trainable: Any, scaling: Any, X: Any) -> Any:
        features = (tf.cast(X, tf.float32) - scaling[0]) * scaling[1]
        return self.model.stateless_call(trainable, non_trainable, features, training=False)[0]


def _groups(jobs: Sequence[Job]) -> list[list[int]]:
    """Numbers of jobs that can share one compiled epoch: one loss, (nearly) as many cases."""
    groups: dict[Any, list[int]] = {}
    for number, job in enumerate(jobs):
        n = len(job.rows)
        similar = [
            key
            for key, members in groups.items()
            if key[0] is job.loss
            and key[1] == job.cost_table.shape
            and abs(len(jobs[members[0]].rows) - n) <= 1
        ]
        groups.setdefault(
            similar[0] if similar else (job.loss, job.cost_table.shape, n), []
        ).append(number)
    return list(groups.values())


def _starting_weights(
    build: Callable[[], keras.Model], first: keras.Model, jobs: Sequence[Job]
) -> list[Weights]:
    """Where each job starts; initial weights are made once per seed."""
    initial = {jobs[0].seed: Weights.of(first)}
    for job in jobs:
        if job.start is None and job.seed not in initial:
            keras.utils.set_random_seed(job.seed)
            initial[job.seed] = Weights.of(build())
    return [job.start or initial[job.seed] for job in jobs]


def _can_be_stacked(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> bool:
    layers = model._flatten_layers(include_self=False, recursive=True)
    return type(optimizer).__name__.lower() in ELEMENTWISE_OPTIMIZERS and all(
        isinstance(layer, (*STACKABLE_LAYERS, keras.Sequential, keras.Model)) for layer in layers
    )


def _stacked(variable: Any, size: int) -> Any:
    return keras.Variable(
        tf.zeros((size, *variable.shape), variable.dtype),
        trainable=variable.trainable,
        dtype=variable.dtype,
        name=variable.name,
    )


def _aligned(values: tf.Tensor, features: tf.Tensor) -> tf.Tensor:
    """(size, ...) per-member values, to be broadcast over (size, batch, ...) features."""
    missing = len(features.shape) - len(values.shape)
    shape = [values.shape[0], *[1] * missing, *values.shape[1:]]
    return tf.reshape(values, shape)
