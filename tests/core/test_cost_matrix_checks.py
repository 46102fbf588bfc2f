from framework import CostMatrix
from framework.core.cost_matrix_checks import check

LABELS = ("no", "yes")


def texts(matrix, level):
    return [finding.text for finding in check(matrix) if finding.level == level]


def test_a_reasonable_matrix_has_no_warning_and_names_its_threshold():
    matrix = CostMatrix("m", LABELS, [[0, 1], [4, 0]])
    assert texts(matrix, "warning") == []
    # Elkan 2001, equation 2: p* = 1 / (1 + 4)
    assert any("P(yes) = 0.2 on" in text for text in texts(matrix, "note"))


def test_a_mistake_that_pays_better_than_the_truth_is_a_warning():
    matrix = CostMatrix("m", LABELS, [[0, -1], [4, 0]])
    assert any('"no" taken for "yes" costs less' in text for text in texts(matrix, "warning"))


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
