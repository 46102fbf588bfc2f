import numpy as np
import pytest

from framework.core.case_costs import case_costs
from framework.core.evaluation.decision_curve import (
    cost_of_a_miss,
    implied_threshold,
    net_benefit,
    treat_all,
)
from framework.core.evaluation.judged_cases import JudgedCases

POSITIVE = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], dtype=bool)
SCORES = np.array([0.9, 0.5, 0.1, 0.6, 0.3, 0.2, 0.1, 0.1, 0.0, 0.0])
# A false alarm costs 20 more than nothing, a miss 80 more than a treatment of 40.
COSTS = np.array([[0.0, 20.0], [120.0, 40.0]])


def test_values_worked_out_by_hand():
    found = net_benefit(POSITIVE, SCORES, np.array([0.0, 0.2, 0.5, 0.95]), 0.3)
    # From 0 on all are called positive; from .2 on two found and three alarms that weigh a quarter;
    # from .5 on, itself included, two found and one alarm that weighs as much; then none.
    np.testing.assert_allclose(found, [0.3, 0.2 - 0.3 / 4, 0.2 - 0.1, 0.0])


def test_treating_all_by_hand():
    np.testing.assert_allclose(treat_all(0.3, np.array([0.0, 0.2, 0.3])), [0.3, 0.3 - 0.175, 0.0])


def test_at_another_prevalence_by_hand():
    # Two of three found, three of seven alarmed; two in a hundred are positive.
    found = net_benefit(POSITIVE, SCORES, np.array([0.2]), 0.02)
    np.testing.assert_allclose(found, [0.02 * 2 / 3 - 0.98 * 3 / 7 / 4])


def test_the_threshold_that_costs_imply():
    assert implied_threshold(COSTS) == pytest.approx(20 / (20 + 80))
    assert implied_threshold(np.array([[0.0, 20.0, 5.0], [120.0, 40.0, 5.0]])) == pytest.approx(0.2)
    assert implied_threshold(np.array([[0.0, -1.0], [5.0, 0.0]])) is None
    assert implied_threshold(np.tile(COSTS, (10, 1, 1))) is None
    assert cost_of_a_miss(COSTS) == 80
    assert implied_threshold(np.array([[1.0, 0.0], [0.0, 5.0]])) is None


@pytest.mark.parametrize("prevalence", [None, 0.02])
def test_times_a_miss_it_is_the_dollars_saved_over_treating_none(prevalence):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 500)
    scores = np.clip(0.3 * y + rng.random(500) * 0.7, 0, 1)
    target = None if prevalence is None else np.array([1 - prevalence, prevalence])
    cases = JudgedCases(y, COSTS, None, target)
    threshold = implied_threshold(COSTS)
    decided = {"model": (scores >= threshold).astype(int), "all": np.ones(500, int)}
    nobody = cases.mean(case_costs(y, np.zeros(500, int), COSTS))
    saved = {
        name: nobody - cases.mean(case_costs(y, made, COSTS)) for name, made in decided.items()
    }
    share, at = y.mean() if prevalence is None else prevalence, np.array([threshold])
    (of_model,) = net_benefit(y == 1, scores, at, share)
    (of_all,) = treat_all(share, at)
    assert of_model * cost_of_a_miss(COSTS) == pytest.approx(saved["model"])
    assert of_all * cost_of_a_miss(COSTS) == pytest.approx(saved["all"])


def test_no_model_is_worth_more_than_a_perfect_one():
    at = np.linspace(0, 0.99, 50)
    np.testing.assert_allclose(net_benefit(POSITIVE, POSITIVE * 1.0, at[1:], 0.3), 0.3)
    assert (net_benefit(POSITIVE, SCORES, at, 0.3) <= 0.3).all()
