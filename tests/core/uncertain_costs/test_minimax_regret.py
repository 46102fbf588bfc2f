"""The decision with the least largest regret, against every corner of what is plausible."""

from itertools import product

import numpy as np
import pytest

from framework import CostMatrix
from framework.core.case_costs import expected_costs
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.uncertain_costs.minimax_regret import largest_regrets, minimax_regret
from framework.core.uncertain_costs.uncertain_costs import UncertainCosts, with_middles


def drawn(seed, n_actions=3):
    """A matrix with five numbers, of which one stands in three cells of two columns."""
    rng = np.random.default_rng(seed)
    cells = rng.uniform(0, 10, (3, n_actions)).tolist()
    for i, j in ((0, 1), (1, 0), (2, 1), (2, 2))[: 2 + n_actions - 1]:
        cells[i][j % n_actions] = {"low": 0, "likely": 3, "high": float(rng.uniform(5, 40))}
    shared = {"low": 1, "likely": 2, "high": 25, "name": "shared"}
    cells[0][0] = cells[1][1] = cells[2][0] = shared
    actions = [f"a{k}" for k in range(n_actions)]
    matrix = CostMatrix.from_dict(
        {"name": "m", "labels": ["a", "b", "c"], "actions": actions, "costs": cells}
    )
    return matrix, rng.dirichlet(np.ones(3), 20)


def by_corners(matrix, p):
    numbers = UncertainCosts.of(matrix)
    worst = np.zeros((len(p), matrix.n_actions))
    for corner in product(*numbers.ends):
        expected = expected_costs(p, numbers.moved(matrix.dollar_costs(), np.array(corner)))
        worst = np.maximum(worst, expected - expected.min(axis=1, keepdims=True))
    return worst


@pytest.mark.parametrize("seed", range(8))
def test_the_largest_regret_stands_at_a_corner(seed):
    matrix, p = drawn(seed)
    found = largest_regrets(p, matrix.dollar_costs(), UncertainCosts.of(matrix))
    assert np.allclose(found, by_corners(matrix, p))


@pytest.mark.parametrize("seed", range(4))
def test_of_two_decisions_it_is_the_cheapest_at_the_middles(seed):
    matrix, p = drawn(seed, n_actions=2)
    numbers = UncertainCosts.of(matrix)
    found = minimax_regret(p, matrix.dollar_costs(), numbers)
    middles = with_middles(matrix).dollar_costs()
    assert found.tolist() == minimum_expected_cost(p, middles).tolist()


def test_costs_of_the_case_move_it():
    """Of each case for itself what the whole says of its own costs."""
    matrix, p = drawn(0)
    numbers = UncertainCosts.of(matrix)
    costs = matrix.dollar_costs() + np.random.default_rng(0).uniform(0, 9, (len(p), 3, 3))
    together = largest_regrets(p, costs, numbers)
    alone = [largest_regrets(p[i : i + 1], costs[i], numbers)[0] for i in range(len(p))]
    assert np.allclose(together, alone)


def test_where_all_is_known_the_expected_cost_decides():
    matrix, p = drawn(1)
    exact = matrix.dollar_costs()
    assert minimax_regret(p, exact).tolist() == minimum_expected_cost(p, exact).tolist()
