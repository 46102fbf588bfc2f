"""Means of cases, at their own shares and at others; coverage is simulated."""

import numpy as np
import pytest

from framework.core.case_costs import case_costs
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.uncertainty.intervals import mean_interval, paired_difference, support

ROUNDS = 250
LEAST = 0.92  # of so few rounds, for a coverage of .95
COSTS = np.array([[0.0, 645.0], [126_000.0, 17_640.0]])


def decided(rng, y, wrong):
    """Decisions that are wrong in these shares of the classes."""
    return np.where(rng.random(len(y)) < np.asarray(wrong)[y], 1 - y, y)


def test_without_a_target_all_is_as_of_the_cases():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    groups = np.arange(200) // 4
    first, second = (-case_costs(y, decided(rng, y, (0.1, 0.1)), COSTS) for _ in range(2))
    cases = JudgedCases(y, COSTS, groups)
    assert cases.interval(first) == mean_interval(first, support(COSTS), groups)
    reach = float(np.ptp(COSTS, axis=1).max())
    assert cases.difference(first, second) == paired_difference(first, second, reach, groups)
    assert cases.mean(first) == first.mean()
    assert cases.values(first) is first
    assert (cases.weights == 1).all()


def simulated(counts, target, wrong, groups_of=None, seed=0):
    """The share of rounds whose interval of a mean, and of a difference, holds the truth."""
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], counts)
    target = np.asarray(target)
    held = np.zeros(2)
    means = [
        float(
            -(
                target * [(1 - w) * COSTS[k, k] + w * COSTS[k, 1 - k] for k, w in enumerate(of)]
            ).sum()
        )
        for of in wrong
    ]
    for _ in range(ROUNDS):
        groups = None
        if groups_of is None:
            first, second = (-case_costs(y, decided(rng, y, of), COSTS) for of in wrong)
        else:
            # Cases of a group are right or wrong together, half of the time.
            groups = np.concatenate([np.arange(n) // groups_of for n in counts])
            groups[y == 1] += groups.max() + 1
            first, second = (-case_costs(y, together(rng, y, of, groups), COSTS) for of in wrong)
        cases = JudgedCases(y, COSTS, groups, target)
        low, high = cases.interval(first).ends
        held[0] += low <= means[0] <= high
        low, high = cases.between(first, second).ends
        held[1] += low <= means[0] - means[1] <= high
    return held / ROUNDS


def together(rng, y, wrong, groups):
    alone, shared = rng.random(len(y)), rng.random(groups.max() + 1)[groups]
    drawn = np.where(rng.random(groups.max() + 1)[groups] < 0.5, shared, alone)
    return np.where(drawn < np.asarray(wrong)[y], 1 - y, y)


@pytest.mark.parametrize(
    ("counts", "target"),
    [((90, 53), (0.994, 0.006)), ((400, 40), (0.5, 0.5)), ((60, 60), (0.9, 0.1))],
)
def test_intervals_hold_at_other_shares_than_the_sample_s(counts, target):
    held = simulated(counts, target, ((0.1, 0.05), (0.05, 0.1)))
    assert held.min() >= LEAST


def test_intervals_hold_for_groups_within_classes():
    assert simulated((240, 120), (0.95, 0.05), ((0.1, 0.1), (0.2, 0.05)), 4).min() >= LEAST


def test_stratification_pays_where_classes_differ():
    """Shares that are known do not vary: intervals at the sample's own shares are narrower."""
    rng = np.random.default_rng(1)
    y = np.repeat([0, 1], [90, 53])
    dollars = -case_costs(y, decided(rng, y, (0.1, 0.05)), COSTS)
    shares = np.bincount(y) / len(y)
    known, drawn = JudgedCases(y, COSTS, None, shares), JudgedCases(y, COSTS)
    assert known.mean(dollars) == pytest.approx(drawn.mean(dollars))
    width = [
        high - low for low, high in (known.interval(dollars).ends, drawn.interval(dollars).ends)
    ]
    assert width[0] < width[1]


def test_groups_of_several_classes_count_as_one_observation():
    rng = np.random.default_rng(2)
    y = np.tile([0, 1], 60)
    pairs, target = np.arange(120) // 2, np.array([0.8, 0.2])
    dollars = -case_costs(y, decided(rng, y, (0.3, 0.3)), COSTS)
    found = JudgedCases(y, COSTS, pairs, target).interval(dollars)
    assert found.n == 60
    assert found.low < found.mean < found.high


def test_seeds_vary_as_well():
    rng = np.random.default_rng(3)
    y, target = np.repeat([0, 1], [90, 53]), np.array([0.9, 0.1])
    seeds = np.stack([-case_costs(y, decided(rng, y, (w, w)), COSTS) for w in (0.02, 0.1, 0.3)])
    cases = JudgedCases(y, COSTS, None, target)
    one, all_three = cases.interval(seeds.mean(axis=0)), cases.interval(seeds)
    assert all_three.mean == pytest.approx(one.mean)
    assert all_three.high - all_three.low > one.high - one.low


def test_different_cases_are_compared_at_the_same_shares():
    rng = np.random.default_rng(4)
    target = np.array([0.994, 0.006])
    parts = [np.repeat([0, 1], counts) for counts in ((300, 200), (200, 300))]
    dollars = [-case_costs(y, decided(rng, y, (0.1, 0.05)), COSTS) for y in parts]
    one, other = (JudgedCases(y, COSTS, None, target) for y in parts)
    found = one.unpaired(dollars[0], other, dollars[1])
    assert found.interval.mean == pytest.approx(one.mean(dollars[0]) - other.mean(dollars[1]))
    assert found.interval.low < 0 < found.interval.high


def test_costs_weighted_to_the_target_bring_its_mean():
    rng = np.random.default_rng(5)
    y, target = np.repeat([0, 1], [90, 53]), np.array([0.994, 0.006])
    decisions = decided(rng, y, (0.1, 0.05))
    cases = JudgedCases(y, COSTS, None, target)
    weighted = -case_costs(y, decisions, cases.weighted_costs)
    assert weighted.mean() == pytest.approx(cases.mean(-case_costs(y, decisions, COSTS)))
