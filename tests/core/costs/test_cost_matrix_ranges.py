"""Ranges in a cost matrix: files with them run everywhere, and come back as they were written."""

import numpy as np
import pytest

from framework import CostMatrix
from framework.core.errors import CostMatrixError

MISS = {"low": 100, "likely": 250, "high": 600}
BASE = {"name": "m", "labels": ["well", "ill"]}


def matrix(**keys):
    return CostMatrix.from_dict({**BASE, **keys})


def test_the_likely_value_is_the_cost_everywhere():
    found = matrix(costs=[[0, {"opinions": [1, 4]}], [MISS, 20]])
    assert found.costs.tolist() == [[0, 2.5], [250, 20]]
    assert found.dollar_costs().tolist() == found.costs.tolist()


def test_values_are_costs_turned_round():
    brought = {"low": -600, "likely": -250, "high": -100}
    found = matrix(values=[[0, -1], [brought, 0]])
    assert found.ranges == matrix(costs=[[0, 1], [MISS, 0]]).ranges


def test_one_range_of_referring_is_one_number():
    found = matrix(costs=[[0, 1], [9, 0]], refer={"low": 1, "likely": 2, "high": 3})
    assert found.refer.tolist() == [2, 2]
    assert [(cell.true, cell.predicted, cell.name) for cell in found.ranges] == [
        ("well", "refer", "refer"),
        ("ill", "refer", "refer"),
    ]


def test_all_cells_of_a_rule_are_one_number_and_later_rules_win():
    found = CostMatrix.from_dict(
        {
            "name": "m",
            "labels": ["a", "b", "c"],
            "default": {"distribution": "uniform", "low": 1, "high": 3},
            "rules": [
                {"true": "a", "predicted": "*", "cost": MISS},
                {"true": "a", "predicted": "c", "cost": 7},
            ],
        }
    )
    assert found.costs.tolist() == [[0, 250, 7], [2, 0, 2], [2, 2, 0]]
    names = {(cell.true, cell.predicted): cell.name for cell in found.ranges}
    assert names[("a", "b")] == "rule 1"
    assert [names[pair] for pair in (("b", "a"), ("c", "b"))] == ["default", "default"]
    assert ("a", "c") not in names


def test_a_file_comes_back_as_it_was(tmp_path):
    given = matrix(
        costs=[[0, 1.0], [{**MISS, "name": "miss", "use": 300}, 0]],
        refer=[{"distribution": "normal", "mean": 5, "sd": 1}, 7],
    )
    given.to_file(tmp_path / "m.json")
    again = CostMatrix.from_file(tmp_path / "m.json")
    assert again.to_dict() == given.to_dict()
    assert again.costs[1, 0] == 300
    assert again.ranges == given.ranges


def test_ranges_go_by_their_labels():
    turned = matrix(costs=[[0, 1], [MISS, 0]]).aligned(("ill", "well"))
    assert turned.costs.tolist() == [[0, 250], [1, 0]]
    assert turned.to_dict()["costs"][0][1] == MISS


def test_in_python_too():
    by_label = CostMatrix.of({"well": {"ill": 1}, "ill": {"well": MISS}})
    by_rows = CostMatrix.of([[0, 1], [MISS, 0]], ["well", "ill"])
    assert by_label.ranges == by_rows.ranges
    assert len(by_rows.ranges) == 1


def test_dollars_are_those_of_the_unit():
    found = matrix(costs=[[0, 1], [MISS, 0]], unit="QALY", dollars_per_unit=1000)
    assert found.dollar_costs()[1, 0] == 250_000


def test_a_matrix_shows_what_is_plausible():
    assert "250 (100 to 600)" in repr(matrix(costs=[[0, 1], [MISS, 0]]))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"costs": [[0, 1], [{"low": 1}, 0]]}, '"costs", row "ill" (truth), column "well"'),
        ({"costs": [[0, 1], [{**MISS, "use": "x"}, 0]]}, '"use": expected a finite number'),
        ({"costs": [[0, 1], [{**MISS, "name": 3}, 0]]}, '"name": expected a string'),
        (
            {"costs": [[0, {**MISS, "name": "x"}], [{"opinions": [1, 2], "name": "x"}, 0]]},
            'the number "x" has another range in another cell',
        ),
        ({"costs": [[0, 1], [2, 0]], "refer": [MISS, {"low": 1}]}, '"refer", truth "ill"'),
        ({"default": 1, "rules": [{"true": "*", "predicted": "*", "cost": {"low": 1}}]}, "rule 1"),
        ({"costs": [[0, 1], [MISS, 0]], "dollars_per_unit": 1e29}, "dollars_per_unit"),
    ],
)
def test_a_malformed_range_is_named(keys, message):
    with pytest.raises(CostMatrixError) as error:
        matrix(**keys)
    assert message in str(error.value)


def test_a_cell_has_one_cost():
    ranged = matrix(costs=[[0, 1], [MISS, 0]]).ranges
    with pytest.raises(CostMatrixError, match="given twice"):
        CostMatrix("m", ("well", "ill"), np.eye(2), ranges=(*ranged, *ranged))
    with pytest.raises(CostMatrixError, match="not there"):
        CostMatrix("m", ("a", "b"), 1 - np.eye(2), ranges=ranged)
