"""Trainings saved as they go, so that a run that was stopped goes on where it was.

A training is kept under a digest of all that decides its outcome: another run never takes it up by
mistake, and a run that is started again takes up every training of its own, finished ones too.
"""

from __future__ import annotations

import hashlib
import logging
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.archives import check_zip
from framework.core.errors import ArtifactError, StorageError, TrainingStoppedError
from framework.core.files import TEMPORARY, written

SECONDS_BETWEEN_SAVES = 30.0
FORGOTTEN = 3600.0  # seconds after which a half-written file is a left-over

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Saved:
    """A training as far as it went: losses (epochs done, members), seconds, all variables."""

    losses: np.ndarray
    seconds: float
    state: tuple[np.ndarray, ...]


class Checkpoints:
    """Trainings in ``folder``; with None, nothing is saved.

    Raises
    ------
    ArtifactError
        When the folder cannot be made or written to.
    """

    def __init__(self, folder: Path | None, seconds_between: float | None = None) -> None:
        self.folder = folder
        self.seconds_between = SECONDS_BETWEEN_SAVES if seconds_between is None else seconds_between
        self.stopping = False
        self._last_save = time.monotonic()
        self._told = False
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                for left_over in folder.glob(f"{TEMPORARY}*"):
                    # What another run is writing there is younger.
                    if time.time() - left_over.stat().st_mtime > FORGOTTEN:
                        left_over.unlink()
            except OSError as error:
                raise ArtifactError(f"--checkpoints {folder}: cannot be used ({error})") from error

    @contextmanager
    def stop_on_signals(self) -> Iterator[None]:
        """SIGTERM and Ctrl-C stop training after the epoch in work; the second one at once."""
        if self.folder is None or threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.getsignal(number) for number in signals}

        def stop(number: int, _: Any) -> None:
            self.stopping = True
            signal.signal(number, before[signal.Signals(number)])

        for number in signals:
            signal.signal(number, stop)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @property
    def due(self) -> bool:
        """Whether it is time to save again."""
        waited = time.monotonic() - self._last_save
        return self.folder is not None and waited >= self.seconds_between

    def read(self, key: str) -> Saved | None:
        """What is saved under ``key``, if anything that can be read."""
        if self.folder is None:
            return None
        path = self._path(key)
        others = [other for other in self.folder.glob("*.npz") if other != path]
        if not path.exists():
            if others and not self._told:
                _log.warning(
                    "%s holds %d trainings of other data or settings, which are not used",
                    self.folder,
                    len(others),
                )
            self._told = True
            return None
        self._told = True
        try:
            check_zip(path)
            with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                count = len(file.files) - 2
                state = tuple(file[f"state{k}"] for k in range(count))
                return Saved(file["losses"], float(file["seconds"]), state)
        except Exception as error:  # of a damaged archive NumPy and zipfile raise what they like
            _log.warning("%s cannot be read and is not used (%s)", path, error)
            return None

    def save(self, key: str, saved: Saved) -> None:
        """Write ``saved``, whole or not at all."""
        if self.folder is None:
            return
        self._last_save = time.monotonic()
        arrays: Mapping[str, Any] = {
            "losses": saved.losses,
            "seconds": saved.seconds,
            **{f"state{k}": value for k, value in enumerate(saved.state)},
        }
        try:
            with written(self._path(key)) as temporary:
                np.savez(temporary, **arrays)
        except OSError as error:
            raise StorageError(f"{self.folder} cannot be written: {error}") from error

    def stop(self) -> None:
        """Raise what a stopped training raises."""
        raise TrainingStoppedError(
            f"training was stopped and saved in {self.folder}; the same command goes on from there"
        )

    def _path(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / f"{key}.npz"


NO_CHECKPOINTS = Checkpoints(None)


def digest(*parts: Any) -> str:
    """Of arrays, and of whatever prints the same when it is the same."""
    total = hashlib.blake2b(digest_size=16)
    for part in parts:
        if isinstance(part, np.ndarray):
            total.update(f"{part.shape}{part.dtype}".encode())
            total.update(np.ascontiguousarray(part).reshape(-1).view(np.uint8).data)
        else:
            total.update(repr(part).encode())
        total.update(b"|")
    return total.hexdigest()
