"""Folders on disk: those of old versions open at every door, those of newer ones are refused."""

import csv
import json
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from framework import Registry, RunConfig, load
from framework.cli.main import main
from framework.core.errors import ArtifactError
from framework.experiment.loading.checked_dataset import load_dataset
from framework.experiment.stored_runs.merging import merged
from framework.experiment.stored_runs.stored_run import read_run
from framework.serving import create_app
from tests.conftest import OLD_RUN, OLD_SWEEP

MODELS = ["built-in", "built-in + decision", "5:1", "medical"]


def fw(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def old(tmp_path):
    """Copies of the old folders, to write to: "run" and "sweep"."""
    shutil.copytree(OLD_RUN, tmp_path / "run")
    shutil.copytree(OLD_SWEEP, tmp_path / "sweep")
    return tmp_path


@pytest.fixture(scope="module")
def patients():
    offer = Registry().offer("dataset", "breast_cancer")
    return load_dataset(RunConfig(dataset="breast_cancer"), offer)


def test_an_old_run_reads_as_it_was_told():
    run = read_run(OLD_RUN)
    assert [model.name for model in run.models] == MODELS
    assert run.served.name == "built-in + decision"
    assert run.baseline.name == "built-in"
    assert run.served.confusion_matrix.tolist() == [[62, 26], [0, 55]]
    assert run.served.dollars_per_case == pytest.approx(-13803.35, abs=0.005)
    assert run.model("medical").dollars_per_case == pytest.approx(-15282.86, abs=0.005)
    for model in run.models:
        assert model.case_dollars.mean() == pytest.approx(model.dollars_per_case)


@pytest.mark.parametrize("name", MODELS)
def test_an_old_model_decides_as_it_did(name, patients):
    run = read_run(OLD_RUN)
    model, told = load(OLD_RUN, name), run.model(name)
    cases = patients.X[[int(case) for case in run.cases]]
    assert model.predict(cases).tolist() == [run.decision_labels[k] for k in told.decisions]
    np.testing.assert_allclose(model.predict_proba(cases), told.probabilities, atol=1e-6)


def test_an_old_run_is_reported(old):
    done = fw("report", old / "run")
    assert done.exit_code == 0, done.output
    page = (old / "run" / "report.html").read_text()
    assert "−$13,803.35" in page  # noqa: RUF001 -- the minus of a page
    assert "cannot tell" in page


def test_an_old_sweep_is_reported(old):
    done = fw("report", old / "sweep")
    assert done.exit_code == 0, done.output
    assert "moved at 31.6:1" in (old / "sweep" / "report.html").read_text()


def test_old_runs_are_compared(old):
    done = fw("compare", OLD_RUN, old / "run", "--json", "--out", old / "page.html")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["paired"]
    assert [model["model"] for model in told["models"]] == [
        "built-in + decision",
        "medical",
        "5:1",
        "built-in",
    ]
    assert told["models"][0]["runs"] == ["run_0_1", "run"]


def test_an_old_run_is_explained(old):
    done = fw("explain", old / "run", "--model", "medical", "--repeats", "2", "--json")
    assert done.exit_code == 0, done.output
    assert (old / "run" / "importance.html").is_file()


def test_an_old_run_decides_a_file(old, patients):
    with (old / "new.csv").open("w", newline="") as file:
        csv.writer(file).writerows([patients.feature_names, *patients.X[:5].tolist()])
    done = fw("predict", old / "run", old / "new.csv")
    assert done.exit_code == 0, done.output
    assert len(done.stdout.splitlines()) == 6


def test_an_old_run_is_merged_with_itself():
    run = read_run(OLD_RUN)
    both = merged([run, run], ("first", "second"))
    assert [model.name for model in both.models] == MODELS
    assert both.served.name == run.served.name


@pytest.mark.parametrize(
    "command",
    [
        ("report", "run"),
        ("report", "sweep"),
        ("compare", "run", "run"),
        ("explain", "run"),
        ("predict", "run", "new.csv"),
        ("predict", "run/models/medical", "new.csv"),
        ("sagemaker", "deploy", "run", "--dry-run"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "with other files"])
def test_a_newer_format_is_refused_whatever_is_in_it(command, whole, old, monkeypatch):
    monkeypatch.chdir(old)
    newer = old / command[1] if command[0] != "sagemaker" else old / "run"
    if not whole:
        shutil.rmtree(newer)
        newer.mkdir()
    (newer / "run.json").write_text('{"format": 2, "framework": "9.0.0"}')
    done = fw(*command)
    assert done.exit_code == 2, done.output
    assert "format 2, written by version 9.0.0" in done.stderr
    assert "install a newer framework" in done.stderr


@pytest.mark.parametrize("model", [None, "medical"])
def test_a_run_of_a_newer_format_is_not_served(model, old):
    (old / "run/run.json").write_text('{"format": 2}')
    with pytest.raises(ArtifactError, match="install a newer framework"):
        create_app(old / "run", model)


def test_a_model_of_a_newer_format_in_an_old_run_is_refused(old):
    (old / "run/models/medical/run.json").write_text('{"format": 2}')
    load(old / "run", "5:1")
    with pytest.raises(ArtifactError, match=r"medical is in format 2, written by version unknown"):
        load(old / "run", "medical")
