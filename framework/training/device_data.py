"""The cases that a compiled loop trains on, where it takes its batches from: on the device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.arrays import IntArray
from framework.core.backend import tf
from framework.core.cases.case_stream import Block
from framework.core.scaling import Scaling, holds_bytes
from framework.training.jobs import Batches, Cases, Job


@dataclass(frozen=True, eq=False)
class Part:
    """Of an epoch, what is trained on in one go.

    Parameters
    ----------
    orders : array (k, n)
        Positions of this host's n cases on the device in the order of each of k members (or of all, 1).
    counts : array (hosts,)
        How many cases each host has.
    block : Block, optional
        Cases that have just been placed on the device, in that order; all are, and stay, if absent.
    """

    orders: IntArray
    counts: IntArray
    block: Block | None = None


class DeviceData:
    """All cases on the device, their features once for every scaling, one below the other.

    Hosts, if there are several, all have the same cases, and share every batch.
    """

    is_dealt = False
    is_passed_over = (
        False  # by all stacks at once: what one has placed, the others take batches from
    )

    def __init__(self, cases: Cases, scalings: Sequence[Scaling]) -> None:
        distinct, X = list(dict.fromkeys(scalings)), cases.X
        self.are_bytes = holds_bytes(X)
        self.first_rows = {scaling: len(X) * k for k, scaling in enumerate(distinct)}
        self.features = tf.concat([tf.constant(scaling(X)) for scaling in distinct], axis=0)
        self.truths = tf.constant(cases.y, tf.int32)
        self.cost_index = tf.constant(cases.cost_index, tf.int32)

    def cases_of(self, job: Job) -> int:
        """How many it is trained on."""
        return len(job.rows)

    def for_members(self, count: int) -> DeviceData:
        """What ``count`` members take their batches from."""
        return self

    def first_rows_of(self, jobs: Sequence[Job], shared: bool) -> list[int]:
        """Where the features of each job's cases begin; ``shared``: all jobs take the first one's batches."""
        return [self.first_rows[job.scaling] for job in jobs]

    def parts(self, jobs: Sequence[Job], n: int, epoch: int, batch_size: int) -> Iterator[Part]:
        """An epoch of ``n`` cases of each job: in one go."""
        orders = [
            job.rows[Batches(len(job.rows), batch_size, job.seed).order(epoch)][:n] for job in jobs
        ]
        yield Part(np.stack(orders), np.array([n]))

    def batch(self, rows: Any, first_row: Any) -> tuple[Any, Any, Any]:
        """Features, truths and cost indices of ``rows``, scaled as ``first_row`` says."""
        return (
            tf.cast(tf.gather(self.features, rows + first_row), tf.float32),
            tf.gather(self.truths, rows),
            tf.gather(self.cost_index, rows),
        )
