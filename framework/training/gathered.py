"""Cases in memory that are many: on the device are the next ones of an epoch, not all of them, scaled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from framework.core.backend import tf
from framework.core.scaling import UNSCALED, Scaling, holds_bytes
from framework.training.device_data import DeviceData, Part
from framework.training.jobs import Batches, Cases, Job

# Features of which all are put on the device, and of the next cases where they are more.
WHOLE_BYTES, NEXT_BYTES = 2**26, 2**23


def are_many(cases: Cases, scalings: Sequence[Scaling]) -> bool:
    """Whether the features of all ``cases`` take much memory, for each of the ``scalings`` once more."""
    distinct = set(scalings)
    itemsize = cases.X.itemsize if distinct == {UNSCALED} else np.dtype(np.float32).itemsize
    return cases.X.size * itemsize * len(distinct) > WHOLE_BYTES


class GatheredData(DeviceData):
    """The same batches as of DeviceData, their features scaled when it is their turn.

    There is room for the next cases of ``members`` jobs at a time, whole batches of each.
    """

    def __init__(
        self, cases: Cases, scalings: Sequence[Scaling], batch_size: int, members: int = 1
    ) -> None:
        self.cases, self.scalings, self.batch_size = cases, scalings, batch_size
        self.are_bytes = holds_bytes(cases.X)
        shape = cases.X.shape[1:]
        dtype = cases.X.dtype if set(scalings) == {UNSCALED} else np.dtype(np.float32)
        batch_bytes = members * batch_size * max(1, dtype.itemsize * int(np.prod(shape)))
        room = members * batch_size * max(1, NEXT_BYTES // batch_bytes)
        self.features = tf.Variable(tf.zeros((room, *shape), dtype))
        self.truths = tf.Variable(tf.zeros(room, tf.int32))
        self.cost_index = tf.Variable(tf.zeros(room, tf.int32))
        self.room = room
        self._for = {members: self}

    def for_members(self, count: int) -> GatheredData:
        """Room that stacks of as many members share: they are trained one after another."""
        if count not in self._for:
            self._for[count] = GatheredData(self.cases, self.scalings, self.batch_size, count)
        return self._for[count]

    def first_rows_of(self, jobs: Sequence[Job], shared: bool) -> list[int]:
        each = 0 if shared else self._each(len(jobs))
        return [each * k for k in range(len(jobs))]

    def parts(self, jobs: Sequence[Job], n: int, epoch: int, batch_size: int) -> Iterator[Part]:
        """An epoch of ``n`` cases of each job, as many at a time as have room."""
        each = self._each(len(jobs))
        orders = [Batches(len(job.rows), batch_size, job.seed).order(epoch)[:n] for job in jobs]
        for start in range(0, n, each):
            for k, (job, order) in enumerate(zip(jobs, orders, strict=True)):
                self._place(job, job.rows[order[start : start + each]], k * each)
            size = min(each, n - start)
            yield Part(np.tile(np.arange(size), (len(jobs), 1)), np.array([size]))

    def batch(
        self, rows: tf.Tensor, first_row: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        at = rows + first_row
        return (
            tf.cast(tf.gather(self.features, at), tf.float32),
            tf.gather(self.truths, at),
            tf.gather(self.cost_index, at),
        )

    def _each(self, jobs: int) -> int:
        return self.room // jobs // self.batch_size * self.batch_size

    def _place(self, job: Job, rows: np.ndarray, first: int) -> None:
        at = slice(first, first + len(rows))
        self.features[at].assign(job.scaling(self.cases.X, rows))
        self.truths[at].assign(self.cases.y[rows].astype(np.int32))
        self.cost_index[at].assign(self.cases.cost_index[rows].astype(np.int32))
