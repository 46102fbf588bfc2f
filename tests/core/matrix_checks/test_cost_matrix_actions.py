import numpy as np
import pytest

from framework import CostMatrix
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.core.matrix_checks.cost_matrix_checks import check, warnings_of

LABELS = ("benign", "malignant")


def matrix(costs, actions=("discharge", "look again", "biopsy"), labels=LABELS, **keys):
    return CostMatrix("m", labels, costs, actions=actions, **keys)


def texts(found, level):
    return [finding.text for finding in check(found) if finding.level == level]


def test_a_reasonable_matrix_names_where_each_action_is_the_cheapest():
    found = matrix([[0, 3, 13], [2520, 600, 353]])
    assert texts(found, "warning") == []
    # Discharge and a second look cost the same at 3 / (3 + 1920), the latter and a biopsy at
    # 10 / (10 + 247).
    assert any(
        '"discharge" up to 0.00156, "look again" from 0.00156 up to 0.03891, "biopsy" from 0.03891 on'
        in text
        for text in texts(found, "note")
    )


def test_an_action_that_no_probability_makes_the_cheapest_is_named():
    (told,) = texts(matrix([[0, 60, 100], [100, 60, 0]]), "warning")
    assert told.startswith('no probabilities make "look again" the cheapest')


def test_an_action_that_another_dominates_is_named_once_with_the_other():
    (told,) = texts(matrix([[0, 50, 100], [100, 20, 5]], refer=10), "warning")
    assert 'the action "look again" never costs less than referring' in told


def test_a_referral_that_is_never_the_cheapest_is_named_too():
    (told,) = texts(matrix([[0, 40, 100], [100, 40, 0]], refer=45), "warning")
    assert 'referring never costs less than the action "look again"' in told


def test_an_action_as_cheap_as_another_is_a_note():
    found = texts(matrix([[0, 50, 100], [100, 50, 0]]), "note")
    assert any('"look again" is at best as cheap as another action' in text for text in found)


def test_labels_that_share_their_best_action_are_told():
    found = matrix([[0, 5], [9, 0], [7, 1]], ("go", "stop"), ("free", "red", "amber"))
    assert any(
        'the best action for "red", "amber" is "stop"' in text for text in texts(found, "note")
    )


def test_where_all_labels_have_one_best_action_nothing_can_be_trained():
    found = matrix([[0, 5], [1, 9]], ("go", "stop"))
    assert any("no model can be trained" in text for text in warnings_of(found))
    with pytest.raises(Exception, match="all labels have the same best action"):
        found.loss_table(np.array([0, 1]))


def test_of_actions_whose_costs_depend_on_the_case_nothing_is_said():
    cell = ColumnCost("malignant", "look again", "size", 3.0)
    found = matrix([[0, 60, 100], [100, 60, 0]], column_costs=(cell,))
    assert texts(found, "warning") == []


def test_an_action_named_like_a_label_it_is_not_the_best_for_is_a_warning():
    found = matrix([[0, 3, 13], [2520, 600, 353]], ("benign", "malignant", "biopsy"))
    (told,) = texts(found, "warning")
    assert told.startswith('"malignant" is a label and an action')
    assert 'the best action for the label is "biopsy"' in told


def test_actions_named_like_the_labels_they_are_best_for_are_no_matter():
    assert (
        texts(
            matrix([[0, 3, 13], [2520, 600, 353]], ("benign", "look again", "malignant")), "warning"
        )
        == []
    )
