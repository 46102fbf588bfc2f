"""Training cases that come from a stream: a window of them at a time on the device, the next one on its way.

Blocks are drawn in another order in every epoch, and cases are shuffled within a window of several blocks.
That is no permutation of all cases, as cases in memory get: blocks of a table that is sorted by time or by
class should be small beside a window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from framework.core.arrays import IntArray
from framework.core.backend import tf
from framework.core.cases.case_stream import Block, CaseStream
from framework.core.scaling import UNSCALED, holds_bytes
from framework.core.steps import Step, tell
from framework.training.device_data import DeviceData, Part
from framework.training.hosts import Hosts
from framework.training.jobs import Job

# Of the features of a window on the device, and of how many cases it may have.
WINDOW_BYTES, MOST_CASES = 2**26, 2**19


class WindowData(DeviceData):
    """The cases of ``stream``, of which a window is on the device.

    Parameters
    ----------
    stream : CaseStream
        This host's cases.
    like : array (n, ...)
        Some cases, raw.
    jobs : sequence of Job
        All of one scaling.
    hosts : Hosts
        Each has its own stream, and goes on until the longest ends.
    epochs : int
        After so many nothing is read ahead.
    """

    is_passed_over = True

    def __init__(
        self,
        stream: CaseStream,
        like: np.ndarray,
        jobs: Sequence[Job],
        hosts: Hosts,
        epochs: int,
    ) -> None:
        (self.scaling,) = {job.scaling for job in jobs}
        self.stream, self.empty = stream, Block(like[:0], np.empty(0, np.int64))
        self.are_bytes = holds_bytes(like)
        self.first_rows = {self.scaling: 0}
        of_hosts = np.asarray(hosts.each(sum(stream.sizes)), np.int64)
        self.is_dealt = hosts.count > 1
        shape, dtype = like.shape[1:], like.dtype if self.scaling is UNSCALED else np.float32
        bytes_each = np.dtype(dtype).itemsize * int(np.prod(shape))
        bytes_each += sum(4 * job.cost_table.shape[1] for job in jobs if job.costs_of is not None)
        fitting = max(1, WINDOW_BYTES // bytes_each)
        self.cases_each = int(min(fitting, MOST_CASES, of_hosts.max()))
        self.counts = [
            np.clip(of_hosts - before, 0, self.cases_each)
            for before in range(0, int(of_hosts.max()), self.cases_each)
        ]
        self.n, self.epochs = int(of_hosts.sum()), epochs
        self.seed, self.reader = jobs[0].seed, ThreadPoolExecutor(1)
        self.readings: dict[int, _Reading] = {}
        self.placed, self.block = (-1, -1), self.empty
        self.features = tf.Variable(tf.zeros((self.cases_each, *shape), dtype))
        self.truths = tf.Variable(tf.zeros(self.cases_each, tf.int32))
        of_cases = any(job.costs_of is not None for job in jobs)
        self.cost_index = tf.range(self.cases_each) if of_cases else self.truths

    def with_costs(self, job: Job) -> Job:
        """The same with room for the costs of a window's cases, where they depend on the case."""
        if job.costs_of is None:
            return job
        room = np.zeros((self.cases_each, job.cost_table.shape[1]), np.float32)
        return replace(job, cost_table=room)

    def cases_of(self, job: Job) -> int:
        """How many it is trained on: all, on all hosts."""
        return self.n

    def parts(self, jobs: Sequence[Job], n: int, epoch: int, batch_size: int) -> Iterator[Part]:
        """The windows of an epoch, each of them on the device until the next is asked for."""
        done = 0
        for number, counts in enumerate(self.counts):
            tell(Step(f"epoch {epoch + 1}: {done:,} of {self.n:,} cases", done, self.n))
            block = self._place(epoch, number)
            orders = [
                np.random.default_rng((job.seed, epoch, number)).permutation(len(block))
                for job in jobs
            ]
            yield Part(np.stack(orders), counts, block)
            done += int(counts.sum())
        tell(Step(f"epoch {epoch + 1}: {done:,} of {self.n:,} cases", done, self.n))

    def _place(self, epoch: int, number: int) -> Block:
        """A window on the device, if it is not there already; the next one is read and scaled meanwhile."""
        if self.placed == (epoch, number):
            return self.block
        reading = self.readings.pop(epoch, None) or self._begin(epoch)
        window = reading.coming.result()
        if number + 1 < len(self.counts):
            coming = self.reader.submit(self._following, reading.blocks)
            self.readings[epoch] = replace(reading, coming=coming)
        elif epoch + 1 < self.epochs and epoch + 1 not in self.readings:
            self.readings[epoch + 1] = self._begin(epoch + 1)
        self.placed, self.block, n = (epoch, number), window.block, len(window.block)
        self.features[:n].assign(window.features)
        self.truths[:n].assign(window.block.y.astype(np.int32))
        return self.block

    def _begin(self, epoch: int) -> _Reading:
        """The windows in the order of this epoch."""
        order = np.random.default_rng((self.seed, epoch)).permutation(len(self.stream.sizes))
        blocks = self._of_length(order)
        return _Reading(blocks, self.reader.submit(self._following, blocks))

    def _following(self, blocks: Iterator[Block]) -> _Window:
        block = next(blocks)
        return _Window(block, self.scaling(block.X))

    def _of_length(self, order: IntArray) -> Iterator[Block]:
        """The stream's blocks in ``order``, cut anew: all but the last few of ``cases_each``.

        A host that has none left gets empty ones.
        """
        together, waiting = self.empty, iter(order.tolist())
        while True:
            held = [together] if len(together) else []
            while sum(map(len, held)) < self.cases_each:
                number = next(waiting, None)
                if number is None:
                    break
                held.append(self.stream.read(number))
            together = Block.joined(held) if held else self.empty
            yield together[: self.cases_each]
            together = together[self.cases_each :]


@dataclass(frozen=True, eq=False)
class _Window:
    """Cases, and their features as networks take them."""

    block: Block
    features: np.ndarray


@dataclass(frozen=True, eq=False)
class _Reading:
    """An epoch's windows: those still to be cut, and the one that is being read."""

    blocks: Iterator[Block]
    coming: Future[_Window]
