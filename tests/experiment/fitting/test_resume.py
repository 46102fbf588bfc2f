"""A run that is told to stop, is killed or finds no room, and the same command again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner

from framework import CostMatrix
from framework.cli.main import main
from framework.core.errors import StorageError
from framework.core.files import read_json
from framework.experiment.folders.run_listing import list_runs
from framework.experiment.run import run
from framework.training.checkpoints import Checkpoints
from tests.conftest import FIVE, ROOT
from tests.experiment.conftest import settings
from tests.processes import python

FW = str(Path(sys.executable).with_name("fw"))
RUN = ["run", "breast_cancer", "--cost-matrix"]
RUN += ["medical.json", "--model", "mlp", "--model-parameter", "dropout=0.2", "--no-report"]
RUN += ["--model-parameter", "layers=2", "--optimizer", "adam", "--no-references", "--folds", "1"]
EPOCHS = 60


def weights(folder):
    model = keras.saving.load_model(folder / "models/medical/model.keras")
    return model.get_weights()


@pytest.mark.slow
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


KILLED = """
import os, signal
from pathlib import Path
from framework.experiment.run import run
from tests.conftest import offering_blobs
from tests.experiment.conftest import settings

def kill(folder):
    assert (folder / "metrics.json").is_file()
    os.kill(os.getpid(), signal.SIGKILL)

run(settings(out=Path({out!r})), offering_blobs(), add=kill)
"""


def told_of(metrics):
    """What two runs of the same command say alike."""
    told = read_json(metrics)
    models = [{**model, "train_seconds": 0} for model in told["models"]]
    return {**told, "models": models, "run_dir": ""}


@pytest.mark.slow
def test_a_run_that_was_killed_as_it_wrote_goes_on_and_trains_nothing(tmp_path, runs, registry):
    out = tmp_path / "r"
    program = KILLED.format(out=str(out))
    done = subprocess.run(python(program), cwd=ROOT, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert [(one.folder, one.state) for one in list_runs(tmp_path)] == [(out, "dead")]

    unbroken, every_epoch = runs()
    told = []
    run(settings(out=out), registry, told.append)
    # What is taken up tells of its last epoch alone.
    assert {progress.epoch for progress in told} == {3}
    assert len(told) < len(every_epoch)
    assert told_of(out / "metrics.json") == told_of(unbroken.run_dir / "metrics.json")
    for path in (unbroken.run_dir / "predictions").iterdir():
        assert (out / "predictions" / path.name).read_bytes() == path.read_bytes()
    assert [(one.folder, one.state) for one in list_runs(tmp_path)] == [(out, "complete")]


def test_a_full_disk_is_a_sentence_and_the_same_command_goes_on(tmp_path, registry, files_up_to):
    out = tmp_path / "r"

    def page(folder):
        with files_up_to(100):
            (folder / "report.html").write_text(1000 * "x")

    with pytest.raises(
        StorageError, match=r"r: the run was cut short: files may not be that large"
    ):
        run(settings(out=out), registry, add=page)
    assert [one.state for one in list_runs(tmp_path)] == ["dead"]
    told = []
    run(settings(out=out), registry, told.append)
    assert {progress.epoch for progress in told} == {3}


@pytest.mark.parametrize("saving", ["in its own folder", "where --checkpoints says"])
def test_classifiers_of_several_matrices_are_not_mixed_up(saving, tmp_path, registry):
    """Each matrix weights the cases in its own way."""
    fifty = CostMatrix("fifty", ("no", "yes"), [[0, 1], [50, 0]])
    trees = {"model": "extra_trees", "model_parameters": {"trees": 5}, "folds": 2}
    own = {"checkpoints": tmp_path / "saved"} if saving != "in its own folder" else {}

    def probabilities(*matrices, **given):
        config = settings(cost_matrix=matrices, out=tmp_path / "r", **trees, **given)
        found = run(config.model_copy(update={"out": tmp_path / str(len(seen))}), registry)
        seen.append(found)
        return {model.name: model.probabilities for model in found.models}

    seen = []
    alone = probabilities(FIVE) | probabilities(fifty)
    for _ in range(2):  # the second time taken up
        together = probabilities(FIVE, fifty, **own)
        for name in ("five", "fifty"):
            np.testing.assert_array_equal(together[name], alone[name])


def test_fitted_classifiers_are_taken_up(tmp_path, registry, monkeypatch):
    from framework.experiment.fitting import estimator_fits

    saved = tmp_path / "saved"
    config = settings(
        model="extra_trees", model_parameters={"trees": 5}, folds=2, checkpoints=saved
    )
    first = run(config.model_copy(update={"out": tmp_path / "a"}), registry)
    monkeypatch.setattr(estimator_fits, "fit", None)  # nothing is fitted again
    second = run(config.model_copy(update={"out": tmp_path / "b"}), registry)
    assert told_of(tmp_path / "a/metrics.json") == told_of(tmp_path / "b/metrics.json")
    for one, other in zip(first.models, second.models, strict=True):
        np.testing.assert_array_equal(one.probabilities, other.probabilities)
    monkeypatch.undo()

    (some, *_) = saved.glob("*.member")
    some.write_bytes(some.read_bytes()[:50])  # what cannot be read is fitted again
    third = run(config.model_copy(update={"out": tmp_path / "c"}), registry)
    np.testing.assert_array_equal(third.models[-1].probabilities, first.models[-1].probabilities)


def test_what_another_run_is_saving_in_the_same_folder_is_left_alone(tmp_path):
    (tmp_path / ".partial-young.npz").write_text("x")
    (tmp_path / ".partial-old.npz").write_text("x")
    yesterday = time.time() - 86_400
    os.utime(tmp_path / ".partial-old.npz", (yesterday, yesterday))
    Checkpoints(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".partial-young.npz"]
