"""The course of one training: epoch by epoch, saved as it goes, taken up where it was stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

import numpy as np

from framework.core.errors import TrainingError
from framework.core.weights import Weights
from framework.training.checkpoints import Checkpoints, Saved
from framework.training.early_stopping import is_flat
from framework.training.hosts import Hosts
from framework.training.jobs import JobResult, Settings
from framework.training.population import Stack


class Course:
    """Of the first ``members`` of a ``stack``, all epochs of ``settings``.

    ``losses`` are (epochs, members), of which ``done`` epochs are trained; ``ends`` (members,)
    tells after how many epochs each has its weights.
    """

    def __init__(
        self,
        stack: Stack,
        members: int,
        settings: Settings,
        checkpoints: Checkpoints,
        hosts: Hosts,
    ) -> None:
        self.stack, self.members, self.settings = stack, members, settings
        self.checkpoints, self.hosts = checkpoints, hosts
        self.losses = np.empty((settings.epochs, members))
        self.ends = np.full(members, settings.epochs)
        self.done, self.seconds = 0, 0.0
        self.started = time.perf_counter()

    def in_parts(
        self, key: str, on_epoch: Callable[[int, np.ndarray, Callable[[], list[Weights]]], None]
    ) -> Generator[None, None, None]:
        """Train what is not yet saved under ``key`` to the end; ``on_epoch`` is told of each epoch.

        With a pause after each part of an epoch's cases, in which others may train on it.
        """
        self._take_up(key)
        if self.done:
            on_epoch(self.done, self.losses[self.done - 1], self._weights)
        while self.done < self.settings.epochs and not self._ended:
            yield from self.an_epoch()
            on_epoch(self.done, self.losses[self.done - 1], self._weights)
            stopping = self.hosts.any(self.checkpoints.stopping)
            ended = self.done == self.settings.epochs or self._ended
            # Of several trainings that are fed by one pass, all save, or none.
            due = self.hosts.any(self.checkpoints.due) or self.stack.data.is_passed_over
            if ended or stopping or due:
                saved = Saved(self.losses[: self.done], self._seconds, self.stack.state())
                self.checkpoints.save(key, saved)
            if stopping:
                self.checkpoints.stop()
        if self.done < self.settings.epochs:  # all have ended before
            on_epoch(self.settings.epochs, self.losses[self.done - 1], self._weights)

    def results(self) -> list[JobResult]:
        weights, seconds = self.stack.weights(), self._seconds / self.members
        return [
            JobResult(weights[k], tuple(self.losses[:end, k].tolist()), seconds, self.members)
            for k, end in enumerate(self.ends.tolist())
        ]

    def _weights(self) -> list[Weights]:
        return self.stack.weights()[: self.members]

    @property
    def _ended(self) -> bool:
        """Whether no member learns any more."""
        return bool((self.ends < self.settings.epochs).all())

    @property
    def _seconds(self) -> float:
        return self.seconds + time.perf_counter() - self.started

    def an_epoch(self) -> Generator[None, None, None]:
        """Train one, with the same pauses."""
        epoch, epochs = self.done, self.settings.epochs
        told = yield from self.stack.epoch(self.settings.first_epoch + epoch)
        losses = told[: self.members]
        if not np.isfinite(losses).all():
            raise TrainingError(
                f"the loss became {losses[~np.isfinite(losses)][0]} in epoch "
                f"{epoch + 1} of {epochs}; lower the learning rate, or the scale of the "
                "training costs"
            )
        self.losses[epoch] = losses
        self.done = epoch + 1
        if self.settings.early_stopping:
            self._note_ends(self.done)
            self._hold()

    def _note_ends(self, done: int) -> None:
        """Write down whose losses are flat after ``done`` epochs."""
        epochs = self.settings.epochs
        new = (self.ends == epochs) & is_flat(self.losses[:done], epochs)
        self.ends[new] = done

    def _hold(self) -> None:
        self.stack.hold(np.flatnonzero(self.ends < self.settings.epochs))

    def _take_up(self, key: str) -> None:
        """Put in place how far this training was before; on every host the same."""
        hosts = self.hosts
        if hosts.count > 1 and not hosts.agree(int(key[:6], 16)):
            raise TrainingError(
                "the hosts do not train the same; every host needs the same settings and all the data "
                "(channels of the distribution FullyReplicated), or its share of a table that is streamed"
            )
        saved = self.checkpoints.read(key)
        if hosts.count > 1 and not hosts.agree(0 if saved is None else len(saved.losses)):
            return
        if saved is None:
            return
        self.stack.restore(saved.state)
        self.done, self.seconds = len(saved.losses), saved.seconds
        self.losses[: self.done] = saved.losses
        if self.settings.early_stopping:
            for done in range(1, self.done + 1):
                self._note_ends(done)
            self._hold()
