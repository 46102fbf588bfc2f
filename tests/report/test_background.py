"""The process that writes a report ends with the run that has started it."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from framework.core.errors import ArtifactError
from framework.report.background import report_writer
from tests.conftest import OLD_RUN

# Starts it, and is killed as it writes.
KILLED = """
import os, signal, subprocess, sys
from pathlib import Path
from framework.report import background
start, found = subprocess.Popen, []

def started(*arguments, **settings):
    found.append(start(*arguments, **settings))
    found[0].wait = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    print(found[0].pid, flush=True)
    return found[0]

background.subprocess.Popen = started
with background.report_writer(True) as write:
    write(Path(sys.argv[1]))
"""


def test_the_report_is_written(tmp_path):
    shutil.copytree(OLD_RUN, tmp_path / "run")
    with report_writer(True) as write:
        write(tmp_path / "run")
    assert (tmp_path / "run" / "report.html").is_file()


def test_a_mistake_is_told_where_the_run_is(tmp_path):
    with report_writer(True) as write, pytest.raises(ArtifactError, match=r"config\.json is miss"):
        write(tmp_path)


def test_it_ends_with_a_run_that_is_killed(tmp_path):
    shutil.copytree(OLD_RUN, tmp_path / "run")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "run")], capture_output=True, text=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    until = time.monotonic() + 60
    while _runs(int(done.stdout)):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert not (tmp_path / "run" / "report.html").exists()


def _runs(pid):
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
