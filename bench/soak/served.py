"""A run to serve, and `fw serve` of it in a process of its own, whose memory is watched."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

FW = str(Path(sys.executable).with_name("fw"))
# A plugin whose decision rule misbehaves for certain numbers of cases.
PLUGIN = Path(__file__).parent / "erratic"
START_SECONDS = 300
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


def environment() -> dict[str, str]:
    """Of processes that have the plugin, as far as Python needs it."""
    path = filter(None, (os.environ.get("PYTHONPATH"), str(PLUGIN)))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}


def train(out: Path) -> Path:
    """A run of breast_cancer whose model "medical" decides by the plugin's rule."""
    command = [FW, "run", "breast_cancer", "--cost-matrix", "medical.json", "--out", str(out)]
    command += ["--decision-rule", "erratic", "--no-references", "--no-report", "--epochs", "2"]
    subprocess.run(command, check=True, capture_output=True, env=environment())
    return out


class Served:
    """A running server."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, port: int) -> None:
        self.process, self.log, self.port = process, log, port

    @property
    def processes(self) -> list[int]:
        """The server and those it has started."""
        pid = self.process.pid
        found = [path.read_text().split() for path in Path("/proc").glob(f"{pid}/task/*/children")]
        return [pid, *(int(child) for children in found for child in children)]

    def memory(self) -> float:
        """Megabytes that all its processes have in memory now."""
        return sum(_resident(pid) for pid in self.processes)

    def forget_peak(self) -> None:
        for pid in self.processes:
            with contextlib.suppress(OSError):
                Path(f"/proc/{pid}/clear_refs").write_text("5")

    def peak(self) -> float:
        """Megabytes that its processes had at most since ``forget_peak``, each at its worst moment."""
        return sum(_peak(pid) for pid in self.processes)

    def reload(self) -> None:
        self.process.send_signal(signal.SIGHUP)


@contextlib.contextmanager
def server(folder: Path, *options: str, descriptors: int | None = None) -> Iterator[Served]:
    """`fw serve` of a folder, from its being ready until the context is left."""
    few = ["prlimit", f"--nofile={descriptors}"] if descriptors else []
    command = [*few, FW, "serve", str(folder), "--port", "0", *options]
    with tempfile.NamedTemporaryFile() as log:
        process = subprocess.Popen(command, stderr=log, env=environment())
        path, end = Path(log.name), time.monotonic() + START_SECONDS
        try:
            while not (ready := re.search(r"^Serving .*:(\d+) ", path.read_text(), re.MULTILINE)):
                if process.poll() is not None or time.monotonic() > end:
                    raise SystemExit(f"fw serve did not start: {path.read_text()}")
                time.sleep(0.05)
            yield Served(process, path, int(ready[1]))
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_MB
    except (OSError, IndexError):
        return 0.0


def _peak(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
