"""What is installed in an image: all that pyproject.toml requires, or what answering needs of it."""

import re
import subprocess
import sys

from tests.conftest import ROOT


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
