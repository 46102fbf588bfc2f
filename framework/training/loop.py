"""Training Keras models in compiled loops: the data on the device, an epoch one call of a graph.

Jobs of one loss and one architecture are trained together (see ``framework.training.population``).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from framework.core.backend import keras
from framework.core.errors import TrainingError
from framework.training.checkpoints import Checkpoints, Saved, digest
from framework.training.hosts import Hosts, join
from framework.training.jobs import Job, Schedule, Trained, Weights, is_flat
from framework.training.population import Data, Stack, can_be_stacked

# Members trained at once; more would need more memory without being faster.
MAX_STACK = 64
# Parameters times cases seen: so much is trained in the time that tracing another graph takes.
CHEAP = 2e8
NO_CHECKPOINTS = Checkpoints(None)


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
    schedule: Schedule | None = None,
    early_stopping: bool = False,
    on_epoch: Callable[[Sequence[int], int, np.ndarray], None] | None = None,
    checkpoints: Checkpoints = NO_CHECKPOINTS,
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
        Number of the first epoch: where the sequence of batches, and the schedule, continue.
    schedule : Schedule, optional
        Of the learning rate; default: it stays.
    early_stopping : bool
        Whether a job whose own loss has stopped falling keeps the weights it has then, whatever
        the others that are trained with it do (see ``framework.training.jobs.is_flat``).
    on_epoch : function of (job numbers, epoch, losses), optional
        Called after each epoch, counting from 1, with the jobs that were trained together.
    checkpoints : Checkpoints
        Where trainings are saved as they go, and taken up from.

    Returns
    -------
    list of Trained, in the order of ``jobs``

    Raises
    ------
    TrainingError
        When a loss is no longer finite, or several hosts do not train the same.
    TrainingStoppedError
        When ``checkpoints`` was told to stop; saved is what was reached.
    """
    hosts = join()
    schedule = schedule or Schedule(first_epoch + epochs)
    data = Data(X, y, cost_index, [job.scaling for job in jobs])
    results: dict[int, Trained] = {}
    stacks: dict[Any, Stack] = {}
    # The largest first: what is compiled for them serves smaller groups of the same loss.
    for numbers in sorted(_groups(jobs), key=len, reverse=True):
        members = [jobs[number] for number in numbers]
        keras.utils.set_random_seed(members[0].seed)
        model = build()
        starts = _starting_weights(build, model, members)
        size = len(members) if can_be_stacked(model, optimizer()) else 1
        size = min(size, MAX_STACK)
        kind = (members[0].loss, members[0].cost_table.shape)
        for at in range(0, len(members), size):
            chunk = members[at : at + size]
            stack = stacks.get(kind)
            spare = 0 if stack is None else stack.size - len(chunk)
            steps = epochs * len(chunk[0].rows)
            if stack is None or spare < 0 or spare * steps * model.count_params() > CHEAP:
                stack = stacks[kind] = Stack(
                    model, optimizer(), chunk[0], len(chunk), data, batch_size, schedule, hosts
                )
                spare = 0
            started = time.perf_counter()
            # Places that are not needed train the first member again.
            stack.load([*chunk, *chunk[:1] * spare], _padded(starts[at : at + size], spare))
            told = numbers[at : at + size]
            key = ""
            if hosts.count > 1 or checkpoints.folder is not None:
                settings = [_architecture(model, optimizer()), epochs, batch_size, first_epoch]
                settings += [schedule, early_stopping]
                key = digest(*settings, X, y, cost_index, *_parts(chunk, stack.state()))
            saved = _saved(checkpoints, key, stack, len(chunk), hosts)
            done = len(saved.losses)
            losses = np.empty((epochs, len(chunk)))
            losses[:done] = saved.losses
            if done and on_epoch:
                on_epoch(told, done, losses[done - 1])
            ends = np.full(len(chunk), epochs)
            if early_stopping:
                for epoch in range(done):
                    _end(ends, losses[: epoch + 1], epochs)
                stack.hold(np.flatnonzero(ends < epochs))
            for epoch in range(done, epochs):
                if (ends < epochs).all():
                    if on_epoch:
                        on_epoch(told, epochs, losses[epoch - 1])
                    break
                losses[epoch] = stack.run_epoch(first_epoch + epoch)[: len(chunk)]
                if not np.isfinite(losses[epoch]).all():
                    raise TrainingError(
                        f"the loss became {losses[epoch][~np.isfinite(losses[epoch])][0]} in epoch "
                        f"{epoch + 1} of {epochs}; lower the learning rate, or the scale of the "
                        "training costs"
                    )
                done = epoch + 1
                if early_stopping:
                    _end(ends, losses[:done], epochs)
                    stack.hold(np.flatnonzero(ends < epochs))
                if on_epoch:
                    on_epoch(told, done, losses[epoch])
                stopping = hosts.any(checkpoints.stopping)
                ended = done == epochs or (ends < epochs).all()
                if ended or stopping or hosts.any(checkpoints.due):
                    seconds = saved.seconds + time.perf_counter() - started
                    checkpoints.save(key, Saved(losses[:done], seconds, stack.state()))
                if stopping:
                    checkpoints.stop()
            weights = stack.weights()
            seconds = (saved.seconds + time.perf_counter() - started) / len(chunk)
            for position, number in enumerate(told):
                history = tuple(losses[: ends[position], position].tolist())
                results[number] = Trained(weights[position], history, seconds, len(chunk))
    return [results[number] for number in range(len(jobs))]


def _padded(starts: list[Weights], spare: int) -> list[Weights]:
    return [*starts, *starts[:1] * spare]


def _end(ends: np.ndarray, losses: np.ndarray, epochs: int) -> None:
    """Write down which members' losses are flat after ``len(losses)`` of ``epochs`` epochs."""
    new = (ends == epochs) & is_flat(losses, epochs)
    ends[new] = len(losses)


def _saved(checkpoints: Checkpoints, key: str, stack: Stack, members: int, hosts: Hosts) -> Saved:
    """How far this training was before, put in place; on every host the same."""
    if hosts.count > 1 and not hosts.agree(int(key[:6], 16)):
        raise TrainingError(
            "the hosts do not train the same; every host needs all the data (channels of the "
            "distribution FullyReplicated) and the same settings"
        )
    nothing = Saved(np.empty((0, members)), 0.0, ())
    saved = checkpoints.load(key) or nothing
    if hosts.count > 1 and not hosts.agree(len(saved.losses)):
        return nothing
    if saved is not nothing:
        stack.restore(saved.state)
    return saved


def _architecture(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> str:
    """Descriptions of both, without the numbers that Keras counts names up with."""
    return re.sub(r"_\d+(?=[\"'])", "", f"{model.to_json()} {optimizer.get_config()}")


def _parts(jobs: Sequence[Job], start: Sequence[np.ndarray]) -> list[Any]:
    """What decides the outcome of jobs that are trained together."""
    parts: list[Any] = list(start)
    for job in jobs:
        scaling = job.scaling
        parts += [job.loss_name, job.seed, job.l2, job.cost_table, job.rows]
        parts += [scaling.offset, scaling.scale]
    return parts


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
