import numpy as np
import pytest

from framework.core.cases.hash_split import (
    Limits,
    PartShares,
    draws_of,
    named,
    numbered,
    places_of,
)


def test_places_are_spread_evenly_whatever_the_numbers_are():
    """Counts in 20 equal bins: chi-squared with 19 degrees of freedom is below 43.8 in 999 of 1,000."""
    for keys in (numbered(0, 100_000), numbered(10**12, 100_000), numbered(0, 100_000)[::2]):
        for seed in (0, 1, 2**31 - 1):
            counts = np.histogram(places_of(keys, seed), bins=20, range=(0, 1))[0]
            expected = len(keys) / 20
            assert ((counts - expected) ** 2 / expected).sum() < 43.8


def test_a_place_depends_on_the_number_and_the_seed_alone():
    whole = places_of(numbered(0, 1000), 3)
    parts = [places_of(numbered(start, 100), 3) for start in range(0, 1000, 100)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert (places_of(numbered(0, 1000), 4) != whole).all()


def test_splitmix64_is_that_of_its_authors():
    """The first outputs for the seed 1234567, as rosettacode.org lists them; its state moves by the golden
    ratio, which is what keys are multiplied by here."""
    golden, mask = 0x9E3779B97F4A7C15, 2**64 - 1
    z = (1234567 + golden) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    assert z ^ (z >> 31) == 6457827717110365317
    # A key k of the seed's own start s is the output for the state (k + s + 1) * golden.
    start = (2 * 7 * golden + golden) & mask
    start = ((start ^ (start >> 30)) * 0xBF58476D1CE4E5B9) & mask
    start = ((start ^ (start >> 27)) * 0x94D049BB133111EB) & mask
    start ^= start >> 31
    z = ((5 + start) * golden + golden) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    z ^= z >> 31
    assert places_of(numbered(5, 1), 7)[0] == (z >> 11) * 2.0**-53


def test_who_is_sampled_does_not_depend_on_who_is_tested():
    keys = numbered(0, 100_000)
    assert abs(np.corrcoef(places_of(keys, 0), draws_of(keys, 0))[0, 1]) < 0.01


def test_a_group_has_one_place():
    assert (named(["a", "b", "a"]) == named(["a", "b", "a"])).all()
    first, second, again = places_of(named(["a", "b", "a"]), 0)
    assert first == again != second


def test_shares_are_as_asked_until_the_limits_are_reached():
    limits = Limits(tested=100, validated=40, sampled=50)
    assert PartShares.of(200, 0.25, limits=limits) == PartShares(
        0.25, pytest.approx(0.15), 50 / 120
    )
    large = PartShares.of(10_000, 0.25, limits=limits)
    assert large == PartShares(0.01, 0.004, pytest.approx(50 / 9_860))
    asked = PartShares.of(10_000, 0.3, is_bounded=False, limits=limits)
    assert asked.test == 0.3


def test_more_cases_never_have_larger_shares():
    """So that what has been left once is never missed."""
    for fraction, is_bounded in ((0.25, True), (0.05, True), (0.9, False)):
        shares = [PartShares.of(n, fraction, is_bounded) for n in range(1, 3_000_000, 9_999)]
        for name in ("test", "validation", "sample"):
            assert (np.diff([getattr(share, name) for share in shares]) <= 0).all()


def test_every_case_is_in_one_part():
    shares = PartShares(0.2, 0.1, 0.5)
    places = places_of(numbered(0, 10_000), 0)
    parts = [shares.is_test(places), shares.is_validation(places), shares.is_training(places)]
    assert (np.sum(parts, axis=0) == 1).all()
    assert np.mean(parts, axis=1) == pytest.approx([0.2, 0.1, 0.7], abs=0.02)
    kept = shares.is_kept(places, draws_of(numbered(0, 10_000), 0))
    assert kept[~parts[2]].all()
    assert kept[parts[2]].mean() == pytest.approx(0.5, abs=0.03)
