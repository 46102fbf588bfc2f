import itertools

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, eye, kron

from framework.core.decisions.allocation import Kinds, Rows, allocate, can_be_kept, shadow_prices


def decided(expected, rows):
    """Counts of each kind, and the kinds, the prices and the bound."""
    kinds, _ = Kinds.of(expected)
    prices, bound = shadow_prices(kinds, rows)
    return allocate(kinds, rows, prices, bound), kinds, prices, bound


def by_trying_all(expected, rows):
    """The least total of all decisions that keep the rows, None of none."""
    n, m = expected.shape
    totals = [
        expected[np.arange(n), list(decisions)].sum()
        for decisions in itertools.product(range(m), repeat=n)
        if (rows.slack(np.bincount(decisions, minlength=m)) >= -1e-9).all()
    ]
    return min(totals, default=None)


def small_world(seed):
    """Up to six cases, three decisions and two limits, some of them least uses, some with ties."""
    rng = np.random.default_rng(seed)
    n, m, n_rows = rng.integers(1, 7), rng.integers(2, 4), rng.integers(1, 3)
    if seed % 2:
        expected = rng.integers(-3, 4, (n, m)).astype(float)
    else:
        expected = rng.normal(size=(n, m)) * 10 ** rng.uniform(-2, 5)
    sign = np.where(rng.random(n_rows) < 0.2, -1, 1)
    uses = rng.integers(0, 3, (n_rows, m)) * sign[:, None].astype(float)
    return expected, Rows(uses, rng.integers(0, n + 1, n_rows) * sign.astype(float))


@pytest.mark.parametrize("seed", range(150))
def test_small_batches_are_decided_as_well_as_by_trying_all_decisions(seed):
    expected, rows = small_world(seed)
    best = by_trying_all(expected, rows)
    if not can_be_kept(len(expected), rows):
        assert best is None
        return
    counts, kinds, _, bound = decided(expected, rows)
    if best is None:
        assert counts is None
        return
    assert rows.keep(counts.sum(axis=0))
    assert counts.sum(axis=1).tolist() == kinds.size.tolist()
    assert (counts * kinds.expected).sum() == pytest.approx(best)
    assert bound <= best + 1e-9 * kinds.scale


def large_world(n, seed, rounded=False):
    """n cases of four classes, five decisions and three limits that all but one bind."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(4, 0.3), n)
    probabilities = probabilities.round(1) if rounded else probabilities
    expected = probabilities @ rng.uniform(0, 1000, (4, 5))
    uses = np.array([[0, 2, 1, 0, 0], [0, 0, 1, 1, 0], [0, 1, 0, 0, 3]], dtype=float)
    free = np.bincount(expected.argmin(axis=1), minlength=5)
    return expected, Rows(uses, np.floor(uses @ free * rng.uniform(0.3, 0.9, 3)))


@pytest.mark.parametrize("seed", range(5))
def test_bound_and_prices_are_those_of_the_whole_linear_programme(seed):
    expected, rows = large_world(300, seed)
    _, kinds, prices, bound = decided(expected, rows)
    whole = linprog(
        kinds.expected.ravel(),
        A_ub=csr_matrix(np.tile(rows.uses, len(kinds.size))),
        b_ub=rows.amounts,
        A_eq=kron(eye(len(kinds.size)), np.ones((1, 5))),
        b_eq=kinds.size,
    )
    assert bound == pytest.approx(whole.fun, rel=1e-5)
    # A price of whole cases lies between two corners: near, not equal.
    assert prices == pytest.approx(-whole.ineqlin.marginals, abs=0.02 * kinds.scale)


@pytest.mark.parametrize("rounded", [False, True])
def test_large_batches_come_within_a_thousandth_of_the_bound(rounded):
    expected, rows = large_world(20_000, 1, rounded)
    counts, kinds, _, bound = decided(expected, rows)
    assert rows.keep(counts.sum(axis=0))
    assert bound <= (counts * kinds.expected).sum() <= bound + 1e-3 * abs(bound)


def test_cases_with_the_same_expected_costs_are_one_kind():
    kinds, of_case = Kinds.of(np.array([[0.0, 1.0], [2.0, 1.0], [-0.0, 1.0]]))
    assert sorted(kinds.size.tolist()) == [1, 2]
    assert of_case[0] == of_case[2] != of_case[1]


def test_of_prices_that_do_alike_the_lowest_is_told():
    # Nothing may be checked: from 90 on, which is the most that a check saves, any price does.
    expected = np.array([[100.0, 10.0], [50.0, 10.0], [0.0, 10.0]])
    _, _, prices, _ = decided(expected, Rows(np.array([[0.0, 1.0]]), np.zeros(1)))
    assert prices[0] == pytest.approx(90, rel=1e-3)


def test_what_is_not_scarce_has_no_price():
    expected = np.array([[100.0, 10.0], [50.0, 10.0], [0.0, 10.0]])
    counts, _, prices, bound = decided(expected, Rows(np.array([[0.0, 1.0]]), np.array([3.0])))
    assert (prices[0], bound) == (0, 20)
    assert counts.sum(axis=0).tolist() == [1, 2]
