"""``--config``: a run's own config.json runs it again, and gives the same figures."""

import json
from pathlib import Path

import pytest

from framework.core.files import read_json

QUICK = ("--epochs", "3", "--no-report")
PRICED = ("--cost", "bad->good=5", "--cost", "good->bad=1")


def figures(path):
    """What a run or a sweep found out, but for the time and the place."""
    told = read_json(Path(path))
    for name in ("run_dir", "train_seconds"):
        told.pop(name, None)
    for model in told["models"]:
        model.pop("train_seconds", None)
    return told


def settings(folder):
    return read_json(Path(folder, "config.json"))


@pytest.fixture
def table(tmp_path):
    """A table with a gap, as a person would have it."""
    lines = ["amount,kind,status"]
    lines += [
        f"{k % 37 if k % 9 else ''},{'ab'[k % 2]},{'bad' if k % 5 == 0 else 'good'}"
        for k in range(200)
    ]
    (tmp_path / "loans.csv").write_text("\n".join(lines))


@pytest.mark.slow
@pytest.mark.parametrize(
    "given",
    [
        ("breast_cancer", "--cost-matrix", "medical.json", "--no-references"),
        # There is time for the first family alone (tests/experiment/fitting/test_pools.py has all of them).
        (
            *("breast_cancer", "--strategy", "auto", "--loss", "cross_entropy", "--folds", "2"),
            *("--time-budget", "0.001s"),
        ),
        ("loans.csv", "--target", "status", *PRICED, "--drop", "kind"),
    ],
    ids=("plugin", "auto", "table"),
)
def test_a_run_is_repeated_with_the_same_figures(cli, table, given):
    assert cli("run", *given, *QUICK, "--out", "first").exit_code == 0
    done = cli("run", "--config", "first/config.json", "--out", "again")
    assert done.exit_code == 0, done.output
    assert figures("again/metrics.json") == figures("first/metrics.json")
    config, first = settings("again"), settings("first")
    assert {**config, "out": "first"} == first


@pytest.mark.slow
def test_further_options_take_the_place_of_what_it_says_and_out_is_never_taken_over(cli):
    cli("run", "breast_cancer", *QUICK, "--out", "first")
    done = cli("run", "--config", "first/config.json", "--seed", "1", "--epochs", "2")
    assert done.exit_code == 0, done.output
    folder = done.stdout.split()[-1]
    assert folder.startswith("runs/breast_cancer-")
    changed = {"seed": 1, "epochs": 2, "out": None}
    assert settings(folder) == {**settings("first"), **changed}


@pytest.mark.slow
def test_a_sweep_is_repeated_with_what_was_swept(cli):
    swept = ("--scale", "cell=malignant->benign:x0.1..x10", "--points", "3")
    assert cli("sweep", "breast_cancer", *swept, *QUICK, "--out", "first").exit_code == 0
    done = cli("sweep", "--config", "first/config.json", "--out", "again")
    assert done.exit_code == 0, done.output
    assert figures("again/sweep.json") == figures("first/sweep.json")
    done = cli(*("sweep", "--config", "first/config.json", "--points", "2", "--json"))
    assert json.loads(done.stdout)["axis"]["values"] == pytest.approx([0.1, 10])


def test_without_a_dataset_or_a_file_one_is_asked_for(cli):
    for command in ("run", "sweep"):
        done = cli(command)
        assert done.exit_code == 2
        assert done.stderr == (
            "Error: name a DATASET (see fw plugins), or a run's config.json with --config\n"
        )
