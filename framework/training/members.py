"""The variables of many models of one architecture, stacked along a first axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from framework.core.backend import keras, tf
from framework.core.cases.case_stream import Block
from framework.core.weights import Weights
from framework.training.jobs import Job


class Members:
    """``size`` places side by side for what learns, and what each learns by.

    Parameters
    ----------
    model : keras.Model
        The architecture of all.
    like : Job
        One of those that will be placed.
    optimizer : keras.optimizers.Optimizer
        A fresh one.
    """

    def __init__(
        self, model: keras.Model, like: Job, size: int, optimizer: keras.optimizers.Optimizer
    ) -> None:
        self.size, self.optimizer = size, optimizer
        self.trainable = [_stacked(v, size) for v in model.trainable_variables]
        self.non_trainable = [_stacked(v, size) for v in model.non_trainable_variables]
        optimizer.build(self.trainable)
        self.initial_state = [tf.identity(v.value) for v in optimizer.variables]
        self.costs = tf.Variable(tf.zeros((size, *like.cost_table.shape)))
        self.l2 = tf.Variable(tf.zeros(size))
        self.seeds = tf.Variable(tf.zeros(size, tf.int64))

    def place(self, jobs: Sequence[Job], starts: Sequence[Weights]) -> None:
        """Put members where they are trained, with a fresh optimizer."""
        self.jobs = jobs
        for position, variable in enumerate(self.trainable):
            variable.assign(np.stack([start.trainable[position] for start in starts]))
        for position, variable in enumerate(self.non_trainable):
            variable.assign(np.stack([start.non_trainable[position] for start in starts]))
        for variable, value in zip(self.optimizer.variables, self.initial_state, strict=True):
            variable.assign(value)
        self.costs.assign(np.stack([job.cost_table for job in jobs]))
        self.l2.assign([job.l2 for job in jobs])
        self.seeds.assign([job.seed for job in jobs])
        self.held: dict[int, list[np.ndarray]] = {}

    def place_costs(self, block: Block) -> None:
        """Costs that depend on the case, of the cases that are on the device."""
        if not len(block) or self.jobs[0].costs_of is None:
            return
        tables: dict[Any, np.ndarray] = {}
        for job in self.jobs:
            if job.costs_of is not None and job.costs_of not in tables:
                tables[job.costs_of] = job.costs_of(block)
        of_members = np.stack([tables[job.costs_of] for job in self.jobs])
        self.costs[:, : len(block)].assign(of_members.astype(np.float32))

    def hold(self, members: Iterable[int]) -> None:
        """Keep the weights that these members have now, whatever the others go on to learn."""
        for member in members:
            if member not in self.held:
                self.held[member] = [keras.ops.convert_to_numpy(v[member]) for v in self._learned]

    def put_back(self) -> None:
        """Give those that are held their weights again."""
        if not self.held:
            return
        for position, variable in enumerate(self._learned):
            values = np.array(keras.ops.convert_to_numpy(variable))
            for member, own in self.held.items():
                values[member] = own[position]
            variable.assign(values)

    def state(self) -> tuple[np.ndarray, ...]:
        """All that changes in training: weights, seeds of dropout, the optimizer's variables."""
        return tuple(keras.ops.convert_to_numpy(variable) for variable in self._variables)

    def restore(self, state: Sequence[np.ndarray]) -> None:
        for variable, value in zip(self._variables, state, strict=True):
            variable.assign(value)

    @property
    def _learned(self) -> list[Any]:
        return [*self.trainable, *self.non_trainable]

    @property
    def _variables(self) -> list[Any]:
        return [*self._learned, *self.optimizer.variables]

    def weights(self) -> list[Weights]:
        trainable = [keras.ops.convert_to_numpy(variable) for variable in self.trainable]
        non_trainable = [keras.ops.convert_to_numpy(variable) for variable in self.non_trainable]
        return [
            Weights(tuple(v[k] for v in trainable), tuple(v[k] for v in non_trainable))
            for k in range(self.size)
        ]


def _stacked(variable: Any, size: int) -> Any:
    return keras.Variable(
        tf.zeros((size, *variable.shape), variable.dtype),
        trainable=variable.trainable,
        dtype=variable.dtype,
        name=variable.name,
    )
