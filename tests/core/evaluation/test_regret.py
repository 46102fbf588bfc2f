"""Where regret comes from is known here by construction: of the rule, of calibration, or of noise."""

from statistics import NormalDist

import numpy as np
import pytest

from framework.core.costs.prevalence import moved
from framework.core.decisions.calibration import softmax
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.regret import PARTS, folds, recalibrated, regret

MISS = np.array([[0.0, 1.0], [20.0, 0.0]])
FIVE = np.random.default_rng(5).lognormal(3, 1, (5, 5)) * (1 - np.eye(5))
ROUNDS = 80
LEAST = 0.9  # of so few rounds, for a coverage of .95


def world(n, rng, n_classes=2, temperature=1.0, bias=0.0):
    """True probabilities, those that a model states (off by temperature and bias), and truths."""
    logits = rng.normal(0, 2, (n, n_classes))
    right = softmax(logits)
    y = (right.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    off = np.append(np.zeros(n_classes - 1), bias)
    return right, softmax(temperature * logits + off), y


def mean_cost(probabilities, right, costs, rule=minimum_expected_cost):
    """Of decisions by ``probabilities`` where ``right`` ones are known: no truths are drawn."""
    decided = rule(probabilities, costs)
    return float((right @ costs)[np.arange(len(decided)), decided].mean())


def most_probable(probabilities, costs):
    return probabilities.argmax(axis=1)


def truth(costs, rule, **off):
    """The true parts, from 100,000 cases."""
    right, stated, _ = world(100_000, np.random.default_rng(0), len(costs), **off)
    taken = mean_cost(stated, right, costs, rule)
    cheapest = mean_cost(stated, right, costs)
    calibrated = mean_cost(right, right, costs)
    return {
        "rule": taken - cheapest,
        "calibration": cheapest - calibrated,
        "separation": calibrated,
    }


OFF = {"temperature": 3.0, "bias": -2.0}


@pytest.mark.parametrize(
    ("costs", "rule", "off", "largest"),
    [
        (MISS, most_probable, {}, "rule"),
        (MISS, minimum_expected_cost, OFF, "calibration"),
        (MISS, minimum_expected_cost, {}, "separation"),
        (FIVE, most_probable, OFF, "separation"),
    ],
    ids=["wrong rule", "wrong probabilities", "nothing wrong", "five classes"],
)
def test_the_parts_are_found_where_they_were_put(costs, rule, off, largest):
    true = truth(costs, rule, **off)
    assert max(true, key=true.get) == largest
    rng, held, means = np.random.default_rng(1), {name: [] for name in PARTS}, []
    for _ in range(ROUNDS):
        _, stated, y = world(400, rng, len(costs), **off)
        found = regret(JudgedCases(y, costs), rule(stated, costs), stated, costs)
        parts = [getattr(found, name) for name in PARTS]
        assert sum(part.mean for part in parts) == pytest.approx(found.total.mean)
        means.append([part.mean for part in parts])
        for name, part in zip(PARTS, parts, strict=True):
            held[name].append(part.low - 1e-9 <= true[name] <= part.high + 1e-9)
    scale = sum(true.values())
    np.testing.assert_allclose(np.mean(means, axis=0), list(true.values()), atol=0.04 * scale)
    assert min(np.mean(shares) for shares in held.values()) >= LEAST


def test_the_parts_at_another_prevalence():
    """37 % of the cases are ill, 2 % of the population; the model states a third of the log odds."""
    target, rng = np.array([0.98, 0.02]), np.random.default_rng(2)
    costs = np.array([[0.0, 1.0], [100.0, 0.0]])

    def drawn(n):
        y = (np.arange(n) < 0.37 * n).astype(int)
        odds = 2 * rng.normal(2 * y, 1) - 2  # log, of two normal classes two deviations apart
        return y, odds

    def at(odds):
        logits = odds + np.log(0.02 / 0.98)
        return softmax(np.stack([np.zeros(len(odds)), logits], axis=1))

    # Called ill where the odds are 1 to 100 at least; of n times the log odds, from the n-th part on.
    cost = []
    for times in (1 / 3, 1):
        least = (np.log(1 / 100) - np.log(0.02 / 0.98)) / times
        missed, alarms = NormalDist(2, 2).cdf(least), 1 - NormalDist(-2, 2).cdf(least)
        cost.append(0.02 * 100 * missed + 0.98 * alarms)
    true = {"rule": 0.0, "calibration": cost[0] - cost[1], "separation": cost[1]}
    assert true["calibration"] > 0.1 * cost[0]
    held, means = {name: [] for name in PARTS}, []
    for _ in range(ROUNDS):
        y, odds = drawn(300)
        stated = at(odds / 3)
        decided = minimum_expected_cost(stated, costs)
        found = regret(JudgedCases(y, costs, None, target), decided, stated, costs)
        means.append([getattr(found, name).mean for name in PARTS])
        for name in PARTS:
            part = getattr(found, name)
            held[name].append(part.low - 1e-9 <= true[name] <= part.high + 1e-9)
    np.testing.assert_allclose(np.mean(means, axis=0), list(true.values()), atol=0.06 * cost[0])
    assert min(np.mean(shares) for shares in held.values()) >= LEAST


def test_a_referral_that_pays_is_the_rules():
    # Even odds, a referral for 2: the cheapest decision of three, where a miss costs 9, an alarm 5.
    costs = np.array([[0.0, 5.0, 2.0], [9.0, 0.0, 2.0]])
    y = np.repeat([0, 1], 20)
    found = regret(JudgedCases(y, costs), np.ones(40, int), np.full((40, 2), 0.5), costs)
    # An alarm each: 5 / 2. Referred all: 2, which the truth alone would save.
    assert found.total.mean == pytest.approx(2.5)
    assert found.rule.mean == pytest.approx(0.5)
    assert found.separation.mean == pytest.approx(2.0)


def test_costs_of_the_case_and_what_is_known_of_them():
    # The case's miss costs 1 or 100; 10 is all that is known when it is decided.
    y = np.repeat([0, 1], 20)
    costs = np.tile(np.array([[0.0, 5.0], [10.0, 0.0]]), (40, 1, 1))
    known = costs.copy()
    costs[:, 1, 0] = np.tile([1.0, 100.0], 20)
    found = regret(JudgedCases(y, costs), np.zeros(40, int), np.full((40, 2), 0.5), known)
    assert found.total.mean == pytest.approx(101 / 4)
    # An alarm each costs 5 / 2 in the mean.
    assert found.rule.mean == pytest.approx(101 / 4 - 2.5)
    assert found.separation.low >= 0


def test_groups_stay_whole():
    rng = np.random.default_rng(3)
    groups = rng.permutation(np.repeat(np.arange(30), 7))
    y = rng.integers(0, 3, 210)
    found = folds(y, groups)
    assert len(np.unique(found)) == 5
    assert all(len(np.unique(found[groups == group])) == 1 for group in range(30))


def test_a_case_is_recalibrated_by_others():
    rng = np.random.default_rng(4)
    _, stated, y = world(200, rng, temperature=3.0)
    fold = folds(y, None)
    before = recalibrated(stated, y, fold)
    other = np.where(np.arange(200) == 7, 1 - y, y)
    after = recalibrated(stated, other, fold)
    same = fold == fold[7]
    np.testing.assert_array_equal(before[same], after[same])
    assert not np.allclose(before[~same], after[~same])


def test_recalibration_at_a_target_is_that_of_the_cases_moved():
    _, stated, y = world(20_000, np.random.default_rng(5))
    share, target = np.bincount(y) / len(y), np.array([0.99, 0.01])
    there = moved(stated, share, target)
    np.testing.assert_allclose(recalibrated(there, y, folds(y, None), target), there, atol=0.05)


def test_a_class_without_a_case_keeps_a_probability():
    y = np.arange(60) % 2
    stated = np.tile([0.4, 0.4, 0.2], (60, 1))
    found = recalibrated(stated, y, folds(y, None), np.array([0.3, 0.3, 0.4]))
    assert (found[:, 2] > 0).all()


def test_of_too_few_cases_or_groups_nothing_is_told():
    y = np.arange(9) % 2
    costs, p = MISS, np.full((9, 2), 0.5)
    assert regret(JudgedCases(y, costs), y, p, costs) is None
    y, p = np.arange(90) % 2, np.full((90, 2), 0.5)
    assert regret(JudgedCases(y, costs, np.arange(90) % 9), y, p, costs) is None


def test_a_few_cases_of_many_classes_are_enough():
    y = np.arange(12)
    costs = 1 - np.eye(12)
    assert regret(JudgedCases(y, costs), y, np.full((12, 12), 1 / 12), costs) is None
    y = np.append(y, [0, 1])
    found = regret(JudgedCases(y, costs), y, np.full((14, 12), 1 / 12), costs)
    assert found.total.mean == 0


def test_what_is_told_in_json():
    y = np.repeat([0, 1], 10)
    told = regret(JudgedCases(y, MISS), np.zeros(20, int), np.full((20, 2), 0.5), MISS).to_json()
    assert list(told) == ["total", *PARTS]
    assert told["rule"]["mean"] == pytest.approx(10 - 0.5)
    low, high = told["rule"]["interval"]
    assert low < 9.5 < high
