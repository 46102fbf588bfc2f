"""Many models of one architecture trained at once in one compiled graph.

Members have their weights stacked along a first axis, which turns their many small products into few
large ones (``stacked_gradients.py``). Same arithmetic as ``model.fit`` of each alone with the same
batches (a test holds that).
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np

from framework.core.backend import keras, tf
from framework.core.weights import Weights
from framework.training import xla
from framework.training.augmentation import augmented, draws
from framework.training.device_data import DeviceData, Part
from framework.training.hosts import Hosts
from framework.training.jobs import Job, Settings
from framework.training.members import Members
from framework.training.precision import is_full
from framework.training.stacked_gradients import StackedGradients

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


class Stack(Members):
    """Members side by side, and the compiled epoch that trains them."""

    def __init__(
        self,
        model: keras.Model,
        like: Job,
        size: int,
        data: DeviceData,
        settings: Settings,
        hosts: Hosts,
    ) -> None:
        super().__init__(model, like, size, settings.optimizer())
        self.gradients = StackedGradients(model, like.loss, size, hosts.shares)
        self.data, self.batch_size = data, settings.batch_size
        if data.is_dealt:
            self.batch_size = max(1, settings.batch_size // hosts.count)
        self.schedule, self.hosts = settings.whole_schedule, hosts
        self.augmentation = settings.augmentation
        self.learning_rate = float(self.optimizer.learning_rate)
        self.first_rows = tf.Variable(tf.zeros(size, tf.int64))
        self.has_small_steps = can_be_stacked(model, self.optimizer) and hosts.is_one_processor
        # Convolutions are faster in TensorFlow's own kernels; and XLA draws other random numbers, which
        # dropout (its seeds are variables that do not train) and augmentation would show.
        self.suits_xla = (
            self.has_small_steps
            and not self.non_trainable
            and is_full(model)
            and not settings.augmentation.changes_anything
        )
        self.epochs = settings.epochs
        self._compiled: dict[tuple[bool, bool], Any] = {}

    def place(self, jobs: Sequence[Job], starts: Sequence[Weights]) -> None:
        super().place(jobs, starts)
        first = jobs[0]
        # Members that see the same batches share them: one gather, larger products. What was
        # compiled for members that do not serves them too, and tracing takes longer than a table.
        compiled = {shared for shared, _ in self._compiled}
        self.shared = (not compiled or True in compiled) and all(
            job.seed == first.seed and job.rows is first.rows and job.scaling is first.scaling
            for job in jobs
        )
        self.first_rows.assign(self.data.first_rows_of(jobs, self.shared))
        # Folds of a cross-validation differ by a case; that many are left out, others each epoch.
        self.n = min(map(self.data.cases_of, jobs))
        self.by_xla = self.suits_xla and xla.pays(self.n, self.batch_size, self.epochs)

    def epoch(self, epoch: int) -> Generator[None, None, np.ndarray]:
        """One pass over the members' cases; returns the mean loss of each, (size,).

        It pauses after each part of the cases, so that others may train on that, too.
        """
        jobs = self.jobs[:1] if self.shared else self.jobs
        losses, cases = [], [0]
        for part in self.data.parts(jobs, self.n, epoch, self.batch_size):
            if part.block is not None:
                self.place_costs(part.block)
            losses.append(self._train_on(part, epoch, before=sum(cases)))
            cases.append(int(part.counts.sum()))
            yield
        self.put_back()
        return losses[0] if len(losses) == 1 else np.average(losses, axis=0, weights=cases[1:])

    def _train_on(self, part: Part, epoch: int, before: int) -> np.ndarray:
        kind = (self.shared, self.by_xla)
        if kind not in self._compiled:
            # Nothing here needs AutoGraph, which would take most of the time of tracing.
            scalar, counted = tf.TensorSpec([], tf.int64), tf.TensorSpec([None], tf.int64)
            orders = tf.TensorSpec([len(part.orders), None], tf.int64)
            signature = [orders, counted, tf.TensorSpec([]), scalar, scalar]
            own = tf.function(self._epoch, input_signature=signature, autograph=False)
            self._compiled[kind] = (
                xla.compiled(self._static_epoch, own, self.batch_size) if self.by_xla else own
            )
        with self._one_after_another():
            losses: np.ndarray = self._compiled[kind](
                tf.constant(part.orders, tf.int64),
                tf.constant(part.counts, tf.int64),
                tf.constant(epoch, tf.float32),
                tf.constant(before, tf.int64),
                tf.constant(self.n, tf.int64),
            ).numpy()
        return losses

    def _one_after_another(self) -> contextlib.AbstractContextManager[Any]:
        """Where operations are small: handing them from thread to thread takes longer than most of them."""
        if self.by_xla or not self.has_small_steps:
            return contextlib.nullcontext()
        return tf.experimental.function_executor_type("SINGLE_THREADED_EXECUTOR")

    def _epoch(
        self,
        orders: tf.Tensor,
        counts: tf.Tensor,
        epoch: tf.Tensor,
        before: tf.Tensor,
        whole: tf.Tensor,
    ) -> tf.Tensor:
        """Mean losses over cases in these ``orders``, of which each host has as many as it ``counts``.

        ``before`` of the ``whole`` epoch's cases are behind it.
        """
        n = tf.reduce_max(counts)

        def step(start: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            rows = orders[:, start : start + self.batch_size]
            sizes = tf.clip_by_value(counts - start, 0, self.batch_size)
            losses = self._step(rows, sizes, epoch, before + start, whole)
            return start + self.batch_size, total + losses

        start_and_total = (tf.constant(0, tf.int64), tf.zeros(self.size))
        _, total = tf.while_loop(lambda start, _: start < n, step, start_and_total)
        return total / tf.cast(tf.reduce_sum(counts), tf.float32)

    def _static_epoch(
        self,
        orders: tf.Tensor,
        rest: tf.Tensor,
        counts: tf.Tensor,
        epoch: tf.Tensor,
        before: tf.Tensor,
        whole: tf.Tensor,
    ) -> tf.Tensor:
        """The same for XLA, which wants every shape known: the smaller last batch comes after the loop."""
        n, left, size = counts[0], rest.shape[1], self.batch_size

        def step(start: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            rows = tf.slice(orders, (0, start), (orders.shape[0], size))
            losses = self._step(rows, tf.constant([size]), epoch, before + start, whole)
            return start + size, total + losses

        start_and_total = (tf.constant(0, tf.int64), tf.zeros(self.size))
        start, total = tf.while_loop(lambda start, _: start < n - left, step, start_and_total)
        if left:
            total += self._step(rest, tf.constant([left]), epoch, before + start, whole)
        return total / tf.cast(n, tf.float32)

    def _step(
        self, rows: tf.Tensor, sizes: Any, epoch: tf.Tensor, at: tf.Tensor, whole: tf.Tensor
    ) -> tf.Tensor:
        """Learn from the batch ``rows``, of which each host has its share of ``sizes``; summed losses.

        It begins ``at`` a case of the ``whole`` epoch.
        """
        if not self.schedule.is_constant:
            factor = self.schedule.factor(epoch + tf.cast(at / whole, tf.float32))
            self.optimizer.learning_rate.assign(self.learning_rate * factor)
        gradients, non_trainable, losses = self.hosts.together(
            lambda: self._summed(rows, sizes, epoch, at)
        )
        self.optimizer.apply(gradients, self.trainable)
        for variable, value in zip(self.non_trainable, non_trainable, strict=True):
            variable.assign(value)
        return losses * tf.cast(tf.reduce_sum(sizes), tf.float32)

    def _summed(
        self, rows: tf.Tensor, sizes: tf.Tensor, epoch: tf.Tensor, start: tf.Tensor
    ) -> tuple[list[tf.Tensor], list[tf.Tensor], tf.Tensor]:
        """Of the whole batch ``rows``: gradients, new non-trainable values, mean losses.

        Moving averages are averaged, each by its host's share of the batch; seeds of dropout are alike
        anyway.
        """
        size = tf.cast(tf.reduce_sum(sizes), tf.float32)
        if self.hosts.shares > 1:  # one for whom no case is left takes one that does not count
            dealt, share = self.data.is_dealt, tf.cast(self.hosts.share, tf.int64)
            has_some = sizes[self.hosts.index] > 0 if dealt else share < sizes[0]
            size = tf.where(has_some, size, np.inf)
        batches = self._batches(rows, epoch, start)
        members = (
            [variable.value for variable in self.trainable],
            [variable.value for variable in self.non_trainable],
            (self.costs.value(), self.l2.value()),
        )
        gradients, non_trainable, losses = self.gradients(
            members, batches, size, self.shared, self.by_xla
        )
        if self.hosts.shares == 1:
            return gradients, non_trainable, losses
        share = tf.cast(tf.shape(batches[1])[1], tf.float32) / size
        averages = [share * value for value in non_trainable if value.dtype.is_floating]
        gradients, averages, losses = self.hosts.sum((gradients, averages, losses))
        left = iter(averages)
        non_trainable = [next(left) if v.dtype.is_floating else v for v in non_trainable]
        return gradients, non_trainable, losses

    def _batches(self, rows: tf.Tensor, epoch: tf.Tensor, start: tf.Tensor) -> tuple[Any, Any, Any]:
        """Features, truths and cost indices of ``rows``, each (members or 1, this host's share).

        The 1 are those of members that share their batches.
        """
        count, n = rows.shape[0], tf.shape(rows)[1]
        if self.data.is_dealt:
            own, seed = slice(None), start * self.hosts.count + self.hosts.index
            rows = tf.cond(n > 0, lambda: rows, lambda: tf.zeros((count, 1), tf.int64))
            n = tf.maximum(n, 1)
        else:
            own, seed = slice(tf.minimum(self.hosts.share, n - 1), None, self.hosts.shares), start
            rows = rows[:, own]
        with self.hosts.at(self.data.features):
            features, truths, cost_index = self.data.batch(rows, self.first_rows[:count, None])
        if not self.augmentation.changes_anything:
            return features, truths, cost_index
        drawn = tf.stack([draws(n, self.seeds[k], epoch, seed) for k in range(count)])
        changed = augmented(
            self.augmentation,
            tf.reshape(features, (-1, *features.shape[2:])),
            tf.reshape(drawn[:, own], (-1, drawn.shape[2])),
            self.data.are_bytes,
        )
        return tf.reshape(changed, tf.shape(features)), truths, cost_index
