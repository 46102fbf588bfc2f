"""Gradients of many members of one architecture at once, whose weights are stacked along a first axis."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from framework.core.backend import keras, tf
from framework.training.jobs import LossFunction


@dataclass(frozen=True, eq=False)
class StackedGradients:
    """Of ``size`` members. Each of ``shares`` parts of a batch counts its share of weight penalties."""

    model: keras.Model
    loss: LossFunction
    size: int
    shares: int

    def __call__(
        self,
        members: tuple[list[tf.Tensor], list[tf.Tensor], tuple[tf.Tensor, tf.Tensor]],
        batches: Sequence[tf.Tensor],
        cases: tf.Tensor,
        are_shared: bool,
        by_xla: bool,
    ) -> tuple[list[tf.Tensor], list[tf.Tensor], tf.Tensor]:
        """Gradients, new non-trainable values (dropout seeds, ...) and mean losses, stacked.

        ``members`` are trainable values, others, and cost tables with l2; ``batches`` features, truths and
        cost indices, a part of ``cases`` each; one for all where they ``are_shared``. ``by_xla`` is what
        this is compiled by: it makes code of the sum's gradient that takes three times as long.
        """
        if self.size > 1 and not by_xla:
            with contextlib.suppress(_OwnGradients):
                return self._of_sum(members, batches, cases, are_shared)
        gradients, values, losses = self._of_each(
            self._gradient, members, batches, cases, are_shared
        )
        return gradients, values, losses

    def _of_sum(
        self, members: Any, batches: Sequence[tf.Tensor], cases: tf.Tensor, are_shared: bool
    ) -> tuple[list[tf.Tensor], list[tf.Tensor], tf.Tensor]:
        """The same: no weight is two members', so that the gradient of their sum holds that of each."""
        with tf.GradientTape() as tape:
            tape.watch(members[0])
            values, losses = self._of_each(self._plain_loss, members, batches, cases, are_shared)
            total = tf.reduce_sum(losses)
        return tape.gradient(total, members[0]), values, losses

    def _of_each(
        self,
        function: Callable[..., Any],
        members: Any,
        batches: Sequence[tf.Tensor],
        cases: tf.Tensor,
        are_shared: bool,
    ) -> Any:
        """What ``function`` says of each member and its batch, stacked."""
        if self.size == 1:
            only = tf.nest.map_structure(lambda value: tf.squeeze(value, 0), members)
            said = function(only, [values[0] for values in batches], cases)
            return tf.nest.map_structure(lambda value: value[None], said)
        if are_shared:
            batch = [values[0] for values in batches]
            return tf.vectorized_map(lambda each: function(each, batch, cases), members)
        return tf.vectorized_map(lambda each: function(*each, cases), (members, tuple(batches)))

    def _gradient(
        self, member: Sequence[Any], batch: Sequence[tf.Tensor], cases: tf.Tensor
    ) -> tuple[list[tf.Tensor], list[tf.Tensor], tf.Tensor]:
        """Of one member; then what ``_loss`` says."""
        trainable = member[0]
        with tf.GradientTape() as tape:
            tape.watch(trainable)
            values, loss = self._loss(member, batch, cases)
        return tape.gradient(loss, trainable), values, loss

    def _plain_loss(
        self, member: Sequence[Any], batch: Sequence[tf.Tensor], cases: tf.Tensor
    ) -> tuple[list[tf.Tensor], tf.Tensor]:
        """What ``_loss`` says, whose gradient is that of its operations."""
        graph = tf.compat.v1.get_default_graph()
        before = len(graph.get_operations())
        said = self._loss(member, batch, cases)
        if _have_own_gradients(graph.get_operations()[before:]):
            raise _OwnGradients
        return said

    def _loss(
        self, member: Sequence[Any], batch: Sequence[tf.Tensor], cases: tf.Tensor
    ) -> tuple[list[tf.Tensor], tf.Tensor]:
        """New non-trainable values of one member, and its loss; summed over the shares, the mean's."""
        trainable, non_trainable, (cost_table, l2) = member
        features, truths, cost_index = batch
        y_pred, non_trainable, regularisers = self.model.stateless_call(
            trainable, non_trainable, features, training=True, return_losses=True
        )
        values = self.loss(truths, y_pred, tf.gather(cost_table, cost_index))
        loss = tf.reduce_sum(tf.cast(values, tf.float32)) / cases
        if regularisers:
            loss += tf.add_n(regularisers) / self.shares
        kernels = [value for value in trainable if len(value.shape) > 1]
        squares = tf.add_n([tf.reduce_sum(tf.square(value)) for value in kernels])
        loss += l2 * squares / self.shares
        return non_trainable, loss


class _OwnGradients(Exception):  # noqa: N818 - no error
    """An author wrote gradients, which ``tf.vectorized_map`` does not keep."""


def _have_own_gradients(operations: Sequence[tf.Operation]) -> bool:
    """Whether an author wrote gradients of some, or of what is in a function that one calls."""
    nodes = [operation.node_def for operation in operations]
    if any(of.HasField("func") or of.list.func for node in nodes for of in node.attr.values()):
        library = operations[0].graph.as_graph_def().library
        nodes += [node for function in library.function for node in function.node_def]
    return any("_gradient_op_type" in node.attr for node in nodes)
