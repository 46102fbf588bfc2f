"""The image that only answers: without TensorFlow, smaller, and the same answers. On a real engine."""

import json
import os
import re
import subprocess
import time
import urllib.request

import pytest

from framework import RunConfig, load, run
from framework.experiment.loading.checked_dataset import load_dataset
from framework.plugins.registry import Registry

from .conftest import ROOT, docker

pytestmark = pytest.mark.container
IMAGE = "cost-matrix-framework-answering:test"
PORT = 18081


@pytest.fixture(scope="module")
def image(engine):
    if "FW_ANSWERING_IMAGE" in os.environ:
        return os.environ["FW_ANSWERING_IMAGE"]
    arguments = ["--build-arg", "KIND=answering"]
    if "BASE_IMAGE" in os.environ:
        arguments += ["--build-arg", f"BASE_IMAGE={os.environ['BASE_IMAGE']}"]
    docker("build", *arguments, "-f", ROOT / "container/Dockerfile", "-t", IMAGE, ROOT)
    return IMAGE


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    out = tmp_path_factory.mktemp("answering") / "run"
    settings = {"cost_matrix": "medical.json", "references": False, "report": False, "epochs": 5}
    return run(RunConfig(dataset="breast_cancer", out=out, **settings)).run_dir


def test_it_is_less_than_half_of_tensorflows(image):
    size = int(docker("image", "inspect", "--format", "{{.Size}}", image))
    print(f"{size / 1e6:.0f} MB")
    assert size < 1.1e9
    label = "com.amazonaws.sagemaker.capabilities.multi-models"
    found = docker("image", "inspect", "--format", f'{{{{index .Config.Labels "{label}"}}}}', image)
    assert found == "true"


def test_it_answers_as_the_model_does_here_without_tensorflow(image, model):
    options = ["-v", f"{model}:/opt/ml/model:ro", "-e", f"SAGEMAKER_BIND_TO_PORT={PORT}"]
    options += ["-e", "SAGEMAKER_MODEL_SERVER_WORKERS=2"]
    name = docker("create", "-p", f"{PORT}:{PORT}", *options, image, "serve")
    try:
        started = time.monotonic()
        docker("start", name)
        cases = load_dataset(
            RunConfig(dataset="breast_cancer"), Registry().offer("dataset", "breast_cancer")
        ).X[:20]
        answer = first_answer(json.dumps(cases.tolist()).encode(), name)
        seconds = time.monotonic() - started
        (inside,) = re.findall(r"serving on \S+ after (\S+) s", docker("logs", name))
        print(
            f"first answer {seconds:.1f} s after docker start, {inside} s after the entry point's"
        )
        decisions = [one["decision"] for one in answer["predictions"]]
        assert decisions == load(model).predict(cases).tolist()
        for package in ("tensorflow", "keras", "matplotlib"):
            probe = ["docker", "exec", name, "python", "-c", f"import {package}"]
            done = subprocess.run(probe, capture_output=True, text=True)
            assert f"No module named '{package}'" in done.stderr
        assert "stays root" not in docker("logs", name)
    finally:
        docker("rm", "-f", name)


def first_answer(body, name, seconds=120):
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/invocations", body, {"Content-Type": "application/json"}
    )
    for _ in range(seconds * 20):
        try:
            return json.load(urllib.request.urlopen(request))
        except ConnectionError:
            pass
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
        assert docker("inspect", "-f", "{{.State.Running}}", name) == "true", docker("logs", name)
        time.sleep(0.05)
    raise AssertionError(f"no answer in {seconds} s: {docker('logs', name)}")
