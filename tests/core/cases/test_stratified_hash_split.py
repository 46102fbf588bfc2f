import numpy as np
import pytest

from framework.core.cases.hash_split import Limits, draws_of, named, numbered, places_of
from framework.core.cases.stratified_hash_split import (
    HALVINGS,
    HeldOutCounts,
    StratifiedSplit,
    held_out,
    kept_shares,
)
from framework.core.evaluation.judged_cases import JudgedCases

LIMITS = Limits(tested=2_000, validated=1_000, sampled=400)
N, RARE, DRAWS = 400_000, 1 / 5_000, 240


def test_half_is_dealt_by_counts_and_half_alike():
    """Of 1,000 kept 500 go by counts, 450 and 50, and 250 to each class."""
    counts = np.array([90_000, 10_000])
    assert counts * kept_shares(counts, 0.25, 1_000) == pytest.approx([700, 300])


def test_what_a_class_has_too_few_cases_for_goes_to_the_others():
    """The rare one can give 0.25 * 200 = 50; the others have the same beside what counts give them."""
    counts = np.array([60_000, 39_800, 200])
    kept = counts * kept_shares(counts, 0.25, 1_000)
    assert kept[2] == pytest.approx(50)
    assert kept.sum() == pytest.approx(1_000)
    by_counts = 500 * counts / counts.sum()
    assert kept[0] - by_counts[0] == pytest.approx(kept[1] - by_counts[1])


def test_no_class_has_less_than_half_of_its_draw_nor_of_an_equal_share():
    rng = np.random.default_rng(0)
    for n_classes in (2, 5, 40):
        counts = np.round(np.exp(rng.uniform(0, 15, n_classes))).astype(int) + 1_000
        kept = counts * kept_shares(counts, 0.25, 1_000)
        whole = 0.25 * counts
        assert (kept >= np.minimum(whole, 500 * counts / counts.sum()) * (1 - 1e-9)).all()
        assert (kept >= np.minimum(whole, 500 / n_classes) * (1 - 1e-9)).all()
        assert kept.sum() <= 1_000 * (1 + 1e-9)


def test_a_part_that_fits_is_kept_whole():
    counts = np.array([700, 100, 0])
    assert kept_shares(counts, 0.25, 200).tolist() == [0.25] * 3
    split = StratifiedSplit.of(counts, 0.25, limits=Limits(200, 120, 50))
    assert (split.test, split.validation) == (0.25, pytest.approx(0.15))
    assert split.sample == pytest.approx(50 / 480)


def test_no_more_is_held_out_than_what_is_kept_needs():
    """Of classes alike 2,000 of 1,000,000 are kept; 0.25 / 64 is the least half of 0.25 that has so many."""
    assert StratifiedSplit.of(np.array([500_000] * 2), 0.25, limits=LIMITS).test == 0.25 / 64
    assert StratifiedSplit.of(np.array([999_000, 1_000]), 0.25, limits=LIMITS).test == 0.25
    assert StratifiedSplit.of(np.array([500_000] * 2), 0.25, False, LIMITS).test == 0.25
    # A class that never came needs nothing, unless it may still come.
    none = np.array([500_000, 500_000, 0])
    assert StratifiedSplit.of(none, 0.25, limits=LIMITS).test == 0.25 / 64
    assert StratifiedSplit.of(none, 0.25, limits=LIMITS, is_all=False).test == 0.25
    assert held_out(np.array([0.1, 0.2]), 0.2) == 0.2


def test_what_is_kept_in_the_end_was_never_left_on_the_way():
    """Cases of classes that come one after the other, or all mixed, sorted out at every step."""
    rng = np.random.default_rng(1)
    keys = numbered(0, 60_000)
    places, draws = places_of(keys, 0), draws_of(keys, 0)
    for y in (np.repeat([0, 1, 2], [50_000, 9_900, 100]), rng.integers(0, 3, 60_000) // 2):
        counts, held = np.zeros(3, int), np.zeros(60_000, bool)
        for start in range(0, 60_000, 1_500):
            here = slice(start, start + 1_500)
            counts += np.bincount(y[here], minlength=3)
            held[here] = True
            so_far = StratifiedSplit.of(counts, 0.25, limits=LIMITS, is_all=False)
            held &= so_far.may_be_kept(places, draws, y)
        split = StratifiedSplit.of(counts, 0.25, limits=LIMITS)
        kept = split.is_kept(places, draws, y)
        assert (held | ~kept).all()
        assert held.sum() < 1.8 * (2_000 + 1_000 + 400)


def test_cases_of_a_part_are_counted_for_every_share_it_may_have():
    places = places_of(numbered(0, 100_000), 3)
    y = (draws_of(numbered(0, 100_000), 3) < 0.01).astype(int)
    lowest, highest = HeldOutCounts.none_yet(2, 0.2), HeldOutCounts.none_yet(2, 0.15, True)
    for start in range(0, 100_000, 7_000):
        here = slice(start, start + 7_000)
        lowest.add(places[here], y[here])
        highest.add(places[here], y[here])
    for halved in range(HALVINGS):
        low, high = 0.2 * 0.5**halved, 0.15 * 0.5**halved
        assert lowest.at(low).tolist() == np.bincount(y[places < low], minlength=2).tolist()
        inside = places >= 1 - high
        assert highest.at(high).tolist() == np.bincount(y[inside], minlength=2).tolist()
    both = lowest.of_all_hosts([lowest.cells.tolist()] * 2)
    assert both.at(0.2).tolist() == (2 * lowest.at(0.2)).tolist()


def test_of_a_group_the_cases_of_a_class_are_kept_together():
    rng = np.random.default_rng(2)
    groups = rng.integers(0, 20_000, 200_000)
    places = places_of(named([str(group) for group in range(20_000)]), 0)[groups]
    y = (rng.random(200_000) < 0.02).astype(int)
    split = StratifiedSplit.of(np.bincount(y), 0.25, limits=LIMITS)
    held = split.is_test(places)
    kept = held & split.is_kept(places, np.ones(len(y)), y)
    for k in (0, 1):
        here = np.unique(groups[kept & (y == k)])
        assert (kept == held)[np.isin(groups, here) & (y == k)].all()
    assert kept.sum() < 2_300


def draw(seed, dear):
    """A table with a class of one in 5,000, of which 3 in 10 are missed; its exact dollars and a sample's."""
    rng = np.random.default_rng(seed)
    y = (rng.random(N) < RARE).astype(np.int64)
    wrong = rng.random(N) < np.where(y == 1, 0.3, 0.05)
    costs = np.array([[0.0, 1.0], [dear, 0.0]])
    dollars = 0.0 - wrong * costs[y, 1 - y]
    places = places_of(numbered(0, N), seed)
    split = StratifiedSplit.of(np.bincount(y), 0.25, limits=LIMITS)
    counted = HeldOutCounts.none_yet(2, 0.25)
    counted.add(places, y)
    totals = counted.at(split.test)
    tested = split.is_test(places)
    kept = tested & split.is_kept(places, np.ones(N), y)
    plain = places < LIMITS.tested / N
    stratified = JudgedCases.of_part(y[kept], costs, None, None, totals)
    return (
        dollars[tested].mean(),
        stratified.interval(dollars[kept]),
        JudgedCases(y[plain], costs).interval(dollars[plain]),
    )


@pytest.mark.slow
@pytest.mark.parametrize("dear", [20.0, 5_000.0])
def test_the_dollars_of_the_sample_are_those_of_the_whole_part(dear):
    """Unbiased against the exact mean of 100,000 cases; its interval holds that, and the population's mean.

    Which it is about: where the dear class, all of whose 20 cases are kept, is what varies, the exact mean of
    these 100,000 lies in it more often.
    """
    expected = -(0.05 * (1 - RARE) + 0.3 * dear * RARE)
    drawn = [draw(seed, dear) for seed in range(DRAWS)]
    off = np.array([interval.mean - exact for exact, interval, _ in drawn])
    assert abs(off.mean()) < 4 * off.std() / DRAWS**0.5
    tolerance = 3 * (0.05 * 0.95 / DRAWS) ** 0.5
    holds = np.mean([i.low <= exact <= i.high for exact, i, _ in drawn])
    assert holds > 0.95 - tolerance
    if dear == 20.0:  # where the common class, of which one in 50 is kept, is what varies
        assert holds < 0.95 + tolerance
    assert np.mean([i.low <= expected <= i.high for _, i, _ in drawn]) > 0.95 - tolerance
    widths = np.array([[i.high - i.low, u.high - u.low] for _, i, u in drawn]).mean(axis=0)
    assert widths[0] < (1.05 if dear == 20.0 else 0.4) * widths[1]
