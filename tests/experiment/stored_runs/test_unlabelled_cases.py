import csv
import json

import numpy as np
import pytest

from framework import CostMatrix, RunConfig, estimate_prevalence
from framework.core.costs.prevalence import target_shares
from framework.core.errors import ArtifactError, DataError
from framework.experiment.stored_runs.stored_run import read_run
from framework.experiment.stored_runs.unlabelled_cases import PrevalenceEstimate, training_shares
from tests.conftest import OLD_RUN, THREE, blobs, changeable_copy
from tests.experiment.conftest import PLAIN


def new_cases(shares, n=600, seed=3):
    """Features of cases as the "blobs" are, of other shares."""
    X, y = blobs(4 * n, len(shares), seed=seed)
    kept = [np.flatnonzero(y == k)[: round(n * share)] for k, share in enumerate(shares)]
    return X[np.concatenate(kept)]


@pytest.fixture(scope="session")
def two(finished):
    return finished(epochs=20, calibration="bias", decision_rule="minimum_expected_cost", **PLAIN)


def test_the_share_of_new_cases_is_found(two):
    found = estimate_prevalence(two.run_dir, new_cases([0.9, 0.1]))
    assert (found.model, found.labels, found.n) == (two.served.model, ("no", "yes"), 600)
    assert found.low[1] <= 0.1 <= found.high[1]
    assert abs(found.shares[1] - 0.1) < 0.06
    np.testing.assert_allclose(found.training, [0.5, 0.5])


def test_a_file_and_its_array_give_the_same(two, tmp_path):
    X = new_cases([0.7, 0.3], 60)
    with (tmp_path / "new.csv").open("w", newline="") as file:
        csv.writer(file).writerows([two.test.judge and ["x0", "x1", "x2"], *X.tolist()])
    names = json.loads((two.run_dir / "models" / "five" / "signature.json").read_text())
    header = ",".join(names["feature_names"])
    text = (tmp_path / "new.csv").read_text().split("\n", 1)[1]
    (tmp_path / "new.csv").write_text(f"{header}\n{text}")
    of_file = estimate_prevalence(two.run_dir, str(tmp_path / "new.csv"), "five")
    of_array = estimate_prevalence(two.run_dir, X, "five")
    assert of_file.to_json() == of_array.to_json()


def test_three_classes(finished):
    result = finished(dataset="blobs3", cost_matrix=THREE, epochs=30, **PLAIN)
    shares = np.array([0.2, 0.1, 0.7])
    found = estimate_prevalence(result.run_dir, new_cases(shares))
    assert ((found.low <= shares) & (shares <= found.high)).all()


def test_a_run_for_another_population_estimates_the_same(finished, two):
    there = finished(
        epochs=20,
        calibration="bias",
        decision_rule="minimum_expected_cost",
        prevalence={"yes": 0.02},
        **PLAIN,
    )
    X = new_cases([0.8, 0.2])
    name = two.baseline.name
    before, after = (estimate_prevalence(run.run_dir, X, model=name) for run in (two, there))
    np.testing.assert_allclose(after.shares, before.shares, atol=0.02)
    np.testing.assert_allclose(after.training, before.training)


def test_what_is_named_is_what_a_run_takes(two):
    found = estimate_prevalence(two.run_dir, new_cases([0.9, 0.1]))
    assert list(found.named) == ["yes"]
    assert RunConfig(dataset="blobs", prevalence=found.named).prevalence == found.named
    meant = target_shares(found.named, found.labels, found.training)
    np.testing.assert_allclose(meant, found.shares, atol=1e-3)
    assert found.option == f"--prevalence yes={found.named['yes']:g}"


def estimate(labels, shares, n=100):
    shares = np.array(shares)
    return PrevalenceEstimate("m", labels, n, shares, shares, shares, shares, ())


def test_options_are_quoted_and_no_share_is_0():
    found = estimate(("a b", "c", "$d"), [0.25, 0.75, 0.0])
    assert found.named == {"a b": 0.25, "$d": 0.005}
    assert found.option == "--prevalence 'a b=0.25' --prevalence '$d=0.005'"


def test_what_is_told_in_json(two):
    found = estimate_prevalence(two.run_dir, new_cases([0.9, 0.1], 100))
    told = json.loads(json.dumps(found.to_json()))
    assert told["estimated"]["yes"]["share"] == found.shares[1]
    assert told["estimated"]["yes"]["interval"] == [found.low[1], found.high[1]]
    assert told["training"] == {"no": 0.5, "yes": 0.5}
    assert told["prevalence"] == found.named


def test_few_cases_of_confused_classes_are_warned_of(two):
    found = estimate_prevalence(two.run_dir, new_cases([0.5, 0.5], 12))
    assert len(found.warnings) == 2
    assert found.warnings[0].startswith("the share of “no” is not told: ")
    assert found.warnings[0].endswith("12 new cases are too few")


def test_classes_that_the_model_mixes_up_are_named(finished):
    labels = ("a", "b", "c")
    result = finished(
        dataset="blobs3", cost_matrix=CostMatrix("t", labels, 1 - np.eye(3)), epochs=1, **PLAIN
    )
    run = read_run(result.run_dir)
    stated = run.served.stated
    assert stated.max(axis=1).mean() < 0.9  # hardly trained
    found = estimate_prevalence(result.run_dir, new_cases([1 / 3, 1 / 3, 1 / 3]))
    if found.warnings:
        assert "the model takes it for “" in found.warnings[0]


def test_mistakes_are_told_in_a_sentence(two, tmp_path):
    with pytest.raises(ArtifactError, match="has no model “x”; expected one of built-in, "):
        estimate_prevalence(two.run_dir, new_cases([0.9, 0.1]), "x")
    with pytest.raises(DataError, match="4 new cases tell nothing"):
        estimate_prevalence(two.run_dir, new_cases([0.5, 0.5], 4))
    (tmp_path / "new.csv").write_text("other\n1\n2\n")
    with pytest.raises(DataError, match=r"new\.csv: "):
        estimate_prevalence(two.run_dir, tmp_path / "new.csv")


def test_a_folder_of_old_tells_the_counts_of_its_training_part():
    np.testing.assert_allclose(training_shares(read_run(OLD_RUN)), [269 / 426, 157 / 426])


def test_of_what_does_not_tell_them_the_test_part_stands_for_it(two, tmp_path):
    changeable_copy(two.run_dir, tmp_path / "run")
    path = tmp_path / "run" / "metrics.json"
    metrics = json.loads(path.read_text())
    del metrics["prevalence"], metrics["training_part"]
    path.write_text(json.dumps(metrics))
    run = read_run(tmp_path / "run")
    np.testing.assert_allclose(training_shares(run), np.bincount(run.y_true) / len(run.y_true))
