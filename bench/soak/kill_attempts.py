"""One run after the other in processes of their own, killed at drawn points, and what must hold then."""

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from kill_faults import KINDS, PHASES, Fault, phase_of
from kill_scenarios import (
    COMPLETE,
    SAVED,
    SENTENCE,
    TOLD,
    TRACEBACK,
    WORK,
    Scenario,
    Way,
    carry_out,
    files_of,
    silence,
)

MOST_KILLS = 6  # of one run
# How likely each of KINDS is.
SHARES = (0.6, 0.06, 0.14, 0.1, 0.1)
MOST_LEFT = {"kill": 4, "stop": 1, "disk": 60_000, "large": 20_000, "files": 3}
PAGES = 0.4  # of runs, which take as long again to draw
SLOW = 300.0  # seconds, after which a run hangs
NEW_MOUNTS, NEW_USER = 0x00020000, 0x10000000  # of unshare(2)
MEGABYTES = 32


@dataclass(frozen=True)
class Ended:
    """How a process ended: its code, what it said; what it trained, and what of that was not saved."""

    code: int
    said: str
    work: int
    lost: int


class Job:
    """A ``scenario`` in the folder ``place``, the disk of which may be filled."""

    def __init__(self, scenario: Scenario, place: Path, fills: bool) -> None:
        self.scenario, self.place, self.fills = scenario, place, fills
        self.files: dict[str, bytes] = {}
        self.points: dict[str, int] = {}
        self.work = 0

    def reference(self) -> dict[str, Any]:
        """Let it run unbroken, and keep what it leaves."""
        root = self._root()
        ended = self._attempt(root, None, Way(self.scenario, page=True, often=False))
        failures = [f"does not run at all: {ended.said}"] if ended.code != COMPLETE else []
        if not failures:
            self.files, self.points = files_of(root / "run"), json.loads(ended.said)
            self.work = ended.work
        return self._told([], failures, 0, 0) | {"repeat": "unbroken"}

    def killed(self, rng: np.random.Generator, most: int) -> dict[str, Any]:
        """Kill it up to ``most`` times, and let it end."""
        root = self._root()
        way = Way(self.scenario, page=bool(rng.random() < PAGES), often=bool(rng.integers(2)))
        left = min(int(rng.integers(1, MOST_KILLS + 1)), most)
        faults: list[Fault] = []
        failures: list[str] = []
        work = lost = 0
        while True:
            fault = self._drawn(rng, way) if left else None
            ended = self._attempt(root, fault, way)
            work += ended.work
            if ended.code == COMPLETE:
                break
            lost += ended.lost
            if fault is None:
                failures.append(f"does not go on: {ended.said}")
                break
            faults.append(fault)
            failures += self._wrong(root, fault, ended, way)
            if (root / "run").exists():  # the kill came after its end
                again = self._attempt(root, None, way)
                if "holds another run" not in again.said and "other files" not in again.said:
                    failures.append(f"complete, and again: {again.said}")
                break
            left -= 1
        failures += self._differences(root, way)
        if work > self.work + lost:
            failures.append(f"{work} epochs and fits, {self.work} unbroken, {lost} lost in work")
        return self._told(faults, failures, work, lost)

    def _root(self) -> Path:
        root = self.place / "job"
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        return root

    def _told(
        self, faults: list[Fault], failures: list[str], work: int, lost: int
    ) -> dict[str, Any]:
        said = [{"kind": one.kind, "phase": one.phase, "said": str(one)} for one in faults]
        told = {"scenario": self.scenario.name, "faults": said, "failures": failures}
        return {**told, "work": work, "lost": lost}

    def _drawn(self, rng: np.random.Generator, way: Way) -> Fault:
        kind = str(rng.choice(KINDS, p=SHARES))
        if kind == "disk" and not self.fills:
            kind = "large"
        phases = [phase for phase in PHASES if phase != "reporting" or way.page]
        phase = str(rng.choice(phases))
        number = int(rng.integers(1, self.points[phase] + 1))
        return Fault(kind, phase, number, int(rng.integers(MOST_LEFT[kind])))

    def _attempt(self, root: Path, fault: Fault | None, way: Way) -> Ended:
        end, begin = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = TRACEBACK
            try:
                os.close(end)
                silence()
                code = carry_out(way, root, fault, lambda told: os.write(begin, told))
            finally:
                os._exit(code)
        os.close(begin)
        told = _read(end, pid)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        (self.place / "ballast").unlink(missing_ok=True)
        signs, _, said = told.partition(TOLD)
        lost = signs.rpartition(SAVED)[2].count(WORK)
        return Ended(code, said.decode(errors="replace"), signs.count(WORK), lost)

    def _wrong(self, root: Path, fault: Fault, ended: Ended, way: Way) -> list[str]:
        """What does not hold after ``fault``."""
        from framework.experiment.folders.run_listing import list_runs

        found = []
        if ended.code == TRACEBACK:
            found.append(f"{fault}: {ended.said}")
        if ended.code == SENTENCE and "goes on" not in ended.said:
            found.append(f"{fault}: the sentence does not say that it goes on: {ended.said}")
        left = set(os.listdir(root)) - {"run", ".run.partial"}
        if left:
            found.append(f"{fault}: left in the folder of runs: {', '.join(sorted(left))}")
        states = {run.state for run in list_runs(root)} - {"complete", "dead"}
        if states:
            found.append(f"{fault}: fw runs says {', '.join(states)} of a run that is gone")
        if (root / "run").exists():
            found += [f"{fault}: {told}" for told in self._differences(root, way)]
        return found

    def _differences(self, root: Path, way: Way) -> list[str]:
        """Between what is left and what an unbroken run leaves."""
        from framework.core.errors import FrameworkError
        from framework.core.folder_format import check_format

        try:
            check_format(root / "run", "")
            files = files_of(root / "run")
        except (FrameworkError, OSError) as error:
            return [f"the folder cannot be read: {error}"]
        expected = self.files
        if not way.page:
            expected = {
                k: v for k, v in expected.items() if phase_of(f"/folder-/{k}") != "reporting"
            }
        names = sorted(
            name for name in {*files, *expected} if files.get(name) != expected.get(name)
        )
        return [f"not as an unbroken run leaves it: {', '.join(names)}"] if names else []


def _read(pipe: int, pid: int) -> bytes:
    """All that a process tells; one that hangs is ended."""
    told, until = b"", time.monotonic() + SLOW
    while select.select([pipe], [], [], max(until - time.monotonic(), 0))[0]:
        some = os.read(pipe, 65536)
        if not some:
            break
        told += some
    else:
        os.kill(pid, signal.SIGKILL)
        told = told.partition(TOLD)[0] + TOLD + b"it hung"
    os.close(pipe)
    return told


def own_disk(place: Path) -> bool:
    """A small disk in memory at ``place``, seen by this process alone; whether the system allows it."""
    user, group = os.getuid(), os.getgid()
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    if unshare(NEW_MOUNTS):
        if unshare(NEW_MOUNTS | NEW_USER):
            return False
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "soak", str(place)]
    commands = (["mount", "--make-rprivate", "/"], mount)
    return all(not subprocess.run(one, capture_output=True).returncode for one in commands)
