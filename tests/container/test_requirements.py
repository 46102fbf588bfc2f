"""What is installed in an image of each kind, and that there are packages of it for each processor."""

import json
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT

CONTAINER = ROOT / "container"
PINS = [ROOT / "constraints.txt", CONTAINER / "constraints-tensorflow.txt"]
# As on a machine with another processor, which decides what packages require.
AS = "import platform, runpy, sys; machine = sys.argv.pop(1); platform.machine = lambda: machine; "
GLIBC = range(17, 37)  # Debian bookworm's is 2.36


def printed(*words):
    script, project = ROOT / "container" / "requirements.py", ROOT / "pyproject.toml"
    command = [sys.executable, script, *words[:-1], project, words[-1]]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {re.split(r"[^\w-]", line)[0] for line in done.stdout.splitlines()}


def test_answering_needs_all_but_what_trains_and_draws():
    everything, answering = printed("serve"), printed("--answering", "serve")
    assert {"tensorflow-cpu", "onnxruntime", "uvicorn"} <= everything
    assert everything - answering == {"keras", "matplotlib", "onnx", "tensorflow", "tensorflow-cpu"}
    assert answering < everything


def test_a_gpu_needs_nvidias_libraries_and_no_processors_tensorflow():
    cuda = printed("--kind", "cuda", "serve")
    assert "tensorflow" in cuda
    assert "tensorflow-cpu" not in cuda
    assert printed("--kind", "cpu", "serve") == printed("serve")


@pytest.mark.parametrize(
    ("kind", "machine", "expected"),
    [
        ("cpu", "x86_64", ["keras", "tensorflow-cpu"]),
        ("cpu", "aarch64", ["keras", "tensorflow"]),
        ("cuda", "x86_64", ["keras", "tensorflow[and-cuda]"]),
        ("answering", "x86_64", []),
    ],
)
def test_the_layer_of_tensorflow(kind, machine, expected):
    assert needed(machine, "--kind", kind, "--tensorflow") == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "machine"),
    [
        ("cpu", "x86_64"),
        ("cpu", "aarch64"),
        ("cuda", "x86_64"),
        ("answering", "x86_64"),
        ("answering", "aarch64"),
    ],
)
def test_an_image_finds_all_of_its_packages_where_they_are_pinned(kind, machine, tmp_path):
    """What its RUN lines ask of pip, resolved for the processor, nothing installed."""
    probe = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        tmp_path,
        "six",
    ]
    reached = subprocess.run(probe, capture_output=True, text=True)
    if reached.returncode:
        pytest.skip(f"NO PACKAGE INDEX: {reached.stderr.strip().splitlines()[-1]}")
    asked = [*needed(machine, "--kind", kind, "--tensorflow")]
    asked += needed(machine, "--kind", kind, ROOT / "pyproject.toml", "serve")
    (tmp_path / "needed.txt").write_text("\n".join([*asked, "hatchling", "setuptools", "wheel"]))
    report = tmp_path / "report.json"
    command = ["pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report", report]
    command += ["--target", tmp_path / "target", "--python-version", "3.11", "--no-cache-dir"]
    command += ["--only-binary=:all:", "-r", tmp_path / "needed.txt"]
    for k in GLIBC:
        command += ["--platform", f"manylinux_2_{k}_{machine}"]
    command += ["--platform", f"manylinux2014_{machine}"]
    for pins in PINS:
        command += ["-c", pins]
    run = AS + "sys.argv = sys.argv[1:]; runpy.run_module('pip', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", run, machine, *command], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found = {
        re.sub(r"[-_.]+", "-", one["metadata"]["name"]).lower()
        for one in json.loads(report.read_text())["install"]
    }
    lines = [line for pins in PINS for line in pins.read_text().splitlines() if "==" in line]
    pinned = {re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower() for line in lines}
    print(kind, machine, len(found), "packages")
    assert found - pinned <= {"setuptools", "wheel", "pip"}
    assert {"onnxruntime", "pyarrow", "uvicorn"} <= found
    names = {name for name in found if name.startswith(("tensorflow", "nvidia"))}
    if kind == "answering":
        assert not names
    elif kind == "cuda":
        assert {"tensorflow", "nvidia-cudnn-cu12", "nvidia-nccl-cu12"} <= names
        assert "tensorflow-cpu" not in names
    else:
        assert names == {"tensorflow-cpu" if machine == "x86_64" else "tensorflow"}


def needed(machine, *words):
    """The lines that requirements.py prints on a machine of this kind."""
    script = CONTAINER / "requirements.py"
    run = AS + "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-c", run, machine, script, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()
