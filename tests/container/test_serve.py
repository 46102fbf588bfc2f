"""Serving in SageMaker's container: the environment's variables, by the real entry point in a process."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.serving.conftest import ERRATIC, Client, cancer_run, children, erratic_run  # noqa: F401
from tests.serving.test_deadlines import ENDLESS

CASE = [[1.0] * 30]


@contextlib.contextmanager
def serving(root, **variables):
    """The entry point with ``serve``; /opt/ml is ``root``."""
    with tempfile.NamedTemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "framework.container", "serve"],
            env={**os.environ, "FW_ML_ROOT": str(root), "SAGEMAKER_BIND_TO_PORT": "0", **variables},
            stdout=log,
            stderr=log,
        )
        try:
            while not (
                ready := re.search(r"serving on \S+:(\d+) after", Path(log.name).read_text())
            ):
                assert process.poll() is None, Path(log.name).read_text()
                time.sleep(0.05)
            client = Client(f"http://127.0.0.1:{ready[1]}")
            client.process = process
            yield client
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def root(cancer_run, tmp_path):  # noqa: F811
    shutil.copytree(cancer_run / "models" / "medical", tmp_path / "model")
    return tmp_path


def test_workers_payload_and_form_of_answers_are_as_the_environment_says(root):
    variables = {
        "SAGEMAKER_MODEL_SERVER_WORKERS": "2",
        "MAX_CONTENT_LENGTH": "1000",
        "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv",
    }
    with serving(root, **variables) as client:
        assert len(children(client.process.pid)) == 2
        for accept in (None, "*/*"):
            assert client.post(CASE, accept=accept).headers["content-type"].startswith("text/csv")
        response = client.post(CASE, accept="application/json")
        assert response.headers["content-type"] == "application/json"
        response = client.post(CASE * 10)
        assert response.status == 413
        assert "expected at most 1,000 (" in response.json()["error"]


def test_a_transform_says_how_large_its_bodies_are(root):
    with serving(root, SAGEMAKER_MAX_PAYLOAD_IN_MB="1", SAGEMAKER_BATCH="true") as client:
        assert client.post(b" " * 2**20, "text/csv").status == 400
        assert client.post(b" " * (2**20 + 1), "text/csv").status == 413
        assert client.get("/execution-parameters").json()["MaxPayloadInMB"] == 1
    with serving(root, SAGEMAKER_MAX_PAYLOAD_IN_MB="0") as client:  # of any size
        assert client.post(b" " * 2**21, "text/csv").status == 400


def test_several_models_are_loaded_below_the_folder_that_sagemaker_fills(root):
    with serving(root, SAGEMAKER_MULTI_MODEL="true") as client:
        assert client.get("/ping").status == 200
        shutil.copytree(root / "model", root / "models" / "m1" / "model")
        body = {"model_name": "m1", "url": str(root / "models" / "m1" / "model")}
        assert client.pool.request("POST", f"{client.url}/models", json=body).status == 200
        assert client.get("/models").json()["models"][0]["modelName"] == "m1"
        answer = client.pool.request("POST", f"{client.url}/models/m1/invoke", json=CASE)
        assert answer.status == 200


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SAGEMAKER_MODEL_SERVER_WORKERS", "0", "expected a whole number from 1, received '0'"),
        ("SAGEMAKER_MODEL_SERVER_TIMEOUT", "soon", "expected a whole number from 1"),
        ("MAX_CONTENT_LENGTH", "6m", "expected a whole number from 1, received '6m'"),
        ("SAGEMAKER_MAX_PAYLOAD_IN_MB", "-1", "expected a whole number from 0"),
        ("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "text/html", "expected one of application/json, "),
        ("SAGEMAKER_BIND_TO_PORT", "http", "expected a whole number from 0"),
    ],
)
def test_a_variable_that_says_nothing_is_named(root, name, value, message):
    done = subprocess.run(
        [sys.executable, "-m", "framework.container", "serve"],
        env={**os.environ, "FW_ML_ROOT": str(root), name: value},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: {name}: {message}")
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_without_a_model_is_told_in_one_sentence(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "framework.container", "serve"],
        env={**os.environ, "FW_ML_ROOT": str(tmp_path), "SAGEMAKER_BIND_TO_PORT": "0"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr == (
        f"Error: {tmp_path}/model: no such folder; expected the folder of a run or of a model\n"
    )


@pytest.mark.slow
def test_a_request_beyond_the_servers_timeout_gets_504(erratic_run, tmp_path):  # noqa: F811
    shutil.copytree(erratic_run / "models" / "medical", tmp_path / "model")

    path = os.pathsep.join([str(ERRATIC), os.environ.get("PYTHONPATH", "")])
    with serving(tmp_path, SAGEMAKER_MODEL_SERVER_TIMEOUT="2", PYTHONPATH=path) as client:
        response = client.post([[1.0] * 30] * ENDLESS)
        assert response.status == 504
        assert "a request may take 2 s" in response.json()["error"]
        assert json.loads(client.post(CASE).data)["predictions"]
