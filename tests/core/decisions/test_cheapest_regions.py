from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.core.decisions.cheapest_regions import regions
from framework.core.decisions.decision import minimum_expected_cost


def told(costs):
    return [(region.decision, region.low, region.high) for region in regions(np.array(costs))]


@pytest.mark.parametrize("ratio", [1, 5, 195.7, 250_000, 1e12])
def test_two_decisions_part_at_elkans_threshold(ratio):
    # Elkan 2001, equation 2: p* = 1 / (1 + ratio)
    p = pytest.approx(1 / (1 + ratio), rel=1e-12)
    assert told([[0.0, 1.0], [ratio, 0.0]]) == [(0, 0.0, p), (1, p, 1.0)]


def test_what_a_right_decision_costs_counts():
    # Of the second class: wrong 2.52, right 0.3528; a false alarm 0.0128767.
    (_, _, p), _ = told([[0, 0.0128767], [2.52, 0.3528]])
    assert p == pytest.approx(0.0128767 / (0.0128767 + 2.52 - 0.3528), rel=1e-12)


def test_referring_rules_between_two_thresholds():
    # Against the first: 10 (1 - p) + 10 p = 100 p; against the second: 100 (1 - p) = 10.
    assert told([[0.0, 100.0, 10.0], [100.0, 0.0, 10.0]]) == [
        (0, 0.0, pytest.approx(0.1)),
        (2, pytest.approx(0.1), pytest.approx(0.9)),
        (1, pytest.approx(0.9), 1.0),
    ]


def test_a_decision_that_is_never_the_cheapest_has_no_region():
    assert [d for d, *_ in told([[0.0, 1.0, 0.6], [1.0, 0.0, 0.6]])] == [0, 1]
    assert [d for d, *_ in told([[0.0, 1.0], [0.0, 1.0]])] == [0]
    # Referring touches the corner of the two: of no width.
    assert [d for d, *_ in told([[0.0, 1.0, 0.5], [1.0, 0.0, 0.5]])] == [0, 1]


@given(st.lists(st.lists(st.integers(-50, 50), min_size=4, max_size=4), min_size=2, max_size=2))
def test_inside_every_region_its_decision_is_the_cheapest(rows):
    costs = np.array(rows, dtype=float)
    found = regions(costs)
    assert (found[0].low, found[-1].high) == (0, 1)
    for region, following in pairwise(found):
        assert region.high == following.low
    for region in found:
        p = (region.low + region.high) / 2
        expected = np.array([1 - p, p]) @ costs
        assert expected[region.decision] == pytest.approx(expected.min())
        cheapest = minimum_expected_cost(np.array([[1 - p, p]]), costs)[0]
        assert expected[cheapest] == pytest.approx(expected[region.decision])
