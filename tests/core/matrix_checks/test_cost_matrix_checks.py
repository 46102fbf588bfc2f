import pytest

from framework import CostMatrix
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.core.matrix_checks.cost_matrix_checks import check, warnings_of
from tests.conftest import ROOT

SHIPPED = sorted(ROOT.glob("plugins/*/*/matrices*/*.json"))

LABELS = ("no", "yes")


def texts(matrix, level):
    return [finding.text for finding in check(matrix) if finding.level == level]


def test_a_reasonable_matrix_has_no_warning_and_names_its_threshold():
    matrix = CostMatrix("m", LABELS, [[0, 1], [4, 0]])
    assert texts(matrix, "warning") == []
    # Elkan 2001, equation 2: p* = 1 / (1 + 4)
    assert any("P(yes) = 0.2 on" in text for text in texts(matrix, "note"))


def test_a_mistake_as_cheap_as_the_right_decision_is_a_warning():
    matrix = CostMatrix("m", LABELS, [[0, 0], [4, 0]])
    assert any('"no" taken for "yes" costs as much as' in text for text in texts(matrix, "warning"))


def test_a_mistake_that_is_allowed_to_pay_is_noted():
    matrix = CostMatrix("m", LABELS, [[0, -1], [4, 0]], allow=("mistakes_that_pay",))
    assert any('"no" taken for "yes" costs less' in text for text in texts(matrix, "note"))


def test_a_prediction_that_never_pays_is_a_warning():
    matrix = CostMatrix("m", ("a", "b", "c"), [[0, 1, 2], [1, 0, 2], [3, 3, 3]])
    (text,) = [text for text in texts(matrix, "warning") if "never says" in text]
    assert 'predicting "c" never costs less than predicting "a"' in text


def test_a_class_without_training_weight_is_a_warning():
    matrix = CostMatrix("m", LABELS, [[0, 1], [4, 0]], training_costs=[[0, 0], [1, 0]])
    assert any('no mistake on "no" has a training cost' in t for t in texts(matrix, "warning"))


def test_training_and_evaluation_weights_that_differ_are_noted():
    matrix = CostMatrix("m", LABELS, [[0, 1], [4, 2]], training_costs=[[0, 1], [4, 0]])
    assert any(
        "4 times a false one, the evaluation side 2 times" in t for t in texts(matrix, "note")
    )


def test_labels_without_a_rule_and_extreme_scale_are_warnings():
    matrix = CostMatrix("m", LABELS, [[0, 1], [1e6, 0]], untouched=("yes",))
    warnings = texts(matrix, "warning")
    assert any('no rule speaks of "yes"' in text for text in warnings)
    assert any("weighs 1e+06 times the cheapest" in text for text in warnings)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_shipped_matrix_has_a_warning(file):
    assert warnings_of(CostMatrix.from_file(file)) == ()


def test_every_shipped_matrix_is_looked_at():
    assert len(SHIPPED) >= 6


def test_warnings_name_their_matrix():
    (text,) = warnings_of(CostMatrix("mine", LABELS, [[0, 1], [1e6, 0]]))
    assert text == 'cost matrix "mine": the dearest mistake weighs 1e+06 times the cheapest'


def test_cells_of_the_case_are_not_judged_by_their_constants():
    cells = [ColumnCost("no", "yes", "amount", 0.15), ColumnCost("yes", "no", "amount", 0.75)]
    matrix = CostMatrix("m", LABELS, [[0, 0], [0, 0]], column_costs=cells)
    assert texts(matrix, "warning") == []
    notes = texts(matrix, "note")
    assert any(
        '"amount": which decision is the cheapest at a probability differs' in t for t in notes
    )
    assert not any("P(yes)" in text for text in notes)


def test_what_is_known_afterwards_is_said_to_decide_by_its_mean():
    cells = [ColumnCost("yes", "no", "loss", 1.0, known="afterwards")]
    matrix = CostMatrix("m", LABELS, [[0, 5], [0, 0]], column_costs=cells)
    assert any(
        '"loss", known only afterwards: decisions go by its mean' in t
        for t in texts(matrix, "note")
    )


def test_ones_on_the_diagonal_and_more_elsewhere_are_weights():
    matrix = CostMatrix("m", LABELS, [[1, 2], [5, 1]])
    (text,) = texts(matrix, "warning")
    assert "as a matrix of weights has" in text
    assert '"costs": [[0, 1], [4, 0]]' in text
    weights = CostMatrix("m", LABELS, [[0, 2], [5, 0]], training_costs=[[1, 2.5], [200, 1]])
    (text,) = texts(weights, "warning")
    assert '"training_costs": [[0, 1.5], [199, 0]]' in text
    assert texts(CostMatrix("m", LABELS, [[1, 2], [5, 0]]), "warning") == []


def test_thresholds_know_of_referring():
    # Hand-worked: 100 p = 10 and 100 (1 - p) = 10.
    notes = texts(CostMatrix("m", LABELS, [[0, 100], [100, 0]], refer=10), "note")
    assert any(
        'by P(yes): "no" up to 0.1, "refer" from 0.1 up to 0.9, "yes" from 0.9 on' in text
        for text in notes
    )


def test_referring_that_never_pays_is_said():
    notes = texts(CostMatrix("m", LABELS, [[0, 100], [100, 0]], refer=60), "note")
    assert any("P(yes) = 0.5 on" in text for text in notes)
    assert "referring is never the cheapest at any probability" in notes
    (text,) = texts(CostMatrix("m", LABELS, [[0, 5], [4, 0]], refer=[5, 5]), "warning")
    assert 'referring never costs less than predicting "no"' in text


def test_a_unit_that_is_no_currency_and_has_no_worth_is_noted():
    notes = texts(CostMatrix("m", LABELS, [[0, 1], [4, 0]], unit="QALY"), "note")
    assert '"dollars_per_unit" is 1: one QALY counts as one dollar' in notes
    for unit in ("USD", "EUR"):
        notes = texts(CostMatrix("m", LABELS, [[0, 1], [4, 0]], unit=unit), "note")
        assert not any("counts as one dollar" in text for text in notes)
