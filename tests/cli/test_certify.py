import csv
import json

import pytest

from tests.cli.calling import call

REFERRAL = {
    "name": "with referral",
    "labels": ["benign", "malignant"],
    "costs": [[0, 1288], [252_000, 35_280]],
    "refer": [400, 36_000],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a run whose matrix prices a referral, and 200 cases."""
    from sklearn.datasets import load_breast_cancer

    folder = tmp_path_factory.mktemp("promise")
    (folder / "matrix.json").write_text(json.dumps(REFERRAL))
    run = (
        "run",
        "breast_cancer",
        "--cost-matrix",
        folder / "matrix.json",
        "--no-report",
        "--epochs",
        "60",
    )
    done = call(*run, "--out", folder / "run")
    assert done.exit_code == 0, done.output
    load_breast_cancer(as_frame=True).data[:200].to_csv(folder / "new.csv", index=False)
    return folder


def test_a_promise_is_certified_on_the_test_part_and_kept_by_predictions(place):
    certificate = place / "certificate.json"
    done = call("certify", place / "run", "--promise", "40000@0.95", "--out", certificate)
    assert done.exit_code == 0, done.output
    assert "a loss of at most $40,000.00 a case is kept with 95% confidence" in done.stdout
    assert "on 143 cases" in done.stdout
    told = json.loads(certificate.read_text())
    assert told["kept"]
    done = call("predict", place / "run", place / "new.csv", "--certificate", certificate)
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(done.stdout.splitlines()))
    for row in rows:
        of = {d: -float(row[f"expected_dollars({d})"]) for d in told["decisions"]}
        cheapest = min(("benign", "malignant"), key=of.get)
        above = told["refer_above_dollars"]
        refers = above is not None and of[cheapest] - of["refer"] > above
        assert row["predicted"] == ("refer" if refers else cheapest)
        assert row["decided_by"].startswith("promise: least expected cost")


def test_what_cannot_be_kept_is_told_with_the_smallest_that_can(place):
    told = json.loads(call("certify", place / "run", "--promise", "14000@0.95", "--json").stdout)
    assert not told["kept"]
    assert told["smallest_promise"] > 14_000
    done = call("certify", place / "run", "--promise", "14000@0.95")
    assert "the smallest promise that can be kept is $" in done.stdout


def test_a_run_whose_matrix_prices_no_referral_is_refused(place):
    run = ("run", "breast_cancer", "--cost-matrix", "medical.json", "--no-report", "--epochs", "2")
    assert call(*run, "--out", place / "plain").exit_code == 0
    done = call("certify", place / "plain", "--promise", "40000@0.95")
    assert done.exit_code == 2
    assert "does not say what a referral costs" in done.stderr


def test_nothing_is_overwritten_and_limits_are_not_mixed(place):
    (place / "there.json").write_text("mine")
    done = call("certify", place / "run", "--promise", "40000@0.95", "--out", place / "there.json")
    assert done.exit_code == 2
    assert (place / "there.json").read_text() == "mine"
    done = call(
        *("predict", place / "run", place / "new.csv", "--capacity", "refer<=3"),
        *("--certificate", place / "there.json"),
    )
    assert done.exit_code == 2
    assert "decisions go by one of them" in done.stderr
