"""Runs small enough to train here, and servers of them that speak real HTTP."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
import urllib3
import uvicorn

from framework import CostMatrix, Dataset, DatasetSpec, Registry, RunConfig, hookimpl, load, run
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.experiment.loading.checked_dataset import load_dataset
from framework.plugins.registry import Plugin
from framework.serving import create_app
from framework.serving.connections import Connections
from framework.serving.limits import Limits
from tests.conftest import ROOT, blobs, plugin

ERRATIC = ROOT / "bench" / "soak" / "erratic"
FW = Path(sys.executable).with_name("fw")


class Client:
    """Of one server."""

    def __init__(self, url):
        self.url, self.pool = url, urllib3.PoolManager(maxsize=16)

    def get(self, path):
        return self.pool.request("GET", self.url + path)

    def post(self, body, content_type="application/json", accept=None, **more):
        headers = {"Content-Type": content_type} if content_type else {}
        headers |= {"Accept": accept} if accept else {}
        if content_type == "application/json" and not isinstance(body, bytes):
            more["json"] = body
        else:
            more["body"] = body
        return self.pool.request("POST", f"{self.url}/invocations", headers=headers, **more)

    def metric(self, name):
        """A value of GET /metrics; 0 where it is not there yet."""
        lines = self.get("/metrics").data.decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


def with_plugin(folder):
    """The environment of a process that has the plugin in a folder, as far as Python needs it."""
    path = filter(None, (os.environ.get("PYTHONPATH"), folder and str(folder)))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}


def run_of_a_plugin(folder, out, rule):
    """A run of breast_cancer with a decision rule of the plugin in ``folder``."""
    command = [FW, "run", "breast_cancer", "--cost-matrix", "medical.json", "--out", str(out)]
    command += ["--decision-rule", rule, "--no-references", "--no-report", "--epochs", "2"]
    subprocess.run(command, check=True, capture_output=True, env=with_plugin(folder))
    return out


def children(pid):
    """Processes that a process has started."""
    found = Path("/proc").glob(f"{pid}/task/*/children")
    return [int(child) for threads in found for child in threads.read_text().split()]


def waits(client, metric, value):
    """Until GET /metrics has a value as large."""
    end = time.monotonic() + 60
    while client.metric(metric) < value:
        assert time.monotonic() < end, metric
        time.sleep(0.02)


@contextlib.contextmanager
def started(*arguments, plugin=None, prefix=()):
    """``fw serve`` in a process of its own, and the URL that it says it serves on."""
    with tempfile.NamedTemporaryFile("w+") as log:
        command = [*prefix, FW, "serve", *map(str, arguments), "--port", "0"]
        process = subprocess.Popen(command, stderr=log, env=with_plugin(plugin))
        process.log = Path(log.name)
        try:
            while not (ready := re.search(r"^Serving .* on (\S+) ", process.log.read_text(), re.M)):
                assert process.poll() is None, process.log.read_text()
                time.sleep(0.05)
            yield process, ready[1]
        finally:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def serve():
    """Serves folders from threads of this process."""
    running = []

    def serve(
        folder, model=None, *, models=False, accept="application/json", prices=None, **limits
    ):
        limits = Limits(**limits)
        app = create_app(folder, model, limits, models=models, accept=accept, prices=prices)
        protocol = Connections(limits, app.state.service.refusals).protocol
        config = uvicorn.Config(app, port=0, log_level="warning", http=protocol)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        running.append((server, thread))
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        return Client(f"http://127.0.0.1:{port}")

    yield serve
    for server, _ in running:
        server.should_exit = True
    for _, thread in running:
        thread.join()


@pytest.fixture(scope="session")
def cancer_run(tmp_path_factory):
    out = tmp_path_factory.mktemp("cancer") / "run"
    settings = {"cost_matrix": "medical.json", "references": False, "report": False}
    return run(RunConfig(dataset="breast_cancer", epochs=5, out=out, **settings)).run_dir


@pytest.fixture(scope="session")
def cancer(cancer_run):
    """A client of ``fw serve`` with bodies of at most 1 MB."""
    with started(cancer_run, "--model", "medical", "--max-body", "1") as (_, url):
        yield Client(url)


@pytest.fixture(scope="session")
def cancer_model(cancer_run):
    return load(cancer_run, "medical")


@pytest.fixture(scope="session")
def patients():
    return load_dataset(
        RunConfig(dataset="breast_cancer"), Registry().offer("dataset", "breast_cancer")
    )


@pytest.fixture(scope="session")
def signs_run(signs_result):
    return signs_result.run_dir


@pytest.fixture(scope="session")
def loans_run(tmp_path_factory):
    """Three features, costs that grow with an amount that is none, and a price for referring."""
    matrix = CostMatrix(
        "loans",
        ("no", "yes"),
        [[0, 10], [0, 0]],
        refer=[40, 40],
        column_costs=[ColumnCost("yes", "no", "amount", 0.5)],
    )

    def table():
        X, y = blobs()
        return Dataset(X, y, ("no", "yes"), ("a", "b", "c"), cost_columns={"amount": X[:, 0]})

    @hookimpl
    def fw_register_datasets():
        return [DatasetSpec("loans", ("no", "yes"), table, default_model="logistic")]

    registry = Registry(entry_points=[])
    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("l", "fw-l", "1"))
    out = tmp_path_factory.mktemp("loans") / "run"
    settings = {"cost_matrix": matrix, "decision_rule": "minimum_expected_cost", "report": False}
    return run(RunConfig(dataset="loans", epochs=2, out=out, **settings), registry).run_dir


@pytest.fixture(scope="session")
def erratic_run(tmp_path_factory):
    return run_of_a_plugin(ERRATIC, tmp_path_factory.mktemp("erratic") / "run", "erratic")


@pytest.fixture
def served(cancer_run, tmp_path):
    """A folder as deployments have it: a link that is pointed to another model."""
    for name in ("medical", "built-in"):
        shutil.copytree(cancer_run / "models" / name, tmp_path / name)
    link = tmp_path / "now"
    link.symlink_to(tmp_path / "medical")
    return link
