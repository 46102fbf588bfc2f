"""The container's entry point in a process of its own, in a folder that stands for /opt/ml."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from framework import load
from framework.container.cluster import tf_config
from framework.container.install import install
from framework.container.user import unreadable
from framework.core.errors import ConfigError, PluginError
from framework.data.reading import read_table
from framework.sagemaker.contract import Paths
from framework.sagemaker.jobs.metric_lines import METRICS
from tests.sagemaker import throwaway
from tests.tickets import tickets, write_csv

FIGURES = {metric["Name"]: metric["Regex"] for metric in METRICS}


def job(root, hyperparameters, arguments=("train",)):
    config = root / "input/config"
    config.mkdir(parents=True)
    (config / "hyperparameters.json").write_text(json.dumps(hyperparameters))
    return subprocess.run(
        [sys.executable, "-m", "framework.container", *arguments],
        env={**os.environ, "FW_ML_ROOT": str(root)},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_a_plugin_that_comes_in_a_channel_is_trained(tmp_path):
    throwaway.write_wheel(tmp_path / "input/data/plugins")
    matrices = tmp_path / "input/data/matrices"
    matrices.mkdir()
    (matrices / "file.json").write_text(json.dumps({**throwaway.MATRIX, "name": "from file"}))
    done = job(
        tmp_path,
        {
            "dataset": "coins",
            "cost_matrix": json.dumps([throwaway.MATRIX, "file.json"]),
            "epochs": "3",
            "folds": "2",
            "sagemaker_job_name": "coins-1",
        },
        arguments=(),
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "output/failure").exists()

    model = load(tmp_path / "model")
    assert model.artifact.cost_matrix.name == "mint"
    assert json.loads((tmp_path / "model/run.json").read_text())["kind"] == "model"
    assert {path.name for path in (tmp_path / "output/data").iterdir()} >= {
        "metrics.json",
        "run.json",
        "report.html",
        "models",
        "predictions",
    }
    metrics = json.loads((tmp_path / "output/data/metrics.json").read_text())
    names = [one["name"] for one in metrics["models"]]
    assert names == ["built-in", "built-in + decision", "mint", "from file"]
    (served,) = [m for m in metrics["models"] if m["name"] == metrics["served"]["model"]]
    for name, expected in (
        ("dollars_per_case", served["dollars_per_case"]),
        ("validation_dollars_per_case", served["validation"]["dollars_per_case"]),
    ):
        (found,) = re.findall(FIGURES[name], done.stdout)
        assert float(found) == pytest.approx(expected)
    (savings,) = re.findall(FIGURES["savings"], done.stdout)
    assert float(savings) <= 1
    assert re.findall(FIGURES["loss"], done.stdout)
    assert len(re.findall(r"(?m)^model=|^served model=", done.stdout)) == 4


# Of tables: sooner done, and one loss is one graph.
QUICK = {
    "target": "priority",
    "cost": json.dumps(["*->*=1"]),
    "loss": "cross_entropy",
    "epochs": "2",
    "folds": "1",
    "report": "false",
}


@pytest.mark.slow
def test_parquet_that_comes_in_a_channel_in_parts_is_trained(tmp_path):
    channel = tmp_path / "input/data/train"
    channel.mkdir(parents=True)
    whole = pyarrow.Table.from_pylist(tickets(120))
    for k in range(3):
        pyarrow.parquet.write_table(whole.slice(40 * k, 40), channel / f"part-{k}.parquet")
    done = job(tmp_path, {"dataset": "s.parquet", **QUICK})
    assert done.returncode == 0, done.stderr
    metrics = json.loads((tmp_path / "output/data/metrics.json").read_text())
    assert metrics["n_train"] + metrics["n_test"] == 120


@pytest.mark.slow
def test_a_table_that_comes_in_a_channel_is_trained_and_served(tmp_path, monkeypatch):
    """And the job notes its image in what it leaves."""
    monkeypatch.setenv("FW_IMAGE", "registry/image:1-abc@sha256:0")
    (tmp_path / "input/data/train").mkdir(parents=True)
    path = write_csv(tmp_path / "input/data/train/tickets.csv", tickets(120))
    done = job(tmp_path, {"dataset": "tickets.csv", **QUICK})
    assert done.returncode == 0, done.stderr
    assert "free text; --text note takes its words" in done.stdout
    model = load(tmp_path / "model")
    assert len(model.predict(read_table(path))) == 120
    metrics = json.loads((tmp_path / "output/data/metrics.json").read_text())
    assert metrics["versions"]["image"] == "registry/image:1-abc@sha256:0"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hyperparameters", "code", "reason"),
    [
        ({"dataset": "coins", "nonsense": "1"}, 2, 'unknown setting "nonsense"'),
        ({"dataset": "coins"}, 2, "the mint is closed"),
    ],
)
def test_a_failure_says_why_in_its_first_line(hyperparameters, code, reason, tmp_path):
    throwaway.write_wheel(tmp_path / "input/data/plugins", throwaway.BROKEN)
    hyperparameters = {**hyperparameters, "cost_matrix": json.dumps(throwaway.MATRIX)}
    done = job(tmp_path, hyperparameters)
    assert done.returncode == code
    first, *rest = (tmp_path / "output/failure").read_text().splitlines()
    assert reason in first
    assert f"Error: {first}" in done.stderr
    assert any(line.startswith("Traceback") for line in rest)
    assert not (tmp_path / "model").exists()


def test_a_stream_is_refused_in_a_sentence(tmp_path):
    config = tmp_path / "input/config"
    config.mkdir(parents=True)
    channel = {"train": {"TrainingInputMode": "Pipe"}}
    (config / "inputdataconfig.json").write_text(json.dumps(channel))
    with pytest.raises(ConfigError, match=r'the channel "train" comes in Pipe mode.*FastFile'):
        Paths(tmp_path).channels()


def test_jobs_of_one_tuning_save_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINING_JOB_NAME", "tuning-007")
    paths = Paths(tmp_path)
    assert paths.own_checkpoints({"dataset": "d"}) == paths.checkpoints
    tuned = {"_tuning_objective_metric": "m"}
    assert paths.own_checkpoints(tuned) == paths.checkpoints / "tuning-007"


@pytest.mark.slow
def test_a_job_that_is_stopped_while_a_plugin_loads_has_not_failed(tmp_path):
    """The signal comes up in the plugin's code; no guard takes it for the plugin's own error."""
    stop = "import os, signal\n    os.kill(os.getpid(), signal.SIGTERM)\n    import numpy"
    stopping = throwaway.MODULE.replace("import numpy", stop)
    throwaway.write_wheel(tmp_path / "input/data/plugins", stopping)
    done = job(tmp_path, {"dataset": "coins", "cost_matrix": json.dumps(throwaway.MATRIX)})
    assert done.returncode == 128 + 15, done.stderr
    assert not (tmp_path / "output/failure").exists()


@pytest.mark.slow
def test_an_exit_of_a_plugin_is_a_failure(tmp_path):
    leaving = throwaway.MODULE.replace("import numpy", "raise SystemExit(0)\n    import numpy")
    throwaway.write_wheel(tmp_path / "input/data/plugins", leaving)
    done = job(tmp_path, {"dataset": "coins", "cost_matrix": json.dumps(throwaway.MATRIX)})
    assert done.returncode == 2
    assert "failed to load: SystemExit: 0" in (tmp_path / "output/failure").read_text()


def test_neither_train_nor_serve(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "framework.container"],
        env={**os.environ, "FW_ML_ROOT": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Error: expected train or serve, received nothing")


def test_a_channel_without_a_plugin(tmp_path):
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(PluginError, match=r"expected wheels or source folders .*notes\.txt"):
        install(tmp_path)
    (tmp_path / "broken.whl").write_text("no archive")
    with pytest.raises(PluginError, match=r"broken\.whl: is not a wheel"):
        install(tmp_path)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can try what another user may read")
def test_what_another_user_cannot_read():
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are of one user alone
        Path(folder).chmod(0o755)
        channel = Path(folder, "channel")
        channel.mkdir()
        (channel / "file").write_text("")
        assert unreadable([channel], 65534, 65534) == ""
        (channel / "file").chmod(0o600)
        assert unreadable([channel], 65534, 65534).endswith("channel/file")
        channel.chmod(0o700)
        assert "channel" in unreadable([channel], 65534, 65534)


def test_hosts_become_tf_config(tmp_path):
    resources = tmp_path / "resourceconfig.json"
    assert tf_config(resources) is None
    resources.write_text(json.dumps({"current_host": "algo-1", "hosts": ["algo-1"]}))
    assert tf_config(resources) is None
    resources.write_text(json.dumps({"current_host": "algo-2", "hosts": ["algo-2", "algo-1"]}))
    assert json.loads(tf_config(resources) or "") == {
        "cluster": {"worker": ["algo-1:2222", "algo-2:2223"]},
        "task": {"type": "worker", "index": 1},
    }
