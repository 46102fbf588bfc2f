"""Rows as the table of docs/reliability.md."""

import os
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rows import Row


def as_markdown(rows: Sequence[Row]) -> str:
    """A Markdown table, a line a row."""
    lines = ["| tried | times | figure | asked | |", "|---|---:|---|---|---|"]
    for row in rows:
        cells = [
            row.what,
            f"{row.tried:,}",
            row.measured,
            row.asked,
            "" if row.ok else "**missed**",
        ]
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines)


def found_in(rows: Sequence[Row]) -> list[str]:
    """A line for each failure, after a line that names its row."""
    lines = []
    for row in rows:
        if row.found:
            lines += [f"{row.what}:", *(f"  {line}" for line in row.found)]
    return lines


def machine(of_date: date | None = None) -> str:
    """The date, and the machine in words."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1] for line in info.read_text().splitlines() if "model name" in line
        ]
        model = names[0].strip() if names else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{of_date or date.today():%-d %B %Y}, {cores} cores of {model}, "
        f"Python {platform.python_version()}, {platform.system()}"
    )


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
