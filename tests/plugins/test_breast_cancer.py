"""The published result, on the real data."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from framework import CostMatrix, Registry, RunConfig, run
from framework.core.cases.splitting import split
from framework.experiment.loading.checked_dataset import load_dataset

CONFIG = RunConfig(dataset="breast_cancer", cost_matrix="medical.json")


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """Twenty seeds of the published recipe."""
    out = tmp_path_factory.mktemp("runs") / "seeds"
    return run(CONFIG.model_copy(update={"seeds": 20, "report": False, "out": out}))


def measures(model, label):
    return [outcome.evaluation.per_class[label] for outcome in model.outcomes]


def test_the_data_are_uci_with_malignant_as_the_positive_class():
    dataset = load_dataset(CONFIG, Registry().offer("dataset", "breast_cancer"))
    assert np.bincount(dataset.y).tolist() == [357, 212]
    np.testing.assert_array_equal(dataset.X, load_breast_cancer().data)
    assert dataset.feature_names == tuple(load_breast_cancer().feature_names)


def test_the_split_is_the_published_one(result):
    dataset = load_dataset(CONFIG, Registry().offer("dataset", "breast_cancer"))
    parts = split(dataset, test_fraction=0.25, seed=1, stratify=False)
    assert (len(parts.train), len(parts.test)) == (426, 143)
    assert np.bincount(dataset.y[parts.test]).tolist() == [88, 55]
    np.testing.assert_array_equal(result.test.rows, parts.test)


def test_three_models_as_published(result):
    names = [model.name for model in result.models]
    assert names == ["built-in", "built-in + decision", "5:1", "medical"]
    assert result.model("5:1").training_matrix.loss_weights.tolist() == [[0, 1], [5, 0]]
    assert result.model("medical").training_matrix.loss_weights.tolist() == [[0, 1], [200, 0]]
    assert result.config.to_json() | {"optimizer": "sgd", "scale": "raw"} == result.config.to_json()


def test_the_medical_model_saves_what_was_published(result):
    medical, built_in = result.model("medical"), result.baseline
    assert medical.dollars_per_case.mean() > -15_700
    assert -24_000 < built_in.dollars_per_case.mean() < -18_000
    assert (medical.dollars_per_case > built_in.dollars_per_case).sum() >= 19
    assert np.mean([m.recall for m in measures(medical, "malignant")]) >= 0.97
    assert np.mean([m.precision for m in measures(medical, "benign")]) >= 0.98


def test_some_seed_gives_the_published_confusion_matrix_to_the_cent(result):
    published = [[67, 21], [1, 54]]
    found = [
        outcome.evaluation
        for outcome in result.model("medical").outcomes
        if outcome.evaluation.confusion_matrix.tolist() == published
    ]
    assert found
    assert found[0].dollars_per_case == pytest.approx(-15_273.85, abs=0.005)


def test_of_three_actions_two_are_the_published_ones_and_the_third_is_said_to_be_invented():
    shipped = Registry().dataset("breast_cancer").shipped_matrices()
    acts, medical = (
        CostMatrix.from_file(shipped[name]) for name in ("three_actions.json", "medical.json")
    )
    assert acts.actions == ("discharge", "second picture", "biopsy")
    np.testing.assert_array_equal(acts.costs[:, [0, 2]], medical.costs)
    np.testing.assert_array_equal(acts.induced_costs, medical.costs)
    np.testing.assert_array_equal(acts.loss_weights, medical.loss_weights)
    assert 'The figures of "second picture" are invented' in acts.source
