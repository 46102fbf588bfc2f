"""Two processes that train together come to what one does, and only the first writes."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner

from framework.cli.main import main
from tests.processes import python

pytestmark = pytest.mark.slow

FW = str(Path(sys.executable).with_name("fw"))
# Of 426 training cases, the last batch of 25 has 1, which leaves the second host without any.
RUN = ["run", "breast_cancer", "--cost-matrix", "medical.json", "--model", "mlp", "--folds", "1"]
RUN += ["--epochs", "3", "--l2", "0.01", "--batch-size", "25", "--no-references", "--no-report"]


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def start(index, ports, command):
    workers = [f"127.0.0.1:{port}" for port in ports]
    cluster = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
    return subprocess.Popen(
        command,
        env={**os.environ, "TF_CONFIG": json.dumps(cluster)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


NORMALISED = """
import sys
from framework import ModelSpec, RunConfig, hookimpl, run
from framework.plugins.registry import Plugin, Registry


def build(input_shape, n_classes):
    import keras

    hidden = [keras.layers.BatchNormalization(momentum=0.5), keras.layers.Dense(4, "relu")]
    ends = keras.layers.Dense(1, "sigmoid")
    return keras.Sequential([keras.Input(input_shape), *hidden, ends])


class Normalised:
    @hookimpl
    def fw_register_models(self):
        return [ModelSpec("normalised", build)]


registry = Registry()
registry.register(Normalised(), Plugin("normalised", "normalised", "1"))
settings = {"cost_matrix": "medical.json", "model": "normalised", "folds": 1, "epochs": 3}
settings |= {"batch_size": 25, "references": False, "report": False, "out": sys.argv[1]}
run(RunConfig(dataset="breast_cancer", **settings), registry)
"""


def test_a_host_without_a_case_leaves_the_averages_of_batch_normalisation_to_the_others(tmp_path):
    ports = free_ports(2)
    hosts = [
        start(index, ports, python(NORMALISED, tmp_path / f"host{index}")) for index in range(2)
    ]
    outputs = [host.communicate(timeout=120)[0] for host in hosts]
    assert [host.returncode for host in hosts] == [0, 0], "\n".join(outputs)
    for name in ("built-in", "medical"):
        model = keras.saving.load_model(tmp_path / "host0" / "models" / name / "model.keras")
        (normalisation,) = (
            layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)
        )
        # Features are standardised; a last batch of one case moves the averages by half.
        mean, variance = (np.asarray(v) for v in normalisation.non_trainable_variables)
        assert np.isfinite([mean, variance]).all()
        assert (variance > 0).all()


def test_two_hosts_train_what_one_does(tmp_path):
    ports = free_ports(2)
    hosts = [
        start(
            index,
            ports,
            [
                *[FW, *RUN, "--out", str(tmp_path / f"host{index}")],
                *["--checkpoints", str(tmp_path / f"checkpoints{index}")],
            ],
        )
        for index in range(2)
    ]
    outputs = [host.communicate(timeout=120)[0] for host in hosts]
    assert [host.returncode for host in hosts] == [0, 0], "\n".join(outputs)
    assert not (tmp_path / "host1").exists()

    done = CliRunner().invoke(main, [*RUN, "--out", str(tmp_path / "one")])
    assert done.exit_code == 0, done.output
    for name in ("built-in", "medical"):
        one, two = (
            keras.saving.load_model(tmp_path / run / "models" / name / "model.keras").get_weights()
            for run in ("one", "host0")
        )
        for a, b in zip(one, two, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-5)
