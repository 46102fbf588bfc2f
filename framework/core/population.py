"""Many models of one architecture trained at once in one compiled graph.

Members have their weights stacked along a first axis; ``tf.vectorized_map`` over
``model.stateless_call`` turns their many small products into few large ones. Same arithmetic as
``model.fit`` of each alone with the same batches (a test holds that).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.backend import keras, tf
from framework.core.hosts import Hosts
from framework.core.jobs import Batches, Job, Weights

# Dropout draws a mask per member in a loop: right, cheap, and not worth a line on stderr.
logging.getLogger("tensorflow").addFilter(
    lambda record: "Using a while_loop for converting Stateless" not in record.getMessage()
)

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


def can_be_stacked(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> bool:
    """Whether stacking these is known to be right and fast; if not, members go one by one."""
    layers = model._flatten_layers(include_self=False, recursive=True)
    return type(optimizer).__name__.lower() in ELEMENTWISE_OPTIMIZERS and all(
        isinstance(layer, (*STACKABLE_LAYERS, keras.Sequential, keras.Model)) for layer in layers
    )


@dataclass(frozen=True)
class Data:
    """All cases, on the device."""

    features: Any
    truths: Any
    cost_index: Any


class Stack:
    """The variables of ``size`` members side by side, and the compiled epoch that trains them."""

    def __init__(
        self,
        model: keras.Model,
        optimizer: keras.optimizers.Optimizer,
        like: Job,
        size: int,
        data: Data,
        batch_size: int,
        hosts: Hosts,
    ) -> None:
        self.size, self.model, self.optimizer = size, model, optimizer
        self.data, self.batch_size, self.loss = data, batch_size, like.loss
        self.hosts = hosts
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
            # Nothing here needs AutoGraph, which would take most of the time of tracing.
            self._compiled[self.shared] = tf.function(
                self._epoch, reduce_retracing=True, autograph=False
            )
        losses: np.ndarray = self._compiled[self.shared](tf.constant(np.stack(orders))).numpy()
        return losses

    def state(self) -> tuple[np.ndarray, ...]:
        """All that changes in training: weights, seeds of dropout, the optimizer's variables."""
        return tuple(keras.ops.convert_to_numpy(variable) for variable in self._variables)

    def restore(self, state: Sequence[np.ndarray]) -> None:
        for variable, value in zip(self._variables, state, strict=True):
            variable.assign(value)

    @property
    def _variables(self) -> list[Any]:
        return [*self.trainable, *self.non_trainable, *self.optimizer.variables]

    def weights(self) -> list[Weights]:
        trainable = [keras.ops.convert_to_numpy(variable) for variable in self.trainable]
        non_trainable = [keras.ops.convert_to_numpy(variable) for variable in self.non_trainable]
        return [
            Weights(tuple(v[k] for v in trainable), tuple(v[k] for v in non_trainable))
            for k in range(self.size)
        ]

    def _epoch(self, orders: tf.Tensor) -> tf.Tensor:
        n = tf.shape(orders)[1]

        def step(start: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            rows = orders[:, start : start + self.batch_size]
            gradients, non_trainable, losses = self._summed_over_hosts(*self._gradients(rows))
            self.optimizer.apply(gradients, self.trainable)
            for variable, value in zip(self.non_trainable, non_trainable, strict=True):
                variable.assign(value)
            total += losses * tf.cast(tf.shape(rows)[1], tf.float32)
            return start + self.batch_size, total

        start_and_total = (0, tf.zeros(self.size))
        _, total = tf.while_loop(lambda start, _: start < n, step, start_and_total)
        return total / tf.cast(n, tf.float32)

    def _summed_over_hosts(
        self, gradients: list[tf.Tensor], non_trainable: list[tf.Tensor], losses: tf.Tensor
    ) -> tuple[list[tf.Tensor], list[tf.Tensor], tf.Tensor]:
        """The whole batch's; moving averages are averaged, seeds of dropout are alike anyway."""
        if self.hosts.count == 1:
            return gradients, non_trainable, losses
        averages = [value / self.hosts.count for value in non_trainable if value.dtype.is_floating]
        gradients, averages, losses = self.hosts.sum((gradients, averages, losses))
        left = iter(averages)
        non_trainable = [next(left) if v.dtype.is_floating else v for v in non_trainable]
        return gradients, non_trainable, losses

    def _gradients(self, rows: tf.Tensor) -> tuple[list[tf.Tensor], list[tf.Tensor], tf.Tensor]:
        """Of all members, stacked: this host's share of a batch's."""
        size = tf.cast(tf.shape(rows)[1], tf.float32)
        rows = rows[:, self.hosts.index :: self.hosts.count]
        member = (
            [variable.value for variable in self.trainable],
            [variable.value for variable in self.non_trainable],
            (self.costs.value(), self.l2.value()),
        )
        if self.size == 1:
            only = [[value[0] for value in values] for values in member]
            gradients, non_trainable, loss = self._member(only, self._batch(rows[0], 0), size)
            return (
                [gradient[None] for gradient in gradients],
                [value[None] for value in non_trainable],
                loss[None],
            )
        if self.shared:
            batch = self._batch(rows[0], 0)
            return tf.vectorized_map(lambda each: self._member(each, batch, size), member)
        offset, scale = self.offset.value(), self.scale.value()
        features = tf.cast(tf.gather(self.data.features, rows), tf.float32)
        batches = (
            (features - _aligned(offset, features)) * _aligned(scale, features),
            tf.gather(self.data.truths, rows),
            tf.gather(self.data.cost_index, rows),
        )
        return tf.vectorized_map(
            lambda each: self._member(each[0], each[1], size), (member, batches)
        )

    def _batch(self, rows: tf.Tensor, member: int) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        features = tf.cast(tf.gather(self.data.features, rows), tf.float32)
        return (
            (features - self.offset[member]) * self.scale[member],
            tf.gather(self.data.truths, rows),
            tf.gather(self.data.cost_index, rows),
        )

    def _member(
        self, member: Sequence[Any], batch: Sequence[tf.Tensor], size: tf.Tensor
    ) -> tuple[list[tf.Tensor], list[tf.Tensor], tf.Tensor]:
        """Gradients, new non-trainable values (dropout seeds, ...) and mean loss of one member.

        ``batch`` is this host's share of ``size`` cases; summed over the hosts, all are the mean's.
        """
        trainable, non_trainable, (cost_table, l2) = member
        features, truths, cost_index = batch
        with tf.GradientTape() as tape:
            tape.watch(trainable)
            y_pred, non_trainable, regularisers = self.model.stateless_call(
                trainable, non_trainable, features, training=True, return_losses=True
            )
            values = self.loss(truths, y_pred, tf.gather(cost_table, cost_index))
            objective = tf.reduce_sum(tf.cast(values, tf.float32)) / size
            if regularisers:
                objective += tf.add_n(regularisers) / self.hosts.count
            kernels = [value for value in trainable if len(value.shape) > 1]
            squares = tf.add_n([tf.reduce_sum(tf.square(value)) for value in kernels])
            objective += l2 * squares / self.hosts.count
        return tape.gradient(objective, trainable), non_trainable, objective


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
