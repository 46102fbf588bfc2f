import numpy as np
import pytest

from framework.core.bootstrap import (
    mean_replicates,
    paired_difference,
    unpaired_difference,
)


def test_columns_are_resampled_together():
    rng = np.random.default_rng(0)
    a = rng.integers(0, 3, 300).astype(float)
    means = mean_replicates(np.stack([a, a + 2, -a], axis=1), replicates=500)
    np.testing.assert_allclose(means[:, 1], means[:, 0] + 2)
    np.testing.assert_allclose(means[:, 2], -means[:, 0])
    assert means[:, 0].std() == pytest.approx(a.std() / np.sqrt(300), rel=0.1)


def test_whole_groups_are_drawn():
    """Ten groups of thirty equal cases say no more than ten cases."""
    of_group = np.arange(10.0)
    values = np.repeat(of_group, 30)[:, None]
    means = mean_replicates(values, np.repeat(np.arange(10), 30))
    assert means.std() == pytest.approx(of_group.std() / np.sqrt(10), rel=0.1)


def test_an_unpaired_difference_is_wider_than_a_paired_one():
    rng = np.random.default_rng(0)
    hard = rng.integers(0, 2, 400) * -10.0
    first, second = hard, hard - 1
    paired, unpaired = paired_difference(first, second), unpaired_difference(first, second)
    assert paired.interval.mean == unpaired.interval.mean == pytest.approx(1)
    assert (paired.interval.low, paired.interval.high) == pytest.approx((1, 1))
    # Standard error of a difference of two independent means: 5 * sqrt(2 / 400).
    assert unpaired.interval.standard_error == pytest.approx(0.354, rel=0.05)
    assert unpaired.reversed().interval.mean == pytest.approx(-1)
    assert unpaired.reversed().probability_cheaper == 1 - unpaired.probability_cheaper
