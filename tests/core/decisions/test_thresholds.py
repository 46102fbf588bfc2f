import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.core.decisions.decision import threshold
from framework.core.decisions.thresholds import natural_break, tuned_threshold


def scored(scores):
    return np.column_stack([1 - np.array(scores), scores])


def test_a_tuned_threshold_worked_by_hand():
    # Truths 0 1 0 1 by rising score; a miss costs 5, a false alarm 1: call all but the lowest.
    p, y = scored([0.1, 0.3, 0.6, 0.9]), np.array([0, 1, 0, 1])
    assert tuned_threshold(p, y, np.array([[0, 1], [5, 0]])) == pytest.approx(0.2)
    # With false alarms dear: call only the highest.
    assert tuned_threshold(p, y, np.array([[0, 5], [1, 0]])) == pytest.approx(0.75)


@given(st.integers(0, 10_000))
def test_no_threshold_is_cheaper_than_the_tuned_one(seed):
    rng = np.random.default_rng(seed)
    p, y = scored(rng.integers(0, 8, 12) / 8), rng.integers(0, 2, 12)
    costs = np.array([[0, rng.uniform(0.1, 5)], [rng.uniform(0.1, 5), 0]])

    def cost(cut):
        return costs[y, threshold(p, costs, threshold=cut)].sum()

    tuned = cost(tuned_threshold(p, y, costs))
    assert tuned <= min(cost(cut) for cut in np.arange(1, 32) / 32) + 1e-9


def test_a_tuned_threshold_with_costs_of_each_case():
    p, y = scored([0.2, 0.4]), np.array([1, 0])
    costs = np.array([[[0, 1], [1, 0]], [[0, 9], [9, 0]]])
    assert threshold(p, costs, threshold=tuned_threshold(p, y, costs)).tolist() == [0, 0]


def test_a_natural_break_parts_two_heaps():
    rng = np.random.default_rng(0)
    scores = np.concatenate([rng.normal(0.2, 0.02, 30), rng.normal(0.7, 0.02, 10)])
    assert scores[:30].max() < natural_break(scores) < scores[30:].min()
