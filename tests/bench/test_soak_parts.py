"""The frame of `make soak`: parts in processes of their own, and their table."""

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from parts import HERE, PARTS, rows_of
from rows import Row
from table import as_markdown, found_in, machine

GOOD = """
from rows import Row
def soak(seconds, seed, *, short):
    print("on the way")
    return [Row("kills", 3, f"{seconds} s", f"seed {seed}, short {short}", True, ("kill 7",))]
"""
HANGS = """
import subprocess, sys, time
def soak(seconds, seed, *, short):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    open({path!r}, "w").write(str(child.pid))
    time.sleep(600)
"""


def soaked(folder, source, leeway=60.0):
    (folder / "tried.py").write_text(source)
    return rows_of("tried", 0.5, 7, short=True, folder=folder, leeway=leeway)


def test_a_part_gives_its_rows(tmp_path, capfd):
    found = soaked(tmp_path, GOOD)
    assert found == [Row("kills", 3, "0.5 s", "seed 7, short True", True, ("kill 7",))]
    told = capfd.readouterr()
    assert (told.out, told.err) == ("", "on the way\n")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def soak(seconds, seed, *, short): 1 / 0", "ZeroDivisionError"),
        ("import sys; sys.exit(0)", "exit code 0"),
        ("", "has no attribute 'soak'"),
    ],
)
def test_a_part_that_fails_is_a_figure_missed(source, said, tmp_path, capfd):
    (row,) = soaked(tmp_path, source)
    assert not row.ok
    assert row.what == "the part tried"
    assert said in row.measured + capfd.readouterr().err


def test_a_part_that_hangs_is_killed_with_what_it_started(tmp_path):
    (row,) = soaked(tmp_path, HANGS.format(path=str(tmp_path / "pid")), leeway=4.0)
    assert (row.measured, row.ok) == ("killed after 4 s", False)
    pid, until = int((tmp_path / "pid").read_text()), time.monotonic() + 30
    while _runs(pid):
        assert time.monotonic() < until
        time.sleep(0.05)


def _runs(pid):
    """A process that nobody has waited for yet runs no more."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def test_the_table_is_one_of_markdown():
    rows = [Row("a|b\nc", 1_000_000, "2", "0", False), Row("d", 1, "1", "1", True)]
    assert as_markdown(rows).splitlines()[2:] == [
        "| a\\|b c | 1,000,000 | 2 | 0 | **missed** |",
        "| d | 1 | 1 | 1 |  |",
    ]


def test_failures_are_listed_under_what_was_tried():
    rows = [Row("kills", 1, "", "", False, ("kill 1", "kill 2")), Row("d", 1, "1", "1", True)]
    assert found_in(rows) == ["kills:", "  kill 1", "  kill 2"]


def test_date_and_machine_are_told():
    assert machine(date(2026, 1, 2)).startswith(
        f"2 January 2026, {len(os.sched_getaffinity(0))} cores"
    )


def test_parts_share_the_time():
    assert sum(PARTS.values()) == pytest.approx(1)


@pytest.mark.slow
def test_the_figures_are_tried_by_the_command(tmp_path):
    command = [sys.executable, HERE / "run.py", "--short", "--only", "figures", "--seconds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (
        "| the same seed twice: bits of predictions and metrics | 1 | 1 of 1 identical"
        in done.stdout
    )
    assert done.stdout.count(" cores of ") == 1


def test_a_part_that_is_not_there_is_told():
    done = subprocess.run(
        [sys.executable, HERE / "run.py", "--only", "nothing"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "nothing" in done.stderr
