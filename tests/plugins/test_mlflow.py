"""Runs in MLflow: settings, dollars, matrix, report and model of every finished run."""

import json

import pytest

from framework import RunConfig, run
from framework.plugins.registry import Plugin

from ..conftest import FIVE, offering_blobs

pytest.importorskip("mlflow", reason="mlflow is not installed: pip install mlflow")
fw_mlflow = pytest.importorskip("fw_mlflow", reason="the plugin is not installed: plugins/mlflow")

# Of MLflow itself, which warns of its own future.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """The result of a run that was told to MLflow, and its tracking URI."""
    uri = (tmp_path / "mlflow").as_uri()  # what its smallest installation can write
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.chdir(tmp_path)
    config = RunConfig(
        dataset="blobs", cost_matrix=(FIVE,), epochs=2, folds=2, out=tmp_path / "run", report=False
    )
    registry = offering_blobs()
    registry.register(fw_mlflow, Plugin("mlflow", "fw-mlflow", "0.1.0"))
    result = run(config, registry)
    return result, uri


def test_a_run_has_its_settings_dollars_and_files(finished):
    from mlflow import MlflowClient

    result, uri = finished
    client = MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name("blobs")
    (logged,) = client.search_runs([experiment.experiment_id])
    assert logged.info.status == "FINISHED"
    assert logged.data.params["epochs"] == "2"
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


def test_nothing_is_told_where_no_server_is_named(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    fw_mlflow.fw_run_finished(None, None)
