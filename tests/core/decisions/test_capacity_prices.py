import numpy as np
import pytest

from framework.core.decisions.allocation import Kinds, Rows, shadow_prices
from framework.core.decisions.capacity_prices import CapacityPrices
from tests.core.decisions.test_allocation import large_world


def used(decisions, rows):
    return rows.uses @ np.bincount(decisions, minlength=rows.uses.shape[1])


@pytest.mark.parametrize("rounded", [False, True])
def test_limits_hold_in_the_mean_on_the_cases_they_were_found_on(rounded):
    expected, rows = large_world(2000, 3, rounded)
    policy = CapacityPrices.of(expected, rows)
    uses = np.mean([used(policy.decide(expected, seed), rows) for seed in range(40)], axis=0)
    assert (uses <= rows.amounts * 1.01 + 1).all()
    kinds, _ = Kinds.of(expected)
    _, bound = shadow_prices(kinds, rows)
    totals = [
        expected[np.arange(len(expected)), policy.decide(expected, seed)].sum()
        for seed in range(40)
    ]
    assert np.mean(totals) == pytest.approx(bound, rel=2e-3)


@pytest.mark.parametrize("rounded", [False, True])
def test_further_cases_of_the_same_kind_use_about_as_much(rounded):
    expected, rows = large_world(8000, 5, rounded)
    policy = CapacityPrices.of(expected[:4000], Rows(rows.uses, rows.amounts / 2))
    later = used(policy.decide(expected[4000:], 1), rows)
    deviations = np.sqrt(rows.amounts / 2)  # of a count, were each case drawn alone
    assert (later <= rows.amounts / 2 + 6 * deviations).all()


def test_of_cases_that_are_all_alike_a_share_gets_the_scarce_decision():
    expected = np.tile([50.0, 10.0], (1000, 1))
    policy = CapacityPrices.of(expected, Rows(np.array([[0.0, 1.0]]), np.array([300.0])))
    assert policy.decide(expected, 0).mean() == pytest.approx(0.3, abs=0.06)
    assert (policy.decide(expected, 1) == policy.decide(expected, 1)).all()
