"""Two processes that train together come to what one does, and only the first writes."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
from click.testing import CliRunner

from framework.cli.main import main

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


def start(index, ports, tmp_path):
    workers = [f"127.0.0.1:{port}" for port in ports]
    cluster = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
    return subprocess.Popen(
        [
            *[FW, *RUN, "--out", str(tmp_path / f"host{index}")],
            *["--checkpoints", str(tmp_path / f"checkpoints{index}")],
        ],
        env={**os.environ, "TF_CONFIG": json.dumps(cluster)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_two_hosts_train_what_one_does(tmp_path):
    ports = free_ports(2)
    hosts = [start(index, ports, tmp_path) for index in range(2)]
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
