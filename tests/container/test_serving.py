"""The container's entry point serves, in a process of its own, as its environment says."""

import json
import os
import signal
import socket
import subprocess
import sys

import pytest
from sklearn.datasets import load_breast_cancer

from framework import RunConfig, run
from tests.serving.conftest import Client


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """What /opt/ml is: a run folder as its model."""
    root = tmp_path_factory.mktemp("ml")
    settings = {"cost_matrix": "medical.json", "references": False, "report": False, "epochs": 2}
    run(RunConfig(dataset="breast_cancer", out=root / "model", **settings))
    return root


def start(root, port, **variables):
    environment = os.environ | {"FW_ML_ROOT": str(root), "SAGEMAKER_BIND_TO_PORT": str(port)}
    command = [sys.executable, "-m", "framework.container", "serve"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment | variables, **pipes)


def test_decisions_are_written_where_the_environment_says(root, tmp_path, unused_port):
    log = tmp_path / "decisions.jsonl"
    process = start(root, unused_port, FW_DECISIONS=str(log), FW_EXPLORE="1")
    try:
        assert process.stdout.readline().startswith("serving on ")
        client = Client(f"http://127.0.0.1:{unused_port}")
        body = {"instances": load_breast_cancer().data[:5].tolist(), "ids": list("abcde")}
        assert client.post(body).status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()
    found = [json.loads(line) for line in log.read_text().splitlines()]
    assert [one["id"] for one in found] == list("abcde")
    assert all(one["odds"] == {"benign": 0.5, "malignant": 0.5} for one in found)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"FW_EXPLORE": "0.1"}, "what is tried has to be written"),
        ({"FW_DECISIONS": "/none/x.jsonl"}, "nothing can be written to /none/x.jsonl"),
    ],
)
def test_a_mistake_is_a_sentence(root, unused_port, variables, told):
    process = start(root, unused_port, **variables)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert told in errors
    assert "Traceback" not in errors


@pytest.fixture
def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return port
