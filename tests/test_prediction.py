import numpy as np
import pytest

from framework import CostMatrix, RunConfig, load, run
from framework.errors import ArtifactError

FIVE = CostMatrix("five", ("no", "yes"), [[0, 1], [5, 0]])


@pytest.fixture
def finished(registry, tmp_path):
    return run(RunConfig(dataset="blobs", cost_matrix=FIVE, epochs=1, out=tmp_path / "r"), registry)


def test_the_cheapest_model_is_meant_when_none_is_named(finished, registry):
    X = np.full((1, 3), 110.0)
    cheapest = load(finished.run_dir, registry=registry)
    named = load(finished.run_dir, finished.cheapest, registry)
    np.testing.assert_array_equal(cheapest.predict_proba(X), named.predict_proba(X))


def test_a_model_folder_is_loaded_as_well(finished, registry):
    model = load(finished.run_dir / "models" / "five", registry=registry)
    assert model.labels == ("no", "yes")


def test_expected_dollars_of_each_decision(finished, registry):
    model = load(finished.run_dir, registry=registry)
    answers = model.answer(np.full((2, 3), 110.0))
    no, yes = answers.probabilities[0]
    np.testing.assert_allclose(answers.expected_dollars[0], [-5 * yes, -no])
    assert answers.margins[0] == pytest.approx(abs(5 * yes - no))
    assert answers.dollars.tolist() == answers.expected_dollars[[0, 1], answers.decisions].tolist()


@pytest.mark.parametrize(
    ("folder", "model", "message"),
    [
        ("none", None, "no such folder"),
        (".", None, "is neither the folder of a run nor of a model"),
        ("r", "six", 'has no model "six"; it has: built-in, five'),
    ],
)
def test_a_folder_that_is_no_run_is_told(finished, registry, tmp_path, folder, model, message):
    with pytest.raises(ArtifactError, match=message):
        load(tmp_path / folder, model, registry)
