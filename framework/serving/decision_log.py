"""The file that decisions are written to, by a thread of its own: no answer waits for a disk.

What cannot be written (a full disk, a queue that grows faster than the disk) is counted and told in the
log, and lost; writing goes on when there is room again. What came before SIGTERM is on the disk when the
server ends.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
import time
from pathlib import Path

from framework.core.errors import ConfigError
from framework.serving.metrics import Metrics

MOST_WAITING = 64 * 2**20  # bytes that wait for the disk
ROTATED_BYTES = 100 * 2**20
TOLD_EVERY = 60.0  # seconds between two complaints of one kind
LAST_SECONDS = 10.0  # for what is left when the server ends

_log = logging.getLogger(__name__)


class DecisionLog:
    """Appends lines to ``path``, a file; in a folder, to a file that is new every day and 100 MB.

    Raises
    ------
    ConfigError
        When nothing can be written there.
    """

    def __init__(self, path: Path, metrics: Metrics) -> None:
        self._path, self._metrics = path, metrics
        self._folder = path.is_dir()
        self._file, self._name, self._size = -1, path, 0
        self._whole = True  # the file ends in a line break
        self._told: dict[str, float] = {}
        self._waiting = 0
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        try:
            self._open()
        except OSError as error:
            raise ConfigError(
                f"decisions: nothing can be written to {path}: {error.strerror}; name a file or a folder "
                "that is there"
            ) from error
        self._thread = threading.Thread(target=self._run, name="decisions", daemon=True)
        self._thread.start()

    def write(self, lines: bytes) -> None:
        """Have ``lines`` written soon; never waits, never raises."""
        with self._lock:
            full = self._waiting + len(lines) > MOST_WAITING
            if not full:
                self._waiting += len(lines)
        if full:
            self._lost(lines, "more comes than the disk takes")
        else:
            self._queue.put(lines)

    def close(self) -> None:
        """Wait until all is on the disk, for some seconds at most."""
        self._queue.put(None)
        self._thread.join(LAST_SECONDS)

    def _run(self) -> None:
        while (lines := self._queue.get()) is not None:
            with self._lock:
                self._waiting -= len(lines)
            try:
                self._append(lines)
            except OSError as error:
                self._lost(lines, f"{self._name}: {error.strerror}")
                self._close_file()
        with contextlib.suppress(OSError):
            os.fsync(self._file)
        self._close_file()

    def _append(self, lines: bytes) -> None:
        if self._file < 0 or (self._folder and self._is_old()):
            self._close_file()
            self._open()
        if not self._whole:  # what a full disk has left of a line is one of its own
            lines = b"\n" + lines
        rest = memoryview(lines)
        while rest:
            done = os.write(self._file, rest)
            self._size += done
            self._whole = rest[done - 1] == 0x0A if done else self._whole
            rest = rest[done:]
        self._metrics.logged.inc(lines.strip().count(b"\n") + 1)

    def _is_old(self) -> bool:
        return self._size >= ROTATED_BYTES or self._day() not in self._name.name

    def _open(self) -> None:
        if self._folder:
            stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
            number = time.time_ns() % 10**9
            self._name = self._path / f"decisions-{stamp}-{number:09d}.jsonl"
        self._file = os.open(self._name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._size = os.fstat(self._file).st_size
        with contextlib.suppress(OSError):  # a pipe has no end to look at
            self._whole = not self._size or os.pread(self._file, 1, self._size - 1) == b"\n"

    @staticmethod
    def _day() -> str:
        return time.strftime("-%Y%m%d-", time.gmtime())

    def _close_file(self) -> None:
        if self._file >= 0:
            with contextlib.suppress(OSError):
                os.close(self._file)
        self._file = -1

    def _lost(self, lines: bytes, why: str) -> None:
        n = lines.count(b"\n")
        self._metrics.unlogged.inc(n)
        now = time.monotonic()
        if now - self._told.get(why, -TOLD_EVERY) >= TOLD_EVERY:
            self._told[why] = now
            _log.error("decisions are answered but not written (fw_decisions_unlogged): %s", why)
