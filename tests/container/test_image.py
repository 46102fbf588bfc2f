"""The real image on a real engine: trains, is stopped, goes on, serves. Few containers: see conftest."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from framework import load

from ..sagemaker import throwaway
from .conftest import ROOT, docker

pytestmark = pytest.mark.container
PLUGINS = ROOT / "plugins"
PORT = 18080


def local_mode(image, root, hyperparameters, channels, hosts=1):
    """Train through the SDK; the container's log, and the unpacked model.tar.gz and output.tar.gz."""
    root.mkdir()
    job = {
        "image": image,
        "root": str(root),
        "hyperparameters": hyperparameters,
        "channels": {name: str(folder) for name, folder in channels.items()},
        "hosts": hosts,
    }
    script = Path(__file__).with_name("local_mode.py")
    done = subprocess.run(
        [sys.executable, script, json.dumps(job)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    print(done.stdout)
    left = docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={root.name}")
    docker("rm", "-f", *left.split())  # whole copies of the image
    assert done.returncode == 0
    for name in ("model", "output"):
        with tarfile.open(root / f"compressed_artifacts/{name}.tar.gz") as archive:
            archive.extractall(root / "unpacked" / name, filter="data")
    return done.stdout, root / "unpacked/model", root / "unpacked/output/data"


@pytest.fixture(scope="module")
def breast_cancer(image, tmp_path_factory):
    return local_mode(
        image,
        tmp_path_factory.mktemp("sdk") / "breast-cancer",
        {"dataset": "breast_cancer", "cost_matrix": "medical.json"},
        {"plugins": PLUGINS / "breast_cancer"},
    )


def test_the_image_is_little_more_than_tensorflow(image):
    lines = docker(
        "history", image, "--human=false", "--no-trunc", "--format", "{{.Size}} {{.CreatedBy}}"
    )
    layers = [line.split(" ", 1) for line in lines.splitlines()][::-1]
    until = next(k for k, (_, made_by) in enumerate(layers) if "tensorflow.txt" in made_by)
    size = sum(int(size) for size, _ in layers)
    tensorflow = sum(int(size) for size, _ in layers[: until + 1])
    base = sum(int(size) for size, _ in layers[: until - 1])
    print(
        f"base {base / 1e6:.0f} MB, with TensorFlow {tensorflow / 1e6:.0f}, image {size / 1e6:.0f}"
    )
    # Of which DuckDB, which reads tables, is .035, ONNX with its runtime .05, Arrow .06.
    assert size <= 1.35 * tensorflow


def test_the_image_says_what_it_honours(image):
    for capability in ("accept-bind-to-port", "multi-models"):
        label = f"com.amazonaws.sagemaker.capabilities.{capability}"
        form = f'{{{{index .Config.Labels "{label}"}}}}'
        assert docker("image", "inspect", "--format", form, image) == "true"


def test_breast_cancer_through_the_sdk(breast_cancer):
    log, model, run = breast_cancer
    (dollars,) = re.findall(r"model=medical; dollars_per_case=(\S+);", log)
    metrics = json.loads((run / "metrics.json").read_text())
    (medical,) = [one for one in metrics["models"] if one["name"] == "medical"]
    assert float(dollars) == pytest.approx(medical["dollars_per_case"])
    assert -16_000 < float(dollars) < -15_000  # README: -15,282.86
    assert f"served model={metrics['served']['model']};" in log
    assert (run / "report.html").is_file()
    assert load(model).labels == ("benign", "malignant")
    (seconds,) = re.findall(r"first epoch after (\S+) s", log)
    print(f"first epoch {seconds} s after the entry point's start")
    assert float(seconds) < 30
    assert "stays root" not in log


def test_street_signs_through_the_sdk(image, tmp_path):
    log, model, _ = local_mode(
        image,
        tmp_path / "street-signs",
        {"dataset": "street_signs", "epochs": "2", "report": "false"},
        {"plugins": PLUGINS / "street_signs"},
    )
    assert "served model=" in log
    assert load(model).artifact.signature.input_shape[-1] == 3


def test_two_hosts_train_a_plugin_the_image_has_never_seen(image, tmp_path):
    """Through the SDK, too; a host alone comes to the same."""
    throwaway.write_wheel(tmp_path / "plugins")
    (tmp_path / "matrices").mkdir()
    (tmp_path / "matrices/mint.json").write_text(json.dumps(throwaway.MATRIX))
    hyperparameters = {"dataset": "coins", "cost_matrix": "mint.json", "epochs": "4"}
    channels = {"plugins": tmp_path / "plugins", "matrices": tmp_path / "matrices"}
    log, two, _ = local_mode(image, tmp_path / "two-hosts", hyperparameters, channels, hosts=2)
    assert len(re.findall("served model=", log)) == 1  # the chief's

    here = job_folder(tmp_path / "here", hyperparameters, **channels)
    train_here(here)
    same_weights(load(two), load(here / "model"), 1e-5)


def test_sigterm_saves_and_the_container_started_again_goes_on(image, tmp_path):
    hyperparameters = {
        "dataset": "breast_cancer",
        "cost_matrix": "medical.json",
        "model": "mlp",
        "model_parameters": '{"layers": 2, "dropout": 0.2}',
        "epochs": "1000",
        "folds": "2",
        "report": "false",
    }
    channels = {"plugins": PLUGINS / "breast_cancer"}
    there = job_folder(tmp_path / "there", hyperparameters, **channels)
    name = docker("create", "-v", f"{there}:/opt/ml", image, "train")
    try:
        docker("start", name)
        wait_for(lambda: list(there.glob("checkpoints/*.npz")), name)
        assert re.search(r"Uid:\s+(?!0\b)", docker("exec", name, "grep", "Uid", "/proc/1/status"))
        docker("stop", "-t", 120, name)
        assert docker("inspect", "-f", "{{.State.ExitCode}}", name) == str(128 + 15)
        assert not (there / "output/failure").exists()
        assert not list((there / "model").iterdir())
        reached = [len(np.load(path)["losses"]) for path in there.glob("checkpoints/*.npz")]
        assert min(reached) < 1000
        docker("start", "--attach", name)
    finally:
        docker("rm", "-f", name)
    here = job_folder(tmp_path / "here", hyperparameters, **channels)
    train_here(here)
    same_weights(load(there / "model"), load(here / "model"), 1e-6)


def test_the_same_image_serves_and_says_why_a_plugin_fails(image, breast_cancer, tmp_path):
    _, model, _ = breast_cancer
    throwaway.write_wheel(tmp_path / "plugins", throwaway.BROKEN)
    hyperparameters = {"dataset": "coins", "cost_matrix": json.dumps(throwaway.MATRIX)}
    failing = job_folder(tmp_path / "job", hyperparameters, plugins=tmp_path / "plugins")
    volumes = ["-v", f"{model}:/opt/ml/model:ro", "-v", f"{failing}:/job"]
    variables = ["-e", f"SAGEMAKER_BIND_TO_PORT={PORT}"]
    name = docker("run", "-d", "-p", f"{PORT}:{PORT}", *volumes, *variables, image, "serve")
    try:
        wait_for(lambda: status("/ping") == 200, name)
        (seconds,) = re.findall(r"serving on \S+ after (\S+) s", docker("logs", name))
        print(f"/ping ready {seconds} s after the entry point's start")
        assert float(seconds) < 20
        X = load_breast_cancer().data[:20]
        body = "\n".join(",".join(map(repr, row)) for row in X.tolist()).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{PORT}/invocations", body, {"Content-Type": "text/csv"}
        )
        answer = json.load(urllib.request.urlopen(request))
        decisions = [one["decision"] for one in answer["predictions"]]
        assert decisions == load(model).predict(X).tolist()

        # In the container that runs, because each costs a minute.
        command = ["docker", "exec", "-e", "FW_ML_ROOT=/job", name]
        done = subprocess.run([*command, "python", "-m", "framework.container", "train"])
        assert done.returncode == 2
        assert "the mint is closed" in (failing / "output/failure").read_text().splitlines()[0]
    finally:
        docker("rm", "-f", name)


def job_folder(root, hyperparameters, **channels):
    """What SageMaker would mount as /opt/ml."""
    (root / "input/config").mkdir(parents=True)
    (root / "input/config/hyperparameters.json").write_text(json.dumps(hyperparameters))
    for name, folder in channels.items():
        shutil.copytree(
            folder, root / "input/data" / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    return root


def train_here(root):
    """The same entry point on this machine."""
    subprocess.run(
        [sys.executable, "-m", "framework.container", "train"],
        check=True,
        env={**os.environ, "FW_ML_ROOT": str(root)},
    )


def wait_for(condition, name, seconds=240):
    for _ in range(seconds * 10):
        if condition():
            return
        assert docker("inspect", "-f", "{{.State.Running}}", name) == "true", docker("logs", name)
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain: {docker('logs', name)}")


def status(path):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}").status
    except OSError:
        return None


def same_weights(one, other, tolerance):
    pairs = zip(one.network.model.get_weights(), other.network.model.get_weights(), strict=True)
    for a, b in pairs:
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)
