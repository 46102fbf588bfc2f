import csv
from collections import Counter

import pytest
from click.testing import CliRunner

from framework.cli.main import main

RUN = (
    "run",
    "breast_cancer",
    "--cost-matrix",
    "three_actions.json",
    "--no-report",
    "--epochs",
    "10",
)


def call(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a run whose decisions are three actions, and 200 cases."""
    from sklearn.datasets import load_breast_cancer

    folder = tmp_path_factory.mktemp("capacity")
    done = call(*RUN, "--out", folder / "run")
    assert done.exit_code == 0, done.output
    load_breast_cancer(as_frame=True).data[:200].to_csv(folder / "new.csv", index=False)
    return folder


def decided(done):
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(done.stdout.splitlines()))


def test_capacity_limits_what_is_decided_for_the_whole_file(place):
    free = Counter(
        row["predicted"] for row in decided(call("predict", place / "run", place / "new.csv"))
    )
    assert free["biopsy"] > 40
    done = call("predict", place / "run", place / "new.csv", "--capacity", "biopsy<=20/100")
    rows = decided(done)
    assert Counter(row["predicted"] for row in rows)["biopsy"] == 40
    assert {row["decided_by"] for row in rows} == {"least expected cost within capacity"}
    assert "biopsy<=20/100: 40 of 40 used; one more would save $" in done.stderr
    assert "the limits cost $" in done.stderr


def test_whom_the_limit_leaves_out_is_told_what_would_be_cheaper(place):
    rows = decided(call("predict", place / "run", place / "new.csv", "--capacity", "biopsy<=0"))
    assert any(row["cheaper_by_stated_dollars"] == "biopsy" for row in rows)
    assert all(row["predicted"] != "biopsy" for row in rows)


def test_a_limit_on_what_there_is_not_is_refused_before_anything_is_written(place):
    done = call(
        *("predict", place / "run", place / "new.csv", "--capacity", "scan<=3"),
        *("--out", place / "out.csv"),
    )
    assert done.exit_code == 2
    assert (
        'there is no decision "scan"; expected one of "discharge", "second picture"' in done.stderr
    )
    assert not (place / "out.csv").exists()
