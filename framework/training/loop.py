"""Training Keras models in compiled loops: the data on the device, an epoch one call of a graph.

Jobs of one loss and one architecture are trained together (see ``framework.training.population``).
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from framework.core.backend import keras
from framework.core.errors import TrainingStoppedError
from framework.core.weights import Weights
from framework.training.checkpoints import NO_CHECKPOINTS, Checkpoints, digest
from framework.training.course import Course
from framework.training.device_data import DeviceData
from framework.training.gathered import GatheredData, are_many
from framework.training.hosts import Hosts, join
from framework.training.jobs import Cases, Job, JobResult, Settings
from framework.training.population import Stack, can_be_stacked
from framework.training.windows import WindowData

# Members trained at once; more would need more memory without being faster.
MAX_STACK = 64
# Parameters times cases seen: so much is trained in the time that tracing another graph takes.
CHEAP = 2e8


def train(
    build: Callable[[], keras.Model],
    jobs: Sequence[Job],
    cases: Cases,
    settings: Settings,
    on_epoch: Callable[[Sequence[int], int, np.ndarray, Callable[[], list[Weights]]], None]
    | None = None,
    checkpoints: Checkpoints = NO_CHECKPOINTS,
) -> list[JobResult]:
    """Train all ``jobs``, those of one loss at once where the architecture allows it.

    Parameters
    ----------
    build : function
        Makes the model: scaled features in, probabilities (n, N) or (n, 1) out. Called after the
        global seeds are set to the job's.
    on_epoch : function of (job numbers, epoch, losses, weights), optional
        Called after each epoch, counting from 1, with the jobs that were trained together, and a
        function that gives what these have learned so far.
    checkpoints : Checkpoints
        Where trainings are saved as they go, and taken up from.

    Returns
    -------
    list of JobResult, in the order of ``jobs``

    Raises
    ------
    TrainingError
        When a loss is no longer finite, or of several hosts one has gone or trains something else.
    TrainingStoppedError
        When ``checkpoints`` was told to stop; saved is what was reached.
    """
    hosts = join()
    data: DeviceData
    scalings = [job.scaling for job in jobs]
    if cases.stream is None:
        if hosts.shares == 1 and are_many(cases, scalings):
            data = GatheredData(cases, scalings, settings.batch_size)
        else:
            data = DeviceData(cases, scalings)
    else:
        windows = WindowData(
            cases.stream, cases.X, jobs, hosts, settings.first_epoch + settings.epochs
        )
        jobs, data = [windows.with_costs(job) for job in jobs], windows
    stacks = _Stacks(data, settings, hosts)
    courses: list[tuple[list[int], Course, Iterator[None]]] = []
    results: dict[int, JobResult] = {}
    with hosts.naming_who_has_gone():
        for numbers, members, model, starts in _chunks(build, jobs, settings):
            stack = stacks.with_room_for(members, model)
            course = Course(stack, len(members), settings, checkpoints, hosts)
            # Places that are not needed train the first member again.
            spare = stack.size - len(members)
            stack.place([*members, *members[:1] * spare], [*starts, *starts[:1] * spare])
            key = ""
            if hosts.count > 1 or checkpoints.folder is not None:
                key = _key(model, members, cases, settings, stack.state())
            going = course.in_parts(key, partial(on_epoch or _nobody, numbers))
            courses.append((numbers, course, going))
            if not data.is_passed_over:
                results |= _ended(courses)
                courses = []
        results |= _ended(courses)
    if isinstance(data, GatheredData):
        # Compiled graphs are cycles, and hold cases of their own and the orders of all.
        del stacks, courses, course, going, stack
        gc.collect()
    return [results[number] for number in range(len(jobs))]


def _ended(courses: Sequence[tuple[list[int], Course, Iterator[None]]]) -> dict[int, JobResult]:
    """What came of trainings that go on in turn, part by part; those that are told to stop do so together."""
    going = [parts for *_, parts in courses]
    stopped: TrainingStoppedError | None = None
    while going:
        left = []
        for parts in going:
            try:
                left += [parts] if next(parts, True) is None else []
            except TrainingStoppedError as error:
                stopped = error
        going = left
    if stopped is not None:
        raise stopped
    results: dict[int, JobResult] = {}
    for numbers, course, _ in courses:
        results.update(zip(numbers, course.results(), strict=True))
    return results


def _nobody(*_: object) -> None:
    """Who is told of no epoch."""


class _Stacks:
    """Compiled stacks, by what their graph depends on: those of larger groups serve smaller ones."""

    def __init__(self, data: DeviceData, settings: Settings, hosts: Hosts) -> None:
        self.data, self.settings, self.hosts = data, settings, hosts
        self._found: dict[Any, Stack] = {}

    def with_room_for(self, jobs: Sequence[Job], model: keras.Model) -> Stack:
        """A stack of at least as many places; a new one where spare places would take longer."""
        first = jobs[0]
        kind = (first.loss, first.cost_table.shape)
        stack = None if self.data.is_passed_over else self._found.get(kind)
        spare = 0 if stack is None else stack.size - len(jobs)
        steps = self.settings.epochs * self.data.cases_of(first)
        if stack is None or spare < 0 or spare * steps * model.count_params() > CHEAP:
            data = self.data.for_members(len(jobs))
            stack = Stack(model, first, len(jobs), data, self.settings, self.hosts)
            self._found[kind] = stack
        return stack


def _chunks(
    build: Callable[[], keras.Model], jobs: Sequence[Job], settings: Settings
) -> Iterator[tuple[list[int], list[Job], keras.Model, list[Weights]]]:
    """Jobs that are trained at once: numbers, jobs, their model, where each of them starts."""
    # The largest first: what is compiled for them serves smaller groups of the same loss.
    for numbers in sorted(_groups(jobs), key=len, reverse=True):
        members = [jobs[number] for number in numbers]
        keras.utils.set_random_seed(members[0].seed)
        model = build()
        starts = _starting_weights(build, model, members)
        size = len(members) if can_be_stacked(model, settings.optimizer()) else 1
        size = min(size, MAX_STACK)
        for at in range(0, len(members), size):
            chunk = slice(at, at + size)
            yield numbers[chunk], members[chunk], model, starts[chunk]


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


def _key(
    model: keras.Model,
    jobs: Sequence[Job],
    cases: Cases,
    settings: Settings,
    start: Sequence[np.ndarray],
) -> str:
    """A digest of all that decides the outcome of jobs that are trained together."""
    parts: list[Any] = [_architecture(model, settings.optimizer())]
    parts += [settings.epochs, settings.batch_size, settings.first_epoch]
    parts += [settings.whole_schedule, settings.early_stopping, settings.augmentation]
    parts += [cases.X, cases.y, cases.cost_index, *start]
    parts += [] if cases.stream is None else [cases.stream.identity]
    for job in jobs:
        parts += [job.loss_name, job.seed, job.l2, job.cost_table, job.rows]
        parts += [job.scaling.offset, job.scaling.scale]
    return digest(*parts)


def _architecture(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> str:
    """Descriptions of both, without the numbers that Keras counts names up with."""
    return re.sub(r"_\d+(?=[\"'])", "", f"{model.to_json()} {optimizer.get_config()}")
