"""A run at another prevalence: what reaches training, decisions, figures and the folder."""

import numpy as np
import pytest

from framework import (
    ConfigError,
    CostMatrix,
    CostMatrixError,
    Dataset,
    DatasetSpec,
    RunConfig,
    compare,
    hookimpl,
    read_run,
    run,
)
from framework.core.costs.prevalence import Mix, moved
from framework.core.decisions.calibration import Calibration
from framework.core.decisions.decision import minimum_expected_cost
from framework.experiment.choosing.candidates import BASELINE, DECISION
from framework.experiment.fitting.loss_costs import case_weights, cost_table
from framework.experiment.fitting.recipe import Recipe
from framework.experiment.stored_runs.prevalence_curve import ORACLE, PrevalenceCurve, read_range
from framework.experiment.stored_runs.prevalence_curve_words import in_words
from framework.inference.model_folder import load
from framework.plugins.registry import Plugin
from tests.conftest import FIVE, blobs, plugin
from tests.experiment.conftest import PLAIN, SHORT_SEARCH

RARE = {"yes": 0.02}


@pytest.fixture(scope="module")
def plain(finished):
    return finished(**PLAIN)


@pytest.fixture(scope="module")
def rare(finished):
    return finished(prevalence=RARE, **PLAIN)


def test_probabilities_are_moved_after_their_calibration_and_decided_by(plain, rare):
    before, after = plain.model(DECISION), rare.model(DECISION)
    mix = rare.test.mix
    assert mix.target.tolist() == [0.98, 0.02]
    expected = moved(before.probabilities, mix.training, mix.target)
    assert after.probabilities == pytest.approx(expected, abs=1e-9)
    assert np.array_equal(after.decisions, minimum_expected_cost(expected, rare.test.known))
    assert after.stated.probabilities == pytest.approx(expected, abs=1e-9)


def test_scores_that_are_no_probabilities_are_decided_as_they_were(plain, rare):
    before, after = plain.model(BASELINE), rare.model(BASELINE)
    assert np.array_equal(before.decisions, after.decisions)
    assert after.evaluation.dollars_per_case != before.evaluation.dollars_per_case
    # What is stated by them is moved all the same.
    assert after.stated.dollars.mean() != before.stated.dollars.mean()


def test_figures_are_means_weighted_to_the_target(rare):
    test = rare.test
    for model in rare.models:
        by_class = [model.case_dollars[test.y == k].mean() for k in (0, 1)]
        assert model.mean_dollars == pytest.approx(np.dot([0.98, 0.02], by_class))
        assert model.interval.mean == pytest.approx(model.mean_dollars)
        assert model.evaluation.cell_dollars.sum() / len(test.y) == pytest.approx(
            model.mean_dollars
        )
        recalls = [model.evaluation.per_class[label].recall for label in ("no", "yes")]
        assert model.evaluation.accuracy == pytest.approx(np.dot([0.98, 0.02], recalls))
    assert rare.bounds.constant_decision == 0  # "yes" for all is the cheaper one in the sample
    assert rare.bounds.constant == pytest.approx(-0.02 * 5)
    assert rare.bounds.oracle == 0


def test_precision_is_that_of_the_population(rare):
    model = rare.baseline
    counts = model.evaluation.confusion_matrix
    recall, false_alarms = counts[1, 1] / counts[1].sum(), counts[0, 1] / counts[0].sum()
    expected = 0.02 * recall / (0.02 * recall + 0.98 * false_alarms)
    assert model.evaluation.per_class["yes"].precision == pytest.approx(expected)
    assert model.evaluation.per_class["yes"].support == counts[1].sum()


def test_what_is_served_is_chosen_by_validation_at_the_target(plain, rare):
    chosen = {model.name: model.choice.trial.dollars_per_case for model in rare.models}
    assert chosen[rare.served.model] >= max(chosen.values()) - 0.2
    y, test = rare.test.y, rare.model(DECISION).case_dollars
    by_class = np.array([test[y == k].mean() for k in (0, 1)])
    # Validation cases are drawn as the test cases are, with half of them ill in both.
    assert chosen[DECISION] == pytest.approx(np.dot([0.98, 0.02], by_class), abs=0.1)
    assert chosen[DECISION] > plain.model(DECISION).choice.trial.dollars_per_case + 0.1


def test_a_folder_tells_of_both_shares_and_its_model_decides_by_them(rare):
    data = read_run(rare.run_dir)
    assert data.metrics["prevalence"] == {
        "training": {"no": 0.5, "yes": 0.5},
        "target": {"no": 0.98, "yes": 0.02},
    }
    model, told = load(rare.run_dir, DECISION), rare.model(DECISION)
    answers = model.answer(rare.test.raw())
    assert np.array_equal(answers.decisions, told.decisions)
    assert answers.probabilities == pytest.approx(told.stated.probabilities, abs=1e-6)


def test_one_request_may_ask_for_another_prevalence(plain, rare):
    stored = load(rare.run_dir, DECISION).answer(plain.test.raw())
    model = load(plain.run_dir, DECISION)
    asked = model.answer(plain.test.raw(), prevalence=RARE)
    assert asked.probabilities == pytest.approx(stored.probabilities, abs=1e-6)
    assert np.array_equal(asked.decisions, stored.decisions)
    assert asked.decided_by == "least expected cost"
    # And back: a model that is meant for other shares, asked for those of its training part.
    back = load(rare.run_dir, DECISION).answer(plain.test.raw(), prevalence={"yes": 0.5})
    assert back.probabilities == pytest.approx(
        model.answer(plain.test.raw()).probabilities, abs=1e-6
    )


def test_a_matrix_of_a_request_may_bring_its_prevalence(plain):
    matrix = CostMatrix("rare", FIVE.labels, FIVE.costs, prevalence=RARE)
    model = load(plain.run_dir, DECISION)
    by_matrix = model.answer(plain.test.raw(), matrix=matrix)
    assert by_matrix.probabilities == pytest.approx(
        model.answer(plain.test.raw(), prevalence=RARE).probabilities
    )


def test_a_matrix_of_a_run_may_bring_its_prevalence_and_the_setting_goes_before(finished):
    matrix = CostMatrix("five", FIVE.labels, FIVE.costs, prevalence=RARE)
    by_matrix = finished(cost_matrix=matrix, **PLAIN)
    assert by_matrix.test.mix.target.tolist() == [0.98, 0.02]
    given = finished(cost_matrix=matrix, prevalence={"yes": 0.3}, **PLAIN)
    assert given.test.mix.target.tolist() == pytest.approx([0.7, 0.3])


def test_a_matrix_refuses_what_is_no_share():
    with pytest.raises(CostMatrixError, match='"prevalence": there is no label “maybe”'):
        CostMatrix("m", FIVE.labels, FIVE.costs, prevalence={"maybe": 0.1})
    with pytest.raises(CostMatrixError, match='"prevalence": expected an object of labels'):
        CostMatrix.from_dict({**FIVE.to_dict(), "prevalence": [0.1]})


def test_a_matrix_file_keeps_its_prevalence():
    matrix = CostMatrix("m", FIVE.labels, FIVE.costs, prevalence=RARE)
    assert CostMatrix.from_dict(matrix.to_dict()).prevalence == RARE
    assert "prevalence" not in FIVE.to_dict()


def test_an_unknown_label_is_told_before_anything_is_trained(finished):
    with pytest.raises(
        ConfigError, match="prevalence: there is no label “ill”; expected one of no, yes"
    ):
        finished(prevalence={"ill": 0.1})


class Three:
    """Cases of three classes, one of them rare."""

    n_classes, labels = 3, ("a", "b", "c")
    y = np.repeat([0, 1, 2], [50, 40, 10])

    @staticmethod
    def columns(names, rows):
        return {}


MIX = Mix(np.array([0.5, 0.4, 0.1]), np.array([0.25, 0.25, 0.5]))
COSTS = CostMatrix("m", ("a", "b", "c"), [[0, 1, 5], [1, 0, 1], [9, 9, 0]])


def test_normalised_training_costs_count_as_their_classes_do_there():
    rows, recipe = np.arange(100), Recipe(None, COSTS)
    table, before = cost_table(recipe, Three, rows, MIX), cost_table(recipe, Three, rows)
    counted = table[0, 1] / before[0, 1], table[2, 0] / before[2, 0]
    assert counted[0] / counted[1] == pytest.approx((0.25 / 0.5) / (0.5 / 0.1))
    assert table[Three.y].sum(axis=1).mean() / 2 == pytest.approx(1)  # the average mistake costs 1
    weights = case_weights(COSTS, Three, rows, MIX)
    of_class = np.array([weights[Three.y == k].mean() for k in range(3)])
    assert of_class / of_class[0] == pytest.approx(table.sum(axis=1) / table[0].sum())


def test_costs_as_they_stand_and_equal_costs_are_not_weighted():
    rows = np.arange(100)
    raw = Recipe(None, COSTS, normalize=False)
    assert np.array_equal(cost_table(raw, Three, rows, MIX), cost_table(raw, Three, rows))
    equal = Recipe(None, None)
    assert np.array_equal(cost_table(equal, Three, rows, MIX), cost_table(equal, Three, rows))


def test_a_calibration_moves_as_bayes_does():
    fitted = Calibration(1.5, (0.3, -0.3))
    p = np.random.default_rng(0).dirichlet([1, 1], 20)
    sample, target = np.array([0.4, 0.6]), np.array([0.9, 0.1])
    by_bayes = moved(fitted(p), sample, target)
    assert fitted.moved(target / sample)(p) == pytest.approx(by_bayes)
    assert fitted.moved(np.ones(2)) is fitted


def test_a_tuned_threshold_is_tuned_at_the_target(finished):
    settings = {"threshold": "tuned", "calibration": "none"}
    plain, rare = finished(**settings), finished(prevalence=RARE, **settings)
    thresholds = [run.model("five").decision.parameters["threshold"] for run in (plain, rare)]
    assert thresholds[0] < thresholds[1]


def test_a_pool_is_moved_once(finished):
    settings = {"dataset": "right", "model": "logistic", **SHORT_SEARCH, **PLAIN}
    plain, rare = finished(**settings), finished(prevalence=RARE, **settings)
    name = "auto, equal costs"
    before, after = plain.model(name), rare.model(name)
    mix = rare.test.mix
    expected = moved(before.probabilities, mix.training, mix.target)
    assert after.probabilities == pytest.approx(expected, abs=1e-9)
    model = load(rare.run_dir, name)
    assert model.predict_proba(rare.test.raw()) == pytest.approx(after.probabilities, abs=1e-6)


def test_runs_are_compared_at_a_prevalence(plain, rare, elsewhere):
    folders = [plain.run_dir, rare.run_dir]
    own, _ = compare([rare.run_dir], out="own.html", progress=None)
    found, _ = compare(folders, out="both.html", progress=None, prevalence=RARE)
    by_name = {(model.name, model.runs): model for model in found.models}
    shared = by_name[BASELINE, tuple(folder.name for folder in folders)]
    assert shared.dollars_per_case == pytest.approx(rare.baseline.mean_dollars)
    assert shared.accuracy == pytest.approx(rare.baseline.evaluation.accuracy)
    assert found.statement.endswith(
        "at the prevalence no 98%, yes 2%. Decisions are those that the runs made. The runs were meant for "
        "other shares."
    )
    assert own.statement.endswith("2%. Decisions are those that the runs made.")
    mixed, _ = compare(folders, out="mixed.html", progress=None)
    assert "Figures are at the shares of the test cases." in mixed.statement
    assert "meant for other shares" in mixed.statement
    assert found.to_json()["prevalence"] == pytest.approx({"no": 0.98, "yes": 0.02})
    assert own.cheapest.part.constant == "no"
    assert own.cheapest.part.constant_mean == pytest.approx(-0.1)
    in_sample, _ = compare([plain.run_dir], out="sample.html", progress=None)
    assert in_sample.cheapest.part.constant == "yes"


def test_the_curve_is_what_runs_at_these_shares_say(plain, rare):
    curve = PrevalenceCurve.of(read_run(plain.run_dir))
    assert curve.label == "yes"
    told = curve.at(0.02)
    assert told[DECISION] == pytest.approx(rare.model(DECISION).mean_dollars)
    assert told[BASELINE] == pytest.approx(rare.baseline.mean_dollars)
    assert told["always no"] == pytest.approx(-0.1)
    assert told["always yes"] == pytest.approx(-0.98)
    assert told[ORACLE] == 0
    again = PrevalenceCurve.of(read_run(rare.run_dir))
    assert again.at(0.5) == pytest.approx(curve.at(0.5))


def test_break_even_shares_are_where_the_served_model_and_a_constant_cost_the_same(plain):
    curve = PrevalenceCurve.of(read_run(plain.run_dir), "yes", (1e-4, 0.999))
    assert curve.turns
    for share, below, above in curve.turns:
        told = curve.at(share)
        assert told[below] == pytest.approx(told[above], rel=0.05, abs=0.02)
    assert {below for _, below, _ in curve.turns} <= {plain.served.model, "always no", "always yes"}


def test_the_served_model_is_worth_it_where_its_interval_says_so(plain):
    curve = PrevalenceCurve.of(read_run(plain.run_dir))
    (low, high), *_ = curve.worth_it
    share = (low * high) ** 0.5
    told = curve.at(share)
    best = max((f"always {name}" for name in plain.labels), key=lambda name: told[name])
    served, constant = (curve.case_dollars(name, share) for name in (plain.served.model, best))
    assert curve.cases(share).between(served, constant).low > 0
    assert curve.cases(share).mean(constant) == pytest.approx(told[best])


def test_words_say_whether_another_one_is_cheapest_there(rare):
    first, *_ = in_words(PrevalenceCurve.of(read_run(rare.run_dir)))
    assert first.startswith("In the sample, where 50% are “yes”, ")
    assert "where 2% are, " in first


def test_of_three_classes_the_named_one_is_moved_along(finished):
    matrix = CostMatrix("m", ("a", "b", "c"), [[0, 1, 5], [1, 0, 1], [9, 9, 0]])
    settings = {"dataset": "blobs3", "cost_matrix": matrix}
    run = finished(prevalence={"c": 0.01}, **settings)
    assert run.test.mix.target.tolist() == pytest.approx([0.495, 0.495, 0.01])
    assert PrevalenceCurve.of(read_run(run.run_dir)).label == "c"
    assert PrevalenceCurve.of(read_run(finished(**settings).run_dir)) is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"yes": "0.1..0.05"},
            "--prevalence yes=0.1..0.05: expected LOW..HIGH, two shares between",
        ),
        ({"yes": 0.1}, "expected LOW..HIGH"),
        ({"yes": "a..b"}, "expected LOW..HIGH"),
        (
            {"maybe": "0.1..0.2"},
            "expected one range LABEL=LOW..HIGH of a label (no, yes), received maybe",
        ),
        ({"yes": "0.1..0.2", "no": "0.1..0.2"}, "expected one range"),
    ],
)
def test_a_range_that_cannot_be_read_is_told(given, says):
    with pytest.raises(ConfigError) as error:
        read_range(given, ("no", "yes"))
    assert says in str(error.value)


def test_a_range_is_read():
    assert read_range({"yes": "0.001..0.5"}, ("no", "yes")) == ("yes", (0.001, 0.5))


def test_a_named_class_without_a_test_case_is_refused(registry, elsewhere):
    X, y = blobs(60, n_classes=3)
    test = np.arange(60) >= 40
    y = np.where(test & (y == 2), 0, y)

    @hookimpl
    def fw_register_datasets():
        labels = ("a", "b", "c")
        return [DatasetSpec("apart", labels, lambda: Dataset(X, y, labels, test=test))]

    registry.register(
        plugin(fw_register_datasets=fw_register_datasets), Plugin("apart", "apart", "1")
    )
    config = RunConfig(dataset="apart", cost_matrix=COSTS, prevalence={"c": 0.3}, report=False)
    with pytest.raises(
        ConfigError, match="“c” is to be 30% of the cases, but none of the 20 test cases is"
    ):
        run(config, registry)


def test_the_curve_keeps_what_else_was_named(finished):
    """The others keep the proportions that are meant, and not those of the training part."""
    matrix = CostMatrix("m", ("a", "b", "c"), [[0, 1, 5], [1, 0, 1], [9, 9, 0]])
    found = finished(dataset="blobs3", cost_matrix=matrix, prevalence={"a": 0.1, "b": 0.2})
    curve = PrevalenceCurve.of(read_run(found.run_dir))
    assert curve.target(0.1).tolist() == pytest.approx([0.1, 0.2, 0.7])
    assert curve.at(0.1)["built-in"] == pytest.approx(found.baseline.mean_dollars)


def test_probabilities_of_another_prevalence_are_no_misplaced_ones(rare):
    assert [text for text in rare.warnings if "on average" in text] == []


def test_scores_that_costs_have_weighted_to_the_target_are_not_moved_again(finished):
    how = {
        "decision_rule": "minimum_expected_cost",
        "calibration": "none",
        "loss": "cross_entropy_plus_cost",
    }
    weighted = finished(prevalence=RARE, **how).model("five")
    raw = finished(prevalence=RARE, scale="raw", **how).model("five")
    assert weighted.decision.calibration == Calibration()
    assert raw.decision.calibration.bias


def test_a_matrix_with_another_prevalence_is_warned_of(finished):
    clinic = CostMatrix("clinic", FIVE.labels, [[0, 1], [7, 0]], prevalence={"yes": 0.2})
    found = finished(cost_matrix=(FIVE, clinic), **PLAIN)
    (told,) = [text for text in found.warnings if "prevalence of its own" in text]
    assert told.startswith('the matrix "clinic" brings a prevalence of its own')
