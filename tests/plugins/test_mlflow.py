"""Runs in MLflow: settings, dollars, dollars by epoch, matrix, report and model of every finished run."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec

import pytest
from click.testing import CliRunner
from sklearn.datasets import load_breast_cancer

from framework import RunConfig, load, run
from framework.cli.main import main
from framework.core.errors import ConfigError
from framework.plugins.registry import Plugin

from ..conftest import FIVE, offering_blobs

pytest.importorskip("mlflow", reason="mlflow is not installed: pip install mlflow")
fw_mlflow = pytest.importorskip("fw_mlflow", reason="the plugin is not installed: plugins/mlflow")
needs_server = pytest.mark.skipif(
    find_spec("sqlalchemy") is None, reason="MLflow's server is not installed: pip install mlflow"
)

# Of MLflow itself, which warns of its own future.
pytestmark = pytest.mark.filterwarnings("ignore")


def observed():
    registry = offering_blobs()
    registry.register(fw_mlflow, Plugin("mlflow", "fw-mlflow", "0.1.0"))
    return registry


def of_blobs(folder, **settings):
    settings = {"epochs": 2, "folds": 2, "report": False, **settings}
    return RunConfig(dataset="blobs", cost_matrix=(FIVE,), out=folder / "run", **settings)


@pytest.fixture
def uri(tmp_path, monkeypatch):
    """The address of a store that MLflow's smallest installation can write."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)
    return (tmp_path / "mlflow").as_uri()


def logged_at(uri, experiment):
    """MLflow's client, and the one run of the experiment."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    found = client.get_experiment_by_name(experiment)
    (logged,) = client.search_runs([found.experiment_id])
    assert logged.info.status == "FINISHED"
    return client, logged


def test_a_run_has_its_settings_dollars_and_files(uri, tmp_path):
    result = run(of_blobs(tmp_path, mlflow=uri), observed())
    client, logged = logged_at(uri, "blobs")
    assert logged.data.params["epochs"] == "2"
    assert "mlflow" not in logged.data.params
    served = result.model(result.served.model)
    assert logged.data.metrics["test_dollars_per_case"] == pytest.approx(served.mean_dollars)
    for model in result.models:
        name = model.name.replace("+", "_")
        found = logged.data.metrics[f"{name}.test_dollars_per_case"]
        assert found == pytest.approx(model.mean_dollars)
    assert logged.data.tags["fw.verdict"] == result.verdict
    assert logged.data.tags["fw.cost_matrix"] == FIVE.name
    files = {item.path for item in client.list_artifacts(logged.info.run_id)}
    assert {"metrics.json", "models"} <= files
    path = client.download_artifacts(logged.info.run_id, "metrics.json")
    with open(path) as file:
        assert json.load(file)["served"] == result.served.to_json()


def test_dollars_of_every_epoch_end_with_those_of_validation(uri, tmp_path):
    # Without calibration and with the likeliest class, what an epoch tells is what validation tells.
    result = run(of_blobs(tmp_path, mlflow=uri, epochs=3, calibration="none"), observed())
    client, logged = logged_at(uri, "blobs")
    dollars = client.get_metric_history(logged.info.run_id, "epoch.validation_dollars_per_case")
    assert [one.step for one in dollars] == [1, 2, 3]
    trained = result.first_trained.choice.trial.dollars_per_case
    assert dollars[-1].value == pytest.approx(trained)
    losses = client.get_metric_history(logged.info.run_id, "loss.validation")
    assert len(losses) == len([one for one in result.epochs if one.models == "validation"])
    assert losses[0].value == pytest.approx(result.epochs[0].loss)


def test_the_variables_of_mlflow_name_server_and_experiment_as_well(uri, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "trials")
    run(of_blobs(tmp_path), observed())
    logged_at(uri, "trials")


def test_a_setting_goes_before_a_variable(uri, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (tmp_path / "elsewhere").as_uri())
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "trials")
    run(of_blobs(tmp_path, mlflow=uri, mlflow_experiment="mine"), observed())
    logged_at(uri, "mine")
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_is_told_where_no_server_is_named(uri, tmp_path):
    run(of_blobs(tmp_path), observed())
    assert not (tmp_path / "mlflow").exists()


def test_without_the_plugin_nothing_is_trained(uri, tmp_path):
    with pytest.raises(ConfigError, match=r"the plugin fw-mlflow, .* is not installed"):
        run(of_blobs(tmp_path, mlflow=uri), offering_blobs())


def test_a_server_that_cannot_be_reached_leaves_the_run_as_it_is(
    uri, tmp_path, monkeypatch, caplog
):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    result = run(of_blobs(tmp_path, mlflow="http://127.0.0.1:9"), observed())
    assert (result.run_dir / "metrics.json").is_file()
    assert "fw_run_finished() of mlflow" in caplog.text


@pytest.fixture
def server(tmp_path):
    """The address of a real MLflow server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    store = ["--backend-store-uri", f"sqlite:///{tmp_path / 'mlflow.db'}"]
    store += ["--artifacts-destination", str(tmp_path / "artifacts"), "--workers", "1"]
    where = ["--host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-m", "mlflow", "server", *store, *where]
    log = (tmp_path / "server.log").open("w")
    with log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"}
        )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"{address}/health").close()
                break
            except OSError:
                assert process.poll() is None, (tmp_path / "server.log").read_text()
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


@needs_server
def test_fw_run_tells_a_real_server_settings_dollars_by_epoch_report_and_model(
    server, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    arguments = ["run", "breast_cancer", "--cost-matrix", "medical.json", "--epochs", "3"]
    tracked = ["--mlflow", server, "--mlflow-experiment", "cancer"]
    done = CliRunner().invoke(main, [*arguments, *tracked, "--folds", "2", "--out", "run"])
    assert done.exit_code == 0, done.output
    client, logged = logged_at(server, "cancer")
    assert logged.data.params["cost_matrix"] == "('medical.json',)"
    dollars = client.get_metric_history(logged.info.run_id, "epoch.validation_dollars_per_case")
    assert [one.step for one in dollars] == [1, 2, 3]
    folder = tmp_path / "fetched"
    folder.mkdir()
    client.download_artifacts(logged.info.run_id, "", str(folder))
    assert (folder / "report.html").read_bytes() == (tmp_path / "run/report.html").read_bytes()
    # What was told is a run folder, whose model decides.
    assert CliRunner().invoke(main, ["report", str(folder)]).exit_code == 0
    assert load(folder).predict(load_breast_cancer().data[:5]).shape == (5,)
    assert (folder / "models" / "medical" / "cost_matrix.json").is_file()
