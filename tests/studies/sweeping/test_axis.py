import numpy as np
import pytest

from framework import CostMatrix
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.core.errors import ConfigError
from framework.studies.sweeping.axis import read_axis
from tests.conftest import THREE

MEDICAL = CostMatrix(
    "medical",
    ("benign", "malignant"),
    [[0, 0.0128767], [2.52, 0.3528]],
    unit="QALY",
    training_costs=[[0, 1], [200, 0]],
)
PRICED = CostMatrix(
    "priced", ("no", "yes"), [[0, 9], [1, 0]], column_costs=(ColumnCost("yes", "no", "x", 2.0),)
)


def test_a_ratio_is_of_what_mistakes_cost_above_the_right_decision():
    axis = read_axis("fn:fp=1:1..1000:1", None, 4, MEDICAL)
    np.testing.assert_allclose(axis.values, [1, 10, 100, 1000])
    at = axis.matrix(MEDICAL, 10)
    np.testing.assert_allclose(at.costs, [[0, 0.0128767], [0.3528 + 0.128767, 0.3528]])
    np.testing.assert_allclose(at.training_costs, [[0, 1], [10, 0]])
    # (2.52 - 0.3528) / 0.0128767
    assert axis.present(MEDICAL) == pytest.approx(168.30, abs=0.01)
    again = axis.matrix(MEDICAL, axis.present(MEDICAL))
    np.testing.assert_allclose(again.costs, MEDICAL.costs)


def test_the_other_way_round_the_false_alarm_is_varied():
    axis = read_axis("fp:fn=1:4..4:1", None, 3, MEDICAL)
    np.testing.assert_allclose(axis.values, [0.25, 1, 4])
    assert axis.matrix(MEDICAL, 1).costs[0, 1] == pytest.approx(2.52 - 0.3528)
    assert axis.present(MEDICAL) == pytest.approx(1 / 168.30, rel=1e-3)


def test_cells_by_label_pattern_and_group_at_a_cost():
    matrix = CostMatrix.from_dict(
        {
            "name": "signs",
            "labels": ["stop", "speed_30", "speed_50", "yield"],
            "default": 10,
            "groups": {"limits": ["speed_*"]},
            "rules": [{"true": "stop", "predicted": "limits", "cost": 5000}],
        }
    )
    for text in ("cell=stop->speed_*:100..10000", "cell=stop->limits:100..10000"):
        axis = read_axis(None, text, 3, matrix)
        assert np.argwhere(axis.swept).tolist() == [[0, 1], [0, 2]]
        np.testing.assert_allclose(axis.values, [100, 1000, 10000])
        assert axis.matrix(matrix, 700).costs[0].tolist() == [0, 700, 700, 10]
        assert axis.present(matrix) == 5000
    axis = read_axis(None, "cell=limits,yield->stop:1..2", 2, matrix)
    assert np.argwhere(axis.swept).tolist() == [[1, 0], [2, 0], [3, 0]]


def test_cells_multiplied_keep_their_proportions_and_follow_columns():
    axis = read_axis(None, "cell=a->*:x0.5..x2", 3, THREE)
    assert axis.matrix(THREE, 2).costs.tolist() == [[0, 2, 10], [1, 0, 1], [9, 9, 0]]
    assert axis.present(THREE) == 1
    priced = read_axis(None, "cell=yes->no:x0.5..x2", 3, PRICED).matrix(PRICED, 2)
    assert priced.costs[1, 0] == 2
    assert priced.column_costs[0].factor == 4


@pytest.mark.parametrize(
    ("ratio", "cells", "points", "matrix", "message"),
    [
        ("fn:fp=1:1", None, 4, MEDICAL, "expected something like fn:fp=1:1..1000:1"),
        ("fn:fn=1..2", None, 4, MEDICAL, "expected something like"),
        ("fn:fp=9..2", None, 4, MEDICAL, "from a smaller to a larger value"),
        ("fn:fp=0..2", None, 4, MEDICAL, "expected positive numbers"),
        ("fn:fp=1..2", None, 1, MEDICAL, "--points: expected at least 2"),
        ("fn:fp=1..2", None, 4, THREE, "--ratio is for two classes"),
        ("fn:fp=1..2", None, 4, PRICED, "depend on a column"),
        ("fn:fp=1..2", "cell=a->b:1..2", 4, THREE, "not both"),
        (None, None, 4, THREE, "name the cells to sweep"),
        (None, "a->b:1..2", 4, THREE, 'expected "cell=TRUE->PREDICTED'),
        (None, "cell=a->d:1..2", 4, THREE, '"d" matches no label'),
        (None, "cell=a->a:1..2", 4, THREE, "names no mistake"),
        (None, "cell=a->b:x1..2", 4, THREE, "both ends"),
        (None, "cell=yes->no:1..2", 4, PRICED, "multiply them instead"),
    ],
)
def test_what_cannot_be_swept_is_told(ratio, cells, points, matrix, message):
    with pytest.raises(ConfigError, match=r"^[^\n]+$") as told:
        read_axis(ratio, cells, points, matrix)
    assert message in str(told.value)


def test_a_range_may_end_where_the_swept_mistake_costs_less_than_none():
    axis = read_axis(None, "cell=malignant->benign:0.1..10", 3, MEDICAL)
    assert axis.matrix(MEDICAL, 0.1).allow == ("mistakes_that_pay",)
    assert axis.matrix(MEDICAL, 10.0).allow == ()


ACTS = CostMatrix(
    "acts",
    ("no", "yes"),
    [[0, 4, 10], [100, 30, 5]],
    actions=("leave", "ask", "act"),
    training_costs=[[0, 1], [9, 0]],
)


def test_a_cell_of_truth_and_action_is_swept():
    axis = read_axis(None, "cell=yes->ask,leave:10..1000", 3, ACTS)
    assert np.argwhere(axis.swept).tolist() == [[1, 0], [1, 1]]
    assert axis.present(ACTS) is None
    at = axis.matrix(ACTS, 70)
    assert at.costs.tolist() == [[0, 4, 10], [70, 70, 5]]
    assert at.actions == ACTS.actions
    # Weights of classes have no place for what an action costs: the regret of acting on classes.
    assert at.loss_weights.tolist() == [[0, 10], [65, 0]]
    best = read_axis(None, "cell=yes->act:x0.5..x4", 2, ACTS)
    assert best.matrix(ACTS, 4.0).costs[1].tolist() == [100, 30, 20]
    assert best.present(ACTS) == 1.0


@pytest.mark.parametrize(
    ("ratio", "cells", "told"),
    [
        (None, None, r'"cell=yes->leave:1..100"'),
        ("fn:fp=1..10", None, r'"cell=TRUE->ACTION:LOW..HIGH" \(its actions: leave, ask, act\)'),
        (None, "cell=yes->no:1..10", 'expected one of the actions "leave", "ask", "act"'),
    ],
)
def test_what_cannot_be_swept_of_actions_is_told(ratio, cells, told):
    with pytest.raises(ConfigError, match=told):
        read_axis(ratio, cells, 3, ACTS)
