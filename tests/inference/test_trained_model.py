import numpy as np
import pytest

from framework import CostMatrix, RunConfig, load, run
from framework.core.backend import keras
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.core.decisions.calibration import Calibration
from framework.core.decisions.decision import minimum_expected_cost, threshold
from framework.core.errors import ArtifactError, DataError
from framework.core.scaling import UNSCALED
from framework.inference.artifact import Artifact, Decision, Signature
from framework.inference.keras_model import KerasModel
from framework.inference.trained_model import TrainedModel
from framework.plugins.specs import DecisionRuleSpec
from tests.conftest import Frame, blobs, offering_blobs

FIVE = CostMatrix("five", ("no", "yes"), [[0, 1], [5, 0]])


@pytest.fixture(scope="module")
def registry():
    return offering_blobs()


@pytest.fixture(scope="module")
def finished(registry, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "r"
    return run(
        RunConfig(dataset="blobs", cost_matrix=FIVE, epochs=1, report=False, out=out), registry
    )


def test_the_cheapest_model_is_meant_when_none_is_named(finished, registry):
    X = np.full((1, 3), 110.0)
    served = load(finished.run_dir, registry=registry)
    named = load(finished.run_dir, finished.served.model, registry)
    np.testing.assert_array_equal(served.predict_proba(X), named.predict_proba(X))


def test_a_model_folder_is_loaded_as_well(finished, registry):
    model = load(finished.run_dir / "models" / "five", registry=registry)
    assert model.labels == ("no", "yes")


def test_expected_dollars_of_each_decision(finished, registry):
    model = load(finished.run_dir, registry=registry)
    answers = model.answer(np.full((2, 3), 110.0))
    no, yes = answers.probabilities[0]
    np.testing.assert_allclose(answers.expected_dollars[0], [-5 * yes, -no])
    taken, other = answers.decisions[0], 1 - answers.decisions[0]
    assert answers.margins[0] == pytest.approx([-5 * yes, -no][taken] - [-5 * yes, -no][other])
    assert answers.dollars.tolist() == answers.expected_dollars[[0, 1], answers.decisions].tolist()


def test_columns_of_a_frame_go_by_name(finished, registry):
    """Features were unnamed, and are called x0, x1, x2."""
    model, X = load(finished.run_dir, registry=registry), blobs(50)[0] * [1, 2, 3]
    frame = Frame({"x2": X[:, 2], "id": X[:, 0], "x0": X[:, 0], "x1": X[:, 1]})
    np.testing.assert_array_equal(model.predict_proba(frame), model.predict_proba(X))
    np.testing.assert_array_equal(model.predict(frame), model.predict(X))
    assert list(model.answer(frame).records()) == list(model.answer(X).records())
    with pytest.raises(DataError, match="lacks 1 of 3 columns: x1; instead it has: y1"):
        model.predict(Frame({"x0": X[:, 0], "y1": X[:, 1], "x2": X[:, 2]}))


def test_costs_find_their_column_in_the_frame(finished, registry):
    model, X = load(finished.run_dir, registry=registry), blobs(4)[0]
    amounts = np.array([1.0, 10, 100, 1000])
    costs = [ColumnCost("yes", "no", "amount", 1.0)]
    matrix = CostMatrix("m", ("no", "yes"), [[0, 5], [0, 0]], column_costs=costs)
    frame = Frame({"amount": amounts, **{f"x{j}": X[:, j] for j in range(3)}})
    answers = model.answer(frame, matrix=matrix)
    by_hand = -amounts * answers.probabilities[:, 1]
    np.testing.assert_allclose(answers.expected_dollars[:, 0], by_hand)


def test_a_column_of_the_costs_is_one_column_of_finite_numbers(finished, registry):
    model, X = load(finished.run_dir, registry=registry), blobs(4)[0]
    costs = [ColumnCost("yes", "no", "amount", 1.0), ColumnCost("no", "yes", "x0", 1.0)]
    matrix = CostMatrix("m", ("no", "yes"), [[0, 5], [0, 0]], column_costs=costs)
    amount = np.arange(4.0)
    same = model.answer(X, {"amount": amount, "x0": X[:, 0]}, matrix)
    np.testing.assert_array_equal(same.dollars, model.answer(X, {"amount": amount}, matrix).dollars)
    apart = model.answer(X, {"amount": amount, "x0": 0 * amount}, matrix)
    np.testing.assert_allclose(apart.expected_dollars[:, 0], -amount * apart.probabilities[:, 1])
    for columns, message in (
        ({"amount": amount * np.nan}, '"amount": expected 4 finite numbers'),
        ({"amount": amount[:3]}, '"amount": expected 4 finite numbers'),
    ):
        with pytest.raises(DataError, match=message):
            model.answer(X, columns, matrix)


def replied(decision):
    """The answers of a model that says P(yes) = 0.2 of every case, with costs of 1 and 5."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="softmax")])
    model.layers[0].set_weights([np.zeros((3, 2)), np.log([0.8, 0.2])])
    rules = {"threshold": threshold, "minimum_expected_cost": minimum_expected_cost}
    rule = DecisionRuleSpec(decision.rule, rules[decision.rule])
    values = Artifact(UNSCALED, Signature(("no", "yes"), (3,)), decision, FIVE)
    return TrainedModel(values, KerasModel(model), rule).answer(np.zeros((1, 3)))


def test_what_is_told_is_calibrated_and_says_who_decided():
    """The rule sees 0.2; a bias of log 4 tells 0.5, where yes (-.50) is cheaper than no (-2.50)."""
    told = Calibration(1.0, (0.0, float(np.log(4))))
    answers = replied(Decision("threshold", {"threshold": 0.3}, reporting=told))
    assert answers.decisions.tolist() == [0]
    (record,) = answers.records()
    assert record["probabilities"] == pytest.approx({"no": 0.5, "yes": 0.5}, abs=1e-6)
    assert record["expected_dollars"] == pytest.approx({"no": -2.5, "yes": -0.5}, abs=1e-5)
    assert record["margin_dollars"] == pytest.approx(-2.0, abs=1e-5)
    assert record["decided_by"] == "threshold 0.3"
    assert record["cheaper_by_stated_dollars"] == "yes"
    assert dict(zip(answers.header, next(answers.rows()), strict=True)) == {
        "predicted": "no",
        "p(no)": record["probabilities"]["no"],
        "p(yes)": record["probabilities"]["yes"],
        "expected_dollars(no)": record["expected_dollars"]["no"],
        "expected_dollars(yes)": record["expected_dollars"]["yes"],
        "margin_dollars": record["margin_dollars"],
        "decided_by": "threshold 0.3",
        "cheaper_by_stated_dollars": "yes",
    }


def test_the_decision_of_least_expected_cost_is_never_stated_to_be_dearer():
    softer = Calibration(2.0)
    (record,) = replied(Decision("minimum_expected_cost", {}, softer, softer)).records()
    assert record["decided_by"] == "least expected cost"
    assert record["cheaper_by_stated_dollars"] is None
    # sqrt(.8) / (sqrt(.8) + sqrt(.2)) = 2 / 3: yes costs 2 / 3, no 5 / 3.
    assert record["margin_dollars"] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("folder", "model", "message"),
    [
        ("none", None, "no such folder"),
        (".", None, "is neither the folder of a run nor of a model"),
        ("r", "six", 'has no model "six"; it has: built-in, built-in .+ five'),
    ],
)
def test_a_folder_that_is_no_run_is_told(finished, registry, folder, model, message):
    with pytest.raises(ArtifactError, match=message):
        load(finished.run_dir.parent / folder, model, registry)
