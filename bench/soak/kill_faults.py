"""Where a run is killed or hindered: at a point of a phase, counted as the run goes on."""

import os
import resource
import signal
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

PHASES = ("claiming", "training", "checkpointing", "writing", "reporting")
# What befalls a run: killed, told to stop, no space on the disk, files too large, too many open.
KINDS = ("kill", "stop", "disk", "large", "files")
# Of the calls that Python tells its audit hooks of: those that write.
_WRITES = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree")


@dataclass(frozen=True)
class Fault:
    """What befalls a run at the ``number``-th point of a ``phase``.

    ``amount`` is how much is left: milliseconds until it is killed, bytes on the disk or of a file, files.
    """

    kind: str
    phase: str
    number: int
    amount: int

    def __str__(self) -> str:
        return f"{self.kind} at point {self.number} of {self.phase}, {self.amount} left"


def phase_of(path: str) -> str:
    """The phase in which a file of a run is written."""
    if "/training/" in path:
        return "checkpointing"
    if "/folder-" not in path:
        return "claiming"
    return "reporting" if "/plots" in path or path.endswith(".html") else "writing"


class Points:
    """Counts the points that this process passes by phase, and lets the ``fault`` happen at its own."""

    def __init__(self, root: Path, fault: Fault | None, ballast: Path) -> None:
        self.root, self.fault, self.ballast = f"{root}/", fault, ballast
        self.passed: Counter[str] = Counter()
        self._inside = False
        sys.addaudithook(self._heard)

    def passes(self, phase: str) -> None:
        self.passed[phase] += 1
        fault = self.fault
        if fault is not None and (phase, self.passed[phase]) == (fault.phase, fault.number):
            self.fault = None
            befall(fault, self.ballast)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._inside or not (event == "open" or event in _WRITES) or not arguments:
            return
        path = arguments[1] if event == "os.rename" else arguments[0]
        if not isinstance(path, (str, os.PathLike)) or not str(path).startswith(self.root):
            return
        flags = arguments[2] if event == "open" else os.O_WRONLY
        if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR):
            self._inside = True
            self.passes(phase_of(str(path)))
            self._inside = False


def befall(fault: Fault, ballast: Path) -> None:
    """Let it happen to this process, now."""
    if fault.kind == "kill" and fault.amount:
        # Nothing handles SIGALRM: it ends the process as SIGKILL does.
        signal.setitimer(signal.ITIMER_REAL, fault.amount / 1000)
    elif fault.kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif fault.kind == "stop":
        os.kill(os.getpid(), signal.SIGTERM)
    elif fault.kind == "disk":
        fill(ballast, fault.amount)
    elif fault.kind == "large":
        _limit(resource.RLIMIT_FSIZE, fault.amount)
    else:
        used = set(map(int, os.listdir("/proc/self/fd")))
        free = next(number for number in range(len(used) + 1) if number not in used)
        _limit(resource.RLIMIT_NOFILE, free + fault.amount)


def fill(ballast: Path, left: int) -> None:
    """Fill the disk of ``ballast`` until so many bytes are left."""
    room = os.statvfs(ballast.parent)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(room.f_bavail * room.f_frsize - left, 1))


def _limit(what: int, soft: int) -> None:
    resource.setrlimit(what, (soft, resource.getrlimit(what)[1]))
