"""How much memory a process has, and how much is left: of the machine, or of the container's share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

PROC, GROUPS = Path("/proc"), Path("/sys/fs/cgroup")
# By version of Linux's control groups: most, used, and what of it are pages of files nobody needs.
GROUP_FILES = (
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    (
        "memory/memory.limit_in_bytes",
        "memory/memory.usage_in_bytes",
        "memory/memory.stat",
        "total_inactive_file",
    ),
)


def of_process(pid: int, proc: Path = PROC) -> int:
    """Bytes that a process has to itself, beside what it shares with others; 0 where that is not told."""
    try:
        _, resident, shared, *_ = map(int, (proc / str(pid) / "statm").read_text().split())
    except (OSError, ValueError):
        return 0
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE")


def left(proc: Path = PROC, groups: Path = GROUPS) -> int | None:
    """Bytes that can still be used, by the machine and by the container's limit; None where nobody tells."""
    return min(_left(proc, groups), default=None)


def _left(proc: Path, groups: Path) -> Iterator[int]:
    machine = _numbers(proc / "meminfo").get("MemAvailable:")
    if machine is not None:
        yield machine * 1024
    for most, used, stat, reclaimed in GROUP_FILES:
        try:
            limit, now = (groups / most).read_text().strip(), int((groups / used).read_text())
        except (OSError, ValueError):
            continue
        if limit.isdigit():  # else "max"
            yield max(0, int(limit) - now + _numbers(groups / stat).get(reclaimed, 0))


def _numbers(file: Path) -> dict[str, int]:
    """Of lines "name number"."""
    try:
        words = [line.split() for line in file.read_text().splitlines()]
    except OSError:
        return {}
    return {line[0]: int(line[1]) for line in words if len(line) > 1 and line[1].isdigit()}
