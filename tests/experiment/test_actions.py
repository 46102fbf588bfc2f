"""Runs whose decisions are actions: what can be done, and not which class it is."""

import json

import numpy as np
import pytest

from framework import (
    ColumnCost,
    CostMatrix,
    CostMatrixError,
    Dataset,
    DatasetSpec,
    RunConfig,
    hookimpl,
    load,
    run,
)
from framework.experiment.stored_runs.compare import compare
from framework.experiment.stored_runs.run_data import REFERRED, RIGHT, WRONG
from framework.experiment.stored_runs.stored_run import read_run
from framework.plugins.registry import Plugin
from tests.conftest import blobs, offering_blobs, plugin

ACTS = CostMatrix(
    "acts",
    ("no", "yes"),
    [[0, 4, 10], [100, 30, 5]],
    actions=("leave", "ask", "act"),
    refer=[3, 20],
)
# The same decisions as those of a square matrix, by other names and in another order.
SQUARE = CostMatrix("square", ("no", "yes"), [[0, 10], [50, 0]])
RENAMED = CostMatrix("renamed", ("no", "yes"), [[10, 0], [0, 50]], actions=("act", "leave"))


def config(matrix, **more):
    settings = {"epochs": 5, "learning_rate": 0.05, "report": False, "loss": "cross_entropy"}
    return RunConfig(dataset="blobs", cost_matrix=matrix, **{**settings, **more})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("acts")


@pytest.fixture(scope="module")
def result(folder):
    return run(config(ACTS, out=folder / "acts"), offering_blobs())


def test_metrics_speak_of_actions_and_have_no_accuracy(result, folder):
    told = json.loads((folder / "acts" / "metrics.json").read_text())
    assert told["labels"] == ["no", "yes"]
    assert told["actions"] == ["leave", "ask", "act"]
    assert told["decisions"] == ["leave", "ask", "act", "refer"]
    for model in told["models"]:
        assert np.array(model["confusion_matrix"]).shape == (2, 4)
        assert model["accuracy"] is None
        assert model["auc"] > 0.5
        measures = model["per_class"]["yes"]
        assert [measures[name] for name in ("precision", "recall", "f1")] == [None] * 3
        assert measures["support"] == sum(model["confusion_matrix"][1])


def test_dollars_are_counts_times_costs(result):
    costs = np.array([[0, 4, 10, 3], [100, 30, 5, 20]])
    for model in result.models:
        counts = model.evaluation.confusion_matrix
        assert model.evaluation.dollars_total == pytest.approx(-(counts * costs).sum())
    y = result.test.y
    assert result.bounds.oracle == pytest.approx(-np.where(y == 1, 5, 0).mean())


def test_every_case_gets_its_cheapest_action(result):
    model = result.model("acts")
    assert model.decision.rule == "minimum_expected_cost"
    no, yes = model.probabilities.T
    by_hand = np.stack([100 * yes, 4 * no + 30 * yes, 10 * no + 5 * yes, 3 * no + 20 * yes])
    np.testing.assert_array_equal(model.decisions, by_hand.argmin(axis=0))
    assert len(set(model.decisions)) > 2


def test_the_likeliest_class_is_acted_on_by_its_best_action(result):
    baseline = result.baseline
    assert baseline.decision.rule == "argmax"
    likeliest = baseline.probabilities.argmax(axis=1)
    np.testing.assert_array_equal(baseline.decisions, np.where(likeliest == 1, 2, 0))


def test_training_is_given_the_regret_of_acting_on_classes(result):
    told = result.model("acts").to_json()
    assert told["training_costs"] == [[0, 10], [95, 0]]


def test_a_saved_model_answers_with_actions(result):
    model = load(result.run_dir, "acts")
    assert model.decisions == ("leave", "ask", "act", "refer")
    X = blobs()[0][result.test.rows]
    assert set(model.predict(X)) <= {"leave", "ask", "act", "refer"}
    answers = model.answer(X)
    assert answers.expected_dollars.shape == (len(X), 4)
    np.testing.assert_array_equal(answers.decisions, result.model("acts").decisions)
    assert "actions        leave, ask, act" in repr(model)


def test_right_is_the_best_action_for_the_truth_and_wrong_a_dearer_one(result):
    stored = read_run(result.run_dir)
    for model in stored.models:
        best = np.where(stored.y_true == 1, 2, 0)
        assert ((model.outcomes == RIGHT) == (model.decisions == best)).all()
        assert ((model.outcomes == REFERRED) == (model.decisions == 3)).all()
        assert (
            (model.outcomes == WRONG) == ~np.isin(model.decisions, [3]) & (model.decisions != best)
        ).all()


def test_actions_that_stand_for_classes_decide_and_cost_as_the_classes(folder):
    settings = {"threshold": "tuned", "loss": "expected_cost"}
    one, other = (
        run(config(matrix, out=folder / matrix.name, **settings), offering_blobs())
        for matrix in (SQUARE, RENAMED)
    )
    for first, second in zip(one.models, other.models, strict=True):
        np.testing.assert_array_equal(1 - second.decisions, first.decisions)
        assert second.mean_dollars == first.mean_dollars
        assert second.decision.parameters == first.decision.parameters
    assert other.bounds.oracle == one.bounds.oracle
    assert other.bounds.constant == one.bounds.constant


def test_who_decides_for_classes_is_told_of_what_it_never_does(folder):
    made = run(config(ACTS, decision_rule="argmax", out=folder / "argmax"), offering_blobs())
    assert set(made.model("acts").decisions) <= {0, 2}
    assert any('takes the best action for a class and never "ask"' in w for w in made.warnings)
    assert any("never refers a case" in w for w in made.warnings)


def test_runs_of_the_same_actions_are_compared(result):
    cheap = CostMatrix(
        "cheap", ("no", "yes"), [[0, 1, 2], [9, 5, 1]], actions=ACTS.actions, refer=1
    )
    compared = compare([result.run_dir], cheap)
    told = compared.to_json()
    assert told["actions"] == ["leave", "ask", "act"]
    assert {model["accuracy"] for model in told["models"]} == {None}
    decided = {model.name: model.decisions for model in compared.models}
    y = compared.parts[0].y_true
    costs = np.array([[0, 1, 2, 1], [9, 5, 1, 1]])
    for model in compared.models:
        expected = -costs[y, decided[model.name]].mean()
        assert model.dollars_per_case == pytest.approx(expected)


@pytest.mark.parametrize("judge", [SQUARE, RENAMED])
def test_a_matrix_of_other_actions_cannot_judge_them(result, judge):
    with pytest.raises(CostMatrixError, match=r"decided for one of: leave, ask, act; .* prices: "):
        compare([result.run_dir], judge)


def test_where_costs_depend_on_the_case_each_has_its_own_best_action(folder, registry):
    @hookimpl
    def fw_register_datasets():
        X, y = blobs()
        names = ("amount", "b", "c")
        return [DatasetSpec("priced", ("no", "yes"), lambda: Dataset(X, y, ("no", "yes"), names))]

    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("p", "p", "1"))
    matrix = CostMatrix(
        "priced",
        ("no", "yes"),
        [[0, 4, 10], [0, 60, 70]],
        actions=("leave", "ask", "act"),
        column_costs=(ColumnCost("yes", "leave", "amount", 0.5),),
    )
    settings = {"dataset": "priced", "decision_rule": "argmax", "loss": "expected_cost"}
    out = folder / "priced"
    made = run(config(matrix, report=True, out=out).model_copy(update=settings), registry)
    amount = made.test.columns["amount"]
    by_hand = np.where(0.5 * amount <= 60, 0, 1)  # for "yes": to leave it, or to ask
    assert set(by_hand) == {0, 1}
    for model in (made.baseline, made.model("priced")):
        likeliest = model.probabilities.argmax(axis=1)
        np.testing.assert_array_equal(model.decisions, np.where(likeliest == 1, by_hand, 0))
    stored = read_run(out)
    best = np.where(stored.y_true == 1, by_hand, 0)
    for model in stored.models:
        np.testing.assert_array_equal(model.outcomes == RIGHT, model.decisions == best)
    page = (out / "report.html").read_text()
    assert "of the case" in page
    assert "x amount" in page
