"""Cases decided anew for many matrices at once: as if each were decided by itself."""

import numpy as np
import pytest

from framework import CostMatrix
from framework.core.case_costs import case_costs, expected_costs
from framework.core.uncertain_costs.redeciding import Redeciding
from framework.core.uncertain_costs.uncertain_costs import UncertainCosts


def ranged(rng, n_classes, n_actions, share=0.5, refer=False):
    """A matrix of which about that share of the cells are ranges, some of them one number."""
    cells = rng.uniform(0, 10, (n_classes, n_actions)).tolist()
    for row in cells:
        for j, cost in enumerate(row):
            if rng.random() < share:
                row[j] = {"low": cost - 3, "likely": cost, "high": cost + 20}
    cells[0][0] = cells[1][1] = {"low": 1, "likely": 2, "high": 9, "name": "shared"}
    data = {
        "name": "m",
        "labels": [f"c{k}" for k in range(n_classes)],
        "actions": [f"a{k}" for k in range(n_actions)],
        "costs": cells,
    }
    return CostMatrix.from_dict(
        data | ({"refer": {"low": 1, "likely": 2, "high": 9}} if refer else {})
    )


def world(seed, per_case=False, n=60):
    rng = np.random.default_rng(seed)
    matrix = ranged(rng, 3, 4, refer=seed % 2 == 1)
    p = rng.dirichlet(np.full(3, 0.4), n)
    y = rng.integers(0, 3, n)
    weights = rng.random(n)
    known = costs = matrix.dollar_costs()
    if per_case:
        known = costs + rng.uniform(0, 5, (n, *costs.shape))
        costs = known + rng.uniform(0, 1, known.shape)
    numbers = UncertainCosts.of(matrix)
    return Redeciding(p, y, weights / weights.sum(), known, costs, numbers)


def one_by_one(cases, at, decisions=None):
    """What is expected and what came, with the numbers at ``at``."""
    known, costs = (cases.numbers.moved(of, at) for of in (cases.known, cases.costs))
    expected = expected_costs(cases.p, known)
    taken = expected.argmin(axis=1) if decisions is None else decisions
    said = expected[np.arange(len(taken)), taken]
    return [cases.weights @ said, cases.weights @ case_costs(cases.y, taken, costs)]


@pytest.mark.parametrize("per_case", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_every_draw_is_decided_as_if_alone(seed, per_case):
    cases = world(seed, per_case)
    drawn = cases.numbers.draws(40, seed)
    assert np.allclose(cases.anew(drawn), [one_by_one(cases, at) for at in drawn])


@pytest.mark.parametrize("seed", range(4))
def test_decisions_that_stay_cost_what_each_matrix_says(seed):
    cases = world(seed, per_case=seed > 1)
    decisions = np.random.default_rng(seed).integers(0, 4, len(cases.y))
    drawn = cases.numbers.draws(20, seed)
    told = cases.fixed(decisions)(drawn)
    assert np.allclose(told, [one_by_one(cases, at, decisions) for at in drawn])


@pytest.mark.parametrize("seed", range(3))
def test_one_number_alone_leaves_the_others_at_their_means(seed):
    cases = world(seed)
    for f in range(len(cases.numbers)):
        values = np.array([0.0, 5.0, 30.0])
        drawn = np.tile(cases.numbers.means, (3, 1))
        drawn[:, f] = values
        assert np.allclose(cases.anew(values[:, None], [f]), cases.anew(drawn))


def test_of_equally_cheap_decisions_one_is_taken():
    """All cells are one number, and both classes as likely: every decision costs the same."""
    same = {"low": 1, "likely": 2, "high": 3, "name": "same"}
    matrix = CostMatrix.from_dict(
        {"name": "m", "labels": ["a", "b"], "costs": [[same, same], [same, same]]}
    )
    numbers, costs = UncertainCosts.of(matrix), matrix.dollar_costs()
    cases = Redeciding(
        np.full((5, 2), 0.5), np.zeros(5, int), np.full(5, 0.2), costs, costs, numbers
    )
    assert cases.anew(np.array([[1.5], [3.0]])) == pytest.approx(np.array([[1.5, 1.5], [3.0, 3.0]]))


def test_many_draws_are_worked_through_in_blocks():
    cases = world(0, n=3000)
    drawn = cases.numbers.draws(200, 0)
    assert np.allclose(cases.anew(drawn)[150:153], cases.anew(drawn[150:153]))
