"""What it is worth to know costs, against closed forms and against simulation within simulation."""

import numpy as np
import pytest
from scipy.stats import norm

from framework import CostMatrix
from framework.core.uncertain_costs.redeciding import Redeciding
from framework.core.uncertain_costs.uncertain_costs import UncertainCosts
from framework.core.uncertain_costs.value_of_information import lost_by, of_each_number


def cases_of(costs, p, **keys):
    matrix = CostMatrix.from_dict({"name": "m", "labels": ["well", "ill"], "costs": costs, **keys})
    p = np.asarray(p, dtype=float)
    known = matrix.dollar_costs()
    n = len(p)
    return Redeciding(
        np.stack([1 - p, p], axis=1),
        (p > 0.5).astype(int),
        np.full(n, 1 / n),
        known,
        known,
        UncertainCosts.of(matrix),
    )


def evpi(cases, draws=20_000, seed=0):
    drawn = cases.numbers.draws(draws, seed)
    return lost_by(cases, cases.cheapest(cases.numbers.means), drawn, cases.anew(drawn))


def normal_loss(mean, sd):
    """E[max(0, -x)] or E[max(0, x)], whichever is the less, of a normal x: the value of knowing it
    (Raiffa, Schlaifer 1961, unit normal loss integral)."""
    z = abs(mean) / sd
    return sd * (norm.pdf(z) - z * norm.sf(z))


@pytest.mark.parametrize(("mean", "sd", "p"), [(5, 3, 0.2), (2, 3, 0.2), (9, 1, 0.1)])
def test_one_normal_cost_in_closed_form(mean, sd, p):
    """A miss costs a normal amount, a false alarm 1: p x - (1 - p) is normal."""
    miss = {"distribution": "normal", "mean": mean, "sd": sd}
    cases = cases_of([[0, 1], [miss, 0]], [p])
    expected = normal_loss(p * mean - (1 - p), p * sd)
    assert of_each_number(cases) == pytest.approx([expected], rel=3e-3, abs=1e-5)
    assert evpi(cases).mean() == pytest.approx(expected, rel=1e-2, abs=1e-4)


def test_two_normal_costs_in_closed_form():
    """All known: the variances add up; one known: its own alone."""
    miss = {"distribution": "normal", "mean": 5, "sd": 3}
    alarm = {"distribution": "normal", "mean": 1.5, "sd": 0.5}
    cases = cases_of([[0, alarm], [miss, 0]], [0.2])
    gap, of_miss, of_alarm = 0.2 * 5 - 0.8 * 1.5, 0.2 * 3, 0.8 * 0.5
    each = of_each_number(cases)
    assert each == pytest.approx([normal_loss(gap, of_alarm), normal_loss(gap, of_miss)], rel=3e-3)
    assert evpi(cases).mean() == pytest.approx(
        normal_loss(gap, np.hypot(of_miss, of_alarm)), rel=1e-2
    )


def test_a_uniform_cost_by_hand():
    """A miss costs 0 to 4, a false alarm 1, one in two is ill: decided ill at the mean 2. Known to be x < 1,
    "well" would save (1 - x) / 2: the mean over 0 to 4 is the integral of (1 - x) / 8 from 0 to 1, 1 / 16."""
    miss = {"distribution": "uniform", "low": 0, "high": 4}
    cases = cases_of([[0, 1], [miss, 0]], [0.5])
    assert of_each_number(cases) == pytest.approx([1 / 16], rel=1e-3)


def test_two_opinions_by_hand():
    """A miss costs 1 or 9, a false alarm 3, one in two ill: at the mean 5 "ill", by which one loses 1 where
    it is 1."""
    cases = cases_of([[0, 3], [{"opinions": [1, 9]}, 0]], [0.5])
    assert of_each_number(cases) == pytest.approx([0.5 * (3 - 1) / 2])


def test_what_changes_no_decision_is_worth_nothing():
    miss = {"low": 90, "likely": 100, "high": 110}
    cases = cases_of([[0, 1], [miss, 0]], [0.001, 0.9])
    assert of_each_number(cases).tolist() == [0]
    assert np.abs(evpi(cases)).max() < 1e-12


def test_against_a_simulation_within_a_simulation():
    """Three numbers, one of them in two cells: the inner mean is found by drawing, too."""
    shared = {"low": 1, "likely": 2, "high": 9, "name": "shared"}
    cells = [
        [shared, {"low": 2, "likely": 4, "high": 30}],
        [{"low": 5, "likely": 20, "high": 90}, shared],
    ]
    cases = cases_of(cells, np.random.default_rng(0).beta(1, 4, 50), refer=3)
    rng, numbers = np.random.default_rng(1), cases.numbers
    inner = np.stack([one.drawn(rng.random(40_000)) for one in numbers.ranges], axis=1)
    for f, worth in enumerate(of_each_number(cases)):
        then = []
        for value in numbers.ranges[f].drawn((np.arange(400) + 0.5) / 400):
            at = inner.mean(axis=0)
            at[f] = value
            then.append(cases.weights @ cases.expected(at).min(axis=1))
        now = cases.weights @ cases.expected(numbers.means).min(axis=1)
        assert worth == pytest.approx(now - np.mean(then), abs=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_knowing_all_is_worth_no_less_than_one_and_never_below_nothing(seed):
    rng = np.random.default_rng(seed)
    low = rng.uniform(0, 5, 4)
    cells = [{"low": a, "likely": a + 1, "high": a + 20} for a in low]
    cases = cases_of([cells[:2], cells[2:]], rng.random(40), allow=["mistakes_that_pay"])
    lost = evpi(cases)
    assert lost.min() > -1e-9
    each = of_each_number(cases)
    assert each.min() >= 0
    assert each.max() <= lost.mean() * 1.01


def test_the_estimate_has_no_bias_worth_mentioning():
    """Of few draws as of many, in the mean over seeds."""
    miss = {"distribution": "normal", "mean": 5, "sd": 3}
    cases = cases_of([[0, 1], [miss, 0]], [0.2])
    few = [evpi(cases, 20, seed).mean() for seed in range(400)]
    error = np.std(few) / 20
    assert np.mean(few) == pytest.approx(normal_loss(0.2, 0.6), abs=4 * error)
