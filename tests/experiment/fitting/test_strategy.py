import json

import numpy as np
import pytest

from framework import CostMatrix, Dataset, load, run
from framework.core.cases.splitting import folds
from framework.core.costs.cost_matrix_columns import ColumnCost
from tests.conftest import FIVE, THREE, blobs
from tests.experiment.conftest import PLAIN, SHORT_SEARCH, settings

pytestmark = pytest.mark.usefixtures("elsewhere")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dataset", "matrix", "search"),
    [("blobs", FIVE, {"strategy": "auto"}), ("blobs3", THREE, SHORT_SEARCH)],
)
def test_auto_tells_the_pool_and_each_of_its_members(finished, dataset, matrix, search):
    result = finished(dataset=dataset, cost_matrix=matrix, **search)
    choice = result.model(matrix.name).choice
    pool, *members = choice.trials
    assert pool is choice.trial
    assert len(members) == len(choice.strategy.recipes) > 1
    for recipe, member in zip(choice.strategy.recipes, members, strict=True):
        assert member.strategy.startswith(str(recipe))
    assert result.baseline.choice.trials == ()
    told = json.loads(json.dumps(result.to_json()))["models"][-1]
    assert told["strategy"] == str(choice.strategy)
    assert told["validation"]["method"] == "5-fold cross-validation on the training part"
    assert len(told["validation"]["trials"]) == len(choice.trials)


def test_auto_never_looks_at_the_test_part(finished):
    """Other labels in the test part: the same choice, the same model."""
    first, second = (
        finished(dataset=name, model="logistic", **SHORT_SEARCH, **PLAIN).model("five")
        for name in ("right", "flipped")
    )
    assert first.choice.trials == second.choice.trials
    np.testing.assert_array_equal(first.probabilities, second.probabilities)
    np.testing.assert_array_equal(first.decisions, second.decisions)


def test_calibration_is_fitted_saved_and_used_by_the_loaded_model(registry, finished):
    result = finished()  # calibrated with a bias, if nobody says otherwise
    model = result.model("five")
    assert model.decision.calibration.temperature != 1
    loaded = load(result.run_dir, "five", registry)
    X = blobs()[0][result.test.rows]
    np.testing.assert_allclose(loaded.predict_proba(X), model.probabilities, atol=1e-6)
    assert loaded.artifact.decision == model.decision


@pytest.mark.parametrize("how", ["tuned", "natural_break"])
def test_a_threshold_is_found_in_validation(registry, how):
    result = run(settings(threshold=how, **PLAIN), registry)
    model = result.model("five")
    cut = model.decision.parameters["threshold"]
    assert 0 < cut < 1
    assert cut != 0.5
    np.testing.assert_array_equal(model.decisions, model.probabilities[:, 1] >= cut)


def test_the_baseline_decides_as_if_it_did_not_know_the_costs(finished):
    result = finished(dataset="blobs3", cost_matrix=THREE)
    assert result.model("three").decision.rule == "minimum_expected_cost"
    baseline = result.baseline
    assert baseline.decision.rule == "argmax"
    np.testing.assert_array_equal(baseline.decisions, baseline.probabilities.argmax(axis=1))


def test_averaged_members_are_one_model_on_disk(registry, finished):
    result = run(settings(members=3, **PLAIN), registry)
    model = result.model("five")
    X = blobs()[0][result.test.rows]
    loaded = load(result.run_dir, "five", registry)
    np.testing.assert_allclose(loaded.predict_proba(X), model.probabilities, atol=1e-6)
    single = finished(**PLAIN).model("five")
    assert not np.allclose(single.probabilities, model.probabilities)


@pytest.mark.parametrize("rule", ["threshold", "argmax"])
def test_a_rule_that_cannot_refer_is_told_where_referring_has_a_price(registry, rule):
    matrix = CostMatrix("refer", ("no", "yes"), [[0, 10], [10, 0]], refer=1.0)
    result = run(settings(cost_matrix=matrix, decision_rule=rule, **PLAIN), registry)
    assert result.to_json()["models"][-1]["referred"] == 0
    (told,) = [text for text in result.warnings if "never refers" in text]
    assert told.startswith(f'"refer" decides by the rule "{rule}"')
    assert "--decision-rule minimum_expected_cost" in told


def test_referring_a_case_is_a_decision_with_a_price(registry):
    matrix = CostMatrix("refer", ("no", "yes"), [[0, 10], [10, 0]], refer=1.0)
    result = run(
        settings(cost_matrix=matrix, decision_rule="minimum_expected_cost", **PLAIN), registry
    )
    model = result.model("refer")
    counts = model.evaluation.confusion_matrix
    assert counts.shape == (2, 3)
    assert counts[:, 2].sum() > 0
    by_hand = -(10 * (counts[0, 1] + counts[1, 0]) + counts[:, 2].sum()) / counts.sum()
    assert model.evaluation.dollars_per_case == pytest.approx(by_hand)
    loaded = load(result.run_dir, "refer", registry)
    X = blobs()[0][result.test.rows]
    assert (loaded.predict(X) == "refer").sum() == counts[:, 2].sum()
    assert result.to_json()["decisions"] == ["no", "yes", "refer"]


def test_costs_of_each_case_train_decide_and_judge(registry):
    matrix = CostMatrix(
        "amount",
        ("no", "yes"),
        [[0, 30], [0, 0]],
        column_costs=[ColumnCost("yes", "no", "x0", 1.0)],
    )
    result = run(settings(cost_matrix=matrix, decision_rule="minimum_expected_cost"), registry)
    X, y = blobs()
    X, y = X[result.test.rows], y[result.test.rows]
    decisions, p = result.model("amount").decisions, result.model("amount").probabilities
    # Saying no risks the amount, saying yes 30.
    np.testing.assert_array_equal(decisions, p[:, 0] * 30 < p[:, 1] * X[:, 0])
    for model in result.models:
        decisions = model.decisions
        lost = np.where((y == 1) & (decisions == 0), X[:, 0], 30 * ((y == 0) & (decisions == 1)))
        np.testing.assert_allclose(model.case_dollars, -lost)
        assert model.evaluation.dollars_total == pytest.approx(-lost.sum())
    loaded = load(result.run_dir, "amount", registry)
    names = np.array(["no", "yes"])
    np.testing.assert_array_equal(loaded.predict(X), names[result.model("amount").decisions])


def test_a_column_that_the_data_lack_is_told(registry):
    matrix = CostMatrix(
        "m", ("no", "yes"), [[0, 1], [0, 0]], column_costs=[ColumnCost("yes", "no", "amount", 1.0)]
    )
    from framework.core.errors import CostMatrixError

    with pytest.raises(CostMatrixError, match='depend on the column "amount"'):
        run(settings(cost_matrix=matrix), registry)


def test_a_collapse_is_reported_loudly(registry):
    # No score reaches the threshold: "no" to every case, where a missed "yes" costs 5.
    result = run(settings(threshold=0.999999999, **PLAIN), registry)
    for name in ("built-in, threshold 0.999999999", "five"):
        told = f'"{name}" COLLAPSED (seed 0): it says "no" to nearly every'
        assert any(warning.startswith(told) for warning in result.warnings)


def test_expected_cost_from_scratch_on_many_classes_is_warned_of(registry, finished):
    result = run(settings(dataset="blobs3", cost_matrix=THREE, loss="expected_cost"), registry)
    assert any("trained from scratch with expected_cost" in text for text in result.warnings)
    result = finished(dataset="blobs3", cost_matrix=THREE)
    assert not any("from scratch" in text for text in result.warnings)


def test_folds_keep_groups_whole_and_cover_every_row():
    X, y = blobs(120)
    groups = np.repeat(np.arange(40), 3)
    dataset = Dataset(X, y, ("no", "yes"), groups=groups)
    rows = np.arange(0, 120)[groups < 30]
    parts = folds(dataset, rows, 5, seed=1)
    assert sorted(np.concatenate([part.test for part in parts])) == rows.tolist()
    for part in parts:
        assert not set(groups[part.train]) & set(groups[part.test])
        assert set(part.train) <= set(rows)
