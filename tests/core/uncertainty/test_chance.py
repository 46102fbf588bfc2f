import numpy as np
import pytest

from framework.core.uncertainty.chance import chance
from framework.core.uncertainty.sampled_mean import SampledMean


def share(hits, n):
    """What was lost: a dollar in ``hits`` of ``n`` cases."""
    return SampledMean.of(np.repeat([-1.0, 0.0], [hits, n - hits]), (-1.0, 0.0))


def test_two_shares_are_told_apart_about_as_surely_as_by_exact_tests():
    # scipy.stats: fisher_exact([[1, 49], [10, 40]]) 0.0078, boschloo_exact 0.0034
    found = chance(share(1, 50).plus(share(10, 50).mirrored()))
    assert 0.0034 < found < 0.0078


def test_equal_means_are_chance():
    assert chance(share(5, 50).plus(share(50, 500).mirrored())) == 1.0


def test_the_order_of_the_two_does_not_matter():
    difference = share(2, 100).plus(share(20, 200).mirrored())
    assert chance(difference) == pytest.approx(chance(difference.mirrored()))


def test_a_dear_mistake_that_did_not_happen_to_show_is_not_excluded():
    """30 cases without a mistake that costs 100,000 are no cheaper than 10,000 of which five had one."""
    none = SampledMean.of(np.zeros(30), (-100_000.0, 0.0))
    some = SampledMean.of(np.repeat([-100_000.0, 0.0], [5, 9_995]), (-100_000.0, 0.0))
    assert chance(none.plus(some.mirrored())) > 0.5


def test_groups_are_single_observations():
    values = np.tile(np.repeat([-1.0, 0.0], [10, 30]), 10)
    groups = np.tile(np.arange(40), 10)
    alone = SampledMean.of(values, (-1.0, 0.0))
    together = SampledMean.of(values, (-1.0, 0.0), groups)
    zero = SampledMean.of(np.full(400, -0.15), (-1.0, 0.0))
    assert chance(alone.plus(zero.mirrored())) < 1e-3
    assert chance(together.plus(zero.mirrored())) > 0.05
