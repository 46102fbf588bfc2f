"""Numbers that nobody knows: drawn, at their means, and side by side from several people."""

import numpy as np
import pytest

from framework import CostMatrix
from framework.core.errors import CostMatrixError
from framework.core.uncertain_costs.uncertain_costs import (
    UncertainCosts,
    side_by_side,
    with_means,
    with_middles,
)

MISS = {"low": 100, "likely": 250, "high": 600}
ALARM = {"distribution": "uniform", "low": 1, "high": 3}


def matrix(costs, name="m", **keys):
    return CostMatrix.from_dict({"name": name, "labels": ["well", "ill"], "costs": costs, **keys})


TWO = matrix([[0, ALARM], [MISS, 0]])


def test_numbers_are_in_dollars_and_named_by_their_cells():
    found = UncertainCosts.of(
        matrix([[0, ALARM], [MISS, 0]], unit="k", dollars_per_unit=1000, refer=ALARM)
    )
    assert found.names == ("well as ill", "ill as well", "refer")
    assert found.used.tolist() == [2000, 250_000, 2000]
    assert found.ends.tolist() == [[1000, 3000], [100_000, 600_000], [1000, 3000]]
    assert found.cells[2].tolist() == [[False, False, True], [False, False, True]]


def test_each_share_of_a_distribution_is_drawn_once():
    """Latin hypercube: of 100 uniform draws one lies in every hundredth."""
    drawn = UncertainCosts.of(TWO).draws(100, 3)[:, 0]
    assert sorted(((drawn - 1) / 2 * 100).astype(int).tolist()) == list(range(100))


def test_the_seed_draws_the_same():
    numbers = UncertainCosts.of(TWO)
    assert (numbers.draws(50, 1) == numbers.draws(50, 1)).all()
    assert (numbers.draws(50, 1) != numbers.draws(50, 2)).any()


def test_means_and_middles_take_the_place_of_the_likely_values():
    assert with_means(TWO).costs.tolist() == [[0, 2], [(100 + 1000 + 600) / 6, 0]]
    assert with_middles(TWO).costs.tolist() == [[0, 2], [350, 0]]
    assert with_means(TWO).ranges == TWO.ranges


def test_numbers_move_costs_of_every_case():
    numbers = UncertainCosts.of(TWO)
    costs = np.arange(12.0).reshape(3, 2, 2)
    moved = numbers.moved(costs, np.array([3.0, 251.0]))
    assert (moved - costs).tolist() == [[[0, 1], [1, 0]]] * 3


def test_people_side_by_side_are_opinions_of_each_number():
    merged = side_by_side([TWO, matrix([[0, 2], [400, 0]], "other")])
    assert merged.name == "m | other"
    cells = {(cell.true, cell.predicted): cell.range.to_json() for cell in merged.ranges}
    assert cells[("well", "ill")] == {"opinions": [ALARM, 2]}
    assert cells[("ill", "well")] == {"opinions": [MISS, 400]}
    assert merged.costs.tolist() == [[0, 2], [325, 0]]


def test_what_people_agree_on_is_no_range():
    merged = side_by_side([matrix([[0, 1], [5, 0]]), matrix([[0, 1], [7, 0]])])
    assert [(cell.true, cell.predicted) for cell in merged.ranges] == [("ill", "well")]
    assert CostMatrix.from_dict(merged.to_dict()).costs.tolist() == [[0, 1], [6, 0]]


def test_three_people_count_alike_and_labels_go_by_name():
    pair = matrix([[0, 1], [{"opinions": [2, 4]}, 0]])
    third = CostMatrix("third", ("ill", "well"), [[0, 9], [1, 0]])
    merged = side_by_side([pair, third])
    assert merged.ranges[0].range.to_json() == {"opinions": [2, 4, 9, 9]}


def test_one_number_stays_one_where_people_agree_on_its_name():
    one = matrix([[0, 1], [9, 0]], refer={"low": 1, "likely": 2, "high": 3})
    other = matrix([[0, 1], [9, 0]], "other", refer={"low": 2, "likely": 3, "high": 4})
    assert len(UncertainCosts.of(side_by_side([one, other]))) == 1
    apart = matrix([[0, 1], [9, 0]], "third", refer=[3, 4])
    assert len(UncertainCosts.of(side_by_side([one, apart]))) == 2


def test_people_must_speak_of_the_same():
    with pytest.raises(CostMatrixError, match="differ in their unit"):
        side_by_side([TWO, matrix([[0, 1], [5, 0]], unit="EUR")])
    with pytest.raises(CostMatrixError, match="differ in their decision_labels"):
        side_by_side([TWO, matrix([[0, 1], [5, 0]], refer=1)])
