"""What a report says of costs that nobody knows exactly."""

import numpy as np
import pytest

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.uncertain_costs.plausible_costs import (
    ComparedModel,
    Plausible,
    compare_under_ranges,
)
from framework.core.uncertain_costs.uncertain_costs import UncertainCosts
from framework.report.run.cost_ranges import models_table, numbers_table, sentences, ways_table


@pytest.fixture(scope="module")
def found():
    """One model that knows nothing, and twenty numbers, one of which matters."""
    little = {"distribution": "uniform", "low": 0, "high": 1e-9}
    actions = [f"a{k}" for k in range(10)]
    cells = [[{"low": 0, "likely": 1, "high": 9}, 2, *[{**little, "low": -1e-9}] * 8], [5] * 10]
    matrix = CostMatrix.from_dict(
        {"name": "m", "labels": ["x", "y"], "actions": actions, "costs": cells}
    )
    costs = matrix.dollar_costs() + np.array([[0] * 2 + [7] * 8, [0] * 10])
    y, p = np.array([0] * 8 + [1] * 2), np.tile([0.8, 0.2], (10, 1))
    plausible = Plausible(JudgedCases(y, costs), costs, UncertainCosts.of(matrix))
    model = ComparedModel(np.zeros(10, int), p)
    return compare_under_ranges(plausible, {"only": model}, "only", p, 400)


def test_the_cheapest_model_is_stressed(found):
    table = models_table(found)
    assert [row[:2] for row in table.rows] == [
        ("only", "anew"),
        ("no model (best constant decision)", "anew"),
    ]
    assert [row[2] for row in table.rows] == ["50.0%", "50.0%"]
    assert table.strong == (0,)


def test_what_is_worth_asking_for_stands_first(found):
    table = numbers_table(found)
    assert table.rows[0][:5] == ("a0 if x", "$0.00", "$1.00", "$2.17", "$9.00")
    assert len(table.rows) + len(table.folded) == 9
    assert table.foot[0][0] == "all of them"


def test_ways_to_decide_are_named_by_their_setting(found):
    assert [row[0] for row in ways_table(found).rows] == [
        "by the likely costs",
        "by the mean costs (robust: expected)",
        "least largest regret (robust: regret)",
    ]


def test_sentences_stand_alone(found):
    told = sentences(found)
    assert all(one[0].isupper() and one.endswith(".") for one in told)
    assert any(one.startswith("Ask first for “a0 if x”") for one in told)
