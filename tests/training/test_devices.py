"""One host shares every batch among its devices: here two parts of a processor, for want of GPUs."""

import os
import subprocess

import keras
import numpy as np
import pytest

from tests.processes import python
from tests.training.test_hosts import FW, NORMALISED, RUN

pytestmark = pytest.mark.slow


def done(command, devices):
    environment = {**os.environ, "FW_DEVICES": devices}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def weights(run_dir, name):
    return keras.saving.load_model(run_dir / "models" / name / "model.keras").get_weights()


def test_every_batch_is_shared_among_the_devices():
    probe = "from framework.training.hosts import join; print(join().shares, join().count)"
    assert done(python(probe), "CPU:0,CPU:1").stdout.split() == ["2", "1"]
    assert done(python(probe), "CPU:0").stdout.split() == ["1", "1"]


@pytest.mark.parametrize("model", ["mlp", "logistic"])
def test_two_devices_train_what_one_does(tmp_path, model):
    command = [*RUN, "--model", model]
    for devices, out in (("CPU:0,CPU:1", "two"), ("", "one")):
        made = done([FW, *command, "--out", str(tmp_path / out)], devices)
        assert made.returncode == 0, made.stderr
    for name in ("built-in", "medical"):
        for a, b in zip(
            weights(tmp_path / "one", name), weights(tmp_path / "two", name), strict=True
        ):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-5)


def test_a_device_without_a_case_leaves_the_averages_of_batch_normalisation_to_the_others(tmp_path):
    made = done(python(NORMALISED, tmp_path / "run"), "CPU:0,CPU:1,CPU:2")
    assert made.returncode == 0, made.stderr
    for value in weights(tmp_path / "run", "medical"):
        assert np.isfinite(value).all()


@pytest.mark.parametrize("devices", ["GPU:7", "TPU:0", "CPU:0,GPU:0", "CPU:x"])
def test_a_device_that_is_not_there_is_told(tmp_path, devices):
    made = done([FW, *RUN, "--out", str(tmp_path / "run")], devices)
    assert made.returncode == 2
    assert "FW_DEVICES: expected GPUs of this host, which has " in made.stderr
    assert len(made.stderr.splitlines()) == 1 or "Error: FW_DEVICES" in made.stderr
