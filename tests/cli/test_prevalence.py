import csv
import json
import re

import numpy as np
import pytest

from tests.cli.calling import call

RUN = ("run", "breast_cancer", "--cost-matrix", "medical.json", "--no-report", "--epochs", "10")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a run of breast_cancer, and 300 of its cases, 6 of which are malignant."""
    from sklearn.datasets import load_breast_cancer

    folder = tmp_path_factory.mktemp("prevalence")
    done = call(*RUN, "--out", folder / "run")
    assert done.exit_code == 0, done.output
    cases = load_breast_cancer()
    benign, malignant = np.flatnonzero(cases.target == 1), np.flatnonzero(cases.target == 0)
    rows = cases.data[np.concatenate([benign[:294], malignant[:6]])]
    signature = json.loads((folder / "run" / "models" / "built-in" / "signature.json").read_text())
    with (folder / "new.csv").open("w", newline="") as file:
        csv.writer(file).writerows([signature["feature_names"], *rows.tolist()])
    return folder


def test_it_prints_shares_and_the_options_to_copy(place):
    done = call("prevalence", place / "run", place / "new.csv")
    assert done.exit_code == 0, done.output
    told = json.loads(call("prevalence", place / "run", place / "new.csv", "--json").stdout)
    low, high = told["estimated"]["malignant"]["interval"]
    assert low <= 0.02 <= high < 0.15
    assert "300 new cases" in done.stdout
    row = next(line for line in done.stdout.splitlines() if line.split()[:1] == ["malignant"])
    assert row.split()[1] == "36.9%"
    (option,) = re.findall(r"^--prevalence malignant=(\S+)$", done.stdout, re.MULTILINE)
    assert float(option) == told["prevalence"]["malignant"]


def test_the_options_run(place):
    printed = call("prevalence", place / "run", place / "new.csv", "--model", "medical").stdout
    option = printed.splitlines()[-1].split()
    done = call(*RUN, *option, "--json", "--out", place / "there")
    assert done.exit_code == 0, done.output
    target = json.loads((place / "there" / "metrics.json").read_text())["prevalence"]["target"]
    assert f"malignant={target['malignant']:.3g}" == option[1]


def test_what_cannot_be_told_is_warned_of(place):
    lines = (place / "new.csv").read_text().splitlines(keepends=True)
    (place / "few.csv").write_text("".join(lines[:6] + lines[-5:]))
    done = call("prevalence", place / "run", place / "few.csv")
    assert done.exit_code == 0, done.output
    assert "WARNING: the share of “benign” is not told: " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none", "new.csv"), "is missing"),
        (("run", "none.csv"), "none.csv"),
        (("run", "new.csv", "--model", "x"), "has no model “x”"),
    ],
)
def test_mistakes_are_told_in_a_sentence(place, arguments, said, monkeypatch):
    monkeypatch.chdir(place)
    done = call("prevalence", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
