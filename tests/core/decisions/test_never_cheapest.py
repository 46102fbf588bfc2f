from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.core.decisions.never_cheapest import leads

STEPS = 40  # of the grid along each side of the simplex


def grid(n):
    """Probabilities of n classes, all that are multiples of 1 / STEPS."""
    rows = [row for row in product(range(STEPS + 1), repeat=n - 1) if sum(row) <= STEPS]
    return np.array([[*row, STEPS - sum(row)] for row in rows]) / STEPS


def test_a_compromise_that_is_dearer_than_a_mix_of_the_others_is_behind_everywhere():
    # At (1/2, 1/2) both others cost 50: there it is least far behind, by 10.
    costs = np.array([[0.0, 60.0, 100.0], [100.0, 60.0, 0.0]])
    assert leads(costs).tolist() == pytest.approx([60, -10, 60])


def test_a_cheap_compromise_is_ahead_in_the_middle():
    assert leads(np.array([[0.0, 40.0, 100.0], [100.0, 40.0, 0.0]]))[1] == pytest.approx(10)


def test_the_same_action_twice_is_never_ahead_and_never_behind():
    assert leads(np.array([[1.0, 1.0, 9.0], [5.0, 5.0, 0.0]])).tolist() == pytest.approx([0, 0, 5])


@given(st.integers(0, 10_000), st.integers(2, 3), st.integers(2, 5))
def test_who_is_behind_everywhere_is_the_cheapest_nowhere_on_a_grid(seed, n, m):
    costs = np.random.default_rng(seed).integers(0, 20, (n, m)).astype(float)
    expected = grid(n) @ costs
    others = np.stack([np.delete(expected, a, axis=1).min(axis=1) for a in range(m)], axis=1)
    on_grid = (others - expected).max(axis=0)
    found = leads(costs)
    # The best probabilities lie within 1 / STEPS of a point of the grid, in each class.
    slack = 2 * (n - 1) / STEPS * 20 + 1e-9
    assert (found >= on_grid - 1e-9).all()
    assert (found <= on_grid + slack).all()
    assert not ((found < 0) & (on_grid > 0)).any()
