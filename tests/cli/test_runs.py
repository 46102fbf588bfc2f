"""fw runs: what is complete, running, or left by a process that is gone."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from framework.experiment.folders.claim import claimed
from tests.conftest import OLD_RUN, OLD_SWEEP, ROOT

SETTINGS = {"kind": "run", "dataset": "blobs"}
# Claims a folder, trains something, and waits.
WRITER = """
import sys
from pathlib import Path
from framework.experiment.folders.claim import claimed
with claimed(Path(sys.argv[1]), "blobs", {"kind": "run", "dataset": "blobs"}) as claim:
    (claim.training / "saved.npz").write_text("")
    print("trained", flush=True)
    input()
"""


@pytest.fixture
def writing(elsewhere):
    """A process that writes runs/new."""
    command = [sys.executable, "-c", WRITER, str(Path("runs/new").resolve())]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:
        assert process.stdout.readline() == "trained\n"
        yield process
        process.kill()


def told(cli, *arguments):
    done = cli("runs", *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["runs"]


def test_complete_runs_and_sweeps_of_old_are_listed(cli):
    shutil.copytree(OLD_RUN, "runs/a")
    shutil.copytree(OLD_SWEEP, "runs/b")
    (Path("runs") / "other").mkdir()
    (Path("runs") / "page.html").write_text("")
    listed = [(run["folder"], run["state"], run["kind"], run["dataset"]) for run in told(cli)]
    assert listed == [
        ("runs/a", "complete", "run", "breast_cancer"),
        ("runs/b", "complete", "sweep", "breast_cancer"),
    ]
    done = cli("runs")
    assert [line.split()[:4] for line in done.stdout.splitlines()[3:5]] == [
        ["runs/a", "complete", "run", "breast_cancer"],
        ["runs/b", "complete", "sweep", "breast_cancer"],
    ]


def test_a_run_is_running_until_its_process_is_gone(cli, writing):
    (run,) = told(cli)
    assert (run["folder"], run["state"], run["dataset"]) == ("runs/new", "running", "blobs")
    assert run["writer"]["pid"] == writing.pid
    assert run["work"] == "runs/.new.partial"
    assert f"process {writing.pid} on" in cli("runs").stdout
    writing.kill()
    writing.wait()
    (run,) = told(cli)
    assert (run["state"], run["writer"], run["trainings"]) == ("dead", None, 1)
    assert (
        "runs/new: its process is gone; the same command goes on from 1 training. To give it up: "
        "rm -r runs/.new.partial" in cli("runs").stdout
    )


def test_what_is_left_beside_a_complete_run_can_go(cli, writing):
    writing.kill()
    writing.wait()
    shutil.copytree(OLD_RUN, "runs/new")
    assert [run["state"] for run in told(cli)] == ["complete", "dead"]
    done = cli("runs")
    assert "runs/new: complete; what its process left besides can go" in done.stdout


def test_another_folder_may_be_named(cli):
    with claimed(Path("mine/r"), "blobs", SETTINGS):
        assert [run["folder"] for run in told(cli, "mine")] == ["mine/r"]
    Path("empty").mkdir()
    assert cli("runs", "empty").stdout == "There is no run in empty.\n"


def test_a_folder_that_is_not_there_is_told(cli):
    done = cli("runs")
    assert done.exit_code == 2
    assert done.stderr == (
        "Error: runs: expected a folder of runs; it cannot be read (No such file or directory)\n"
    )
