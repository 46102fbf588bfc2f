"""Inputs that are meant ill: bombs, floods, devices, links, code. Each in a process of its own, measured."""

import contextlib
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from attack import MEGABYTE, Attack
from file_attacks import on_archives, on_files
from picture_attacks import on_pictures
from request_attacks import on_requests
from rows import Row

LARGEST = 200  # MB that one request, or one file, may take
SLOWEST = 20.0  # seconds


def attack_rows(*, short: bool, seconds: float) -> list[Row]:
    """Rows of the table: what became of the attacks, the largest memory, the longest time.

    As many as there is time for; ``short``: those over HTTP alone.
    """
    found, memory, slowest, tried = [], 0.0, 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        until = time.monotonic() + seconds
        every = on_requests() if short else attacks(Path(folder))
        for attack in every:
            if time.monotonic() > until:
                break
            said, mb, took = _measured(attack)
            tried += 1
            print(
                f"attack: {attack.name}: {mb:.0f} MB, {took:.2f} s: {said[:110]}", file=sys.stderr
            )
            slowest = max(slowest, took)
            memory = max(memory, mb)
            if not _well_met(attack, said) or mb > LARGEST or took > SLOWEST:
                found.append(f"{attack.name}: {said}, {mb:.0f} MB, {took:.1f} s")
    bad = sum("traceback" in line or "accepted" in line or "killed" in line for line in found)
    return [
        Row("crafted attacks", tried, f"{bad} not refused", "0", not found, tuple(found)),
        Row(
            "memory of one request",
            tried,
            f"{memory:.0f} MB",
            f"<= {LARGEST} MB",
            memory <= LARGEST,
        ),
        Row(
            "time of one attack",
            tried,
            f"{slowest:.1f} s",
            f"<= {SLOWEST:.0f} s",
            slowest <= SLOWEST,
        ),
    ]


def attacks(folder: Path) -> list[Attack]:
    """All of them; files stand in ``folder``."""
    return [*on_requests(), *on_pictures(), *on_files(folder), *on_archives(folder)]


def _well_met(attack: Attack, said: str) -> bool:
    return said.startswith("refused") or (attack.answered and said.startswith("answered"))


def _measured(attack: Attack) -> tuple[str, float, float]:
    """What came of it, MB above what the process had before, and seconds."""
    data = attack.made()
    reading, writing = os.pipe()
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.close(reading)
        said, before = "killed", _resident()
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        try:
            attack.met(data)
            said = "answered"
        except Exception as error:
            kind = "refused" if _is_ours(error) else "traceback"
            said = f"{kind}: {type(error).__name__}: {str(error)[:200]}"
        os.write(writing, json.dumps([said, (_peak() - before) / MEGABYTE]).encode())
        os._exit(0)
    os.close(writing)
    answer = _read_until(reading, child)
    os.close(reading)
    os.waitpid(child, 0)
    took = time.perf_counter() - started
    said, memory = (
        json.loads(answer) if answer else ("killed, after a minute or for its memory", 0.0)
    )
    return said, memory, took


def _read_until(reading: int, child: int) -> bytes:
    import select

    ready, _, _ = select.select([reading], [], [], 60)
    if not ready:
        os.kill(child, signal.SIGKILL)
        return b""
    return os.read(reading, 65536)


def _is_ours(error: Exception) -> bool:
    from framework.core.errors import FrameworkError

    return isinstance(error, FrameworkError)


def _resident() -> int:
    return _of_status("VmRSS:")


def _peak() -> int:
    return _of_status("VmHWM:")


def _of_status(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(key))


if __name__ == "__main__":
    for row in attack_rows(short=False, seconds=60):
        print(row)
