"""A run that is told to stop, and the same command again."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
from click.testing import CliRunner

from framework.cli.main import main

FW = str(Path(sys.executable).with_name("fw"))
RUN = ["run", "breast_cancer", "--cost-matrix"]
RUN += ["medical.json", "--model", "mlp", "--model-parameter", "dropout=0.2", "--no-report"]
RUN += ["--model-parameter", "layers=2", "--optimizer", "adam", "--no-references", "--folds", "1"]
EPOCHS = 60


def weights(folder):
    model = keras.saving.load_model(folder / "models/medical/model.keras")
    return model.get_weights()


def test_sigterm_saves_and_the_same_command_ends_with_the_same_weights(tmp_path):
    command = [*RUN, "--epochs", str(EPOCHS)]
    unbroken = CliRunner().invoke(main, [*command, "--out", str(tmp_path / "unbroken")])
    assert unbroken.exit_code == 0, unbroken.output

    saved = tmp_path / "checkpoints"
    command += ["--out", str(tmp_path / "resumed"), "--checkpoints", str(saved)]
    stopped = subprocess.Popen([FW, *command], stderr=subprocess.PIPE, text=True)
    while not list(saved.glob("*.npz")):  # the baseline is trained; the next model is in work
        assert stopped.poll() is None
        time.sleep(0.05)
    stopped.send_signal(signal.SIGTERM)
    _, error = stopped.communicate(timeout=60)
    assert stopped.returncode == 2, error
    assert f"stopped and saved in {saved}" in error
    assert not (tmp_path / "resumed").exists()
    reached = sorted(len(np.load(path)["losses"]) for path in saved.glob("*.npz"))
    assert len(reached) == 2
    assert 0 < reached[0] < EPOCHS == reached[1]

    resumed = CliRunner().invoke(main, command)
    assert resumed.exit_code == 0, resumed.output
    for one, other in zip(
        weights(tmp_path / "resumed"), weights(tmp_path / "unbroken"), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)
    metrics = [
        json.loads(Path(tmp_path / run / "metrics.json").read_text())["models"]
        for run in ("resumed", "unbroken")
    ]
    assert [m["confusion_matrix"] for m in metrics[0]] == [
        m["confusion_matrix"] for m in metrics[1]
    ]
