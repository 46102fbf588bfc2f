"""Who writes a folder: a process, told apart from a later one that has its number.

A number is used again, at once where the machine was started anew. So it goes with the time at which its
process was started, and the start of the machine.
"""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_PROCESSES, _BOOT = Path("/proc"), Path("/proc/sys/kernel/random/boot_id")
_STATE, _STARTED = 0, 19  # in /proc/PID/stat, counted from behind the command's name
_ENDED = ("Z", "X")  # not yet asked for by who started it


@dataclass(frozen=True)
class Writer:
    """A process: its number, its host, and when it was started, as the system says it."""

    pid: int
    host: str
    started: str

    @classmethod
    def this(cls) -> Writer:
        """The process that asks."""
        return cls(os.getpid(), platform.node(), _started(os.getpid()) or "")

    @classmethod
    def of_json(cls, data: Any) -> Writer | None:
        """What ``to_json`` told; None of anything else."""
        if not isinstance(data, Mapping):
            return None
        pid, host, started = (data.get(name) for name in ("pid", "host", "started"))
        if not isinstance(pid, int) or not isinstance(host, str) or not isinstance(started, str):
            return None
        return cls(pid, host, started) if pid > 0 else None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is of another host, which cannot be asked from here."""
        return self.host != platform.node()

    @property
    def lives(self) -> bool:
        """Whether it still runs; of another host, as far as is known."""
        if self.is_elsewhere:
            return True
        started = _started(self.pid)
        return started is not None and (started == self.started or "" in (started, self.started))

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"


def _started(pid: int) -> str | None:
    """When the process ``pid`` was started; None where there is none, "" where nobody may know."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        pass  # another user's
    except (OSError, OverflowError):
        return None
    if not _BOOT.exists():
        return _started_elsewhere(pid)
    try:
        told = (_PROCESSES / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = told.rpartition(")")[2].split()
    if fields[_STATE] in _ENDED:
        return None
    return f"{_BOOT.read_text(encoding='ascii').strip()} {fields[_STARTED]}"


def _started_elsewhere(pid: int) -> str | None:
    """The same where the system is not Linux."""
    told = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    return None if not told or told[0][0] in _ENDED else " ".join(told[1:])
