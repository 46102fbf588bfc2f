"""Shares of classes: what is named, probabilities that are moved, and means at a target's shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework import ConfigError
from framework.core.costs.prevalence import (
    Mix,
    at_target,
    case_weights,
    moved,
    ratio,
    target_shares,
)
from framework.core.decisions.decision import minimum_expected_cost

LABELS = ("a", "b", "c")
TRAINING = np.array([0.5, 0.3, 0.2])


def test_what_is_not_named_shares_the_rest_in_proportion():
    found = target_shares({"c": 0.04}, LABELS, TRAINING)
    assert found.tolist() == pytest.approx([0.6, 0.36, 0.04])


def test_all_may_be_named():
    found = target_shares({"c": 0.1, "a": 0.2, "b": 0.7}, LABELS, TRAINING)
    assert found.tolist() == pytest.approx([0.2, 0.7, 0.1])


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ({"d": 0.1}, "there is no label “d”; expected one of a, b, c"),
        ({"a": 0.0}, "“a”: expected a share between 0 and 1, both left out, received 0.0"),
        ({"a": 1}, "received 1"),
        ({"a": True}, "received True"),
        ({"a": float("nan")}, "received nan"),
        ({"a": 0.5, "b": 0.5}, "the shares named make up 1, which leaves nothing for c"),
        ({"a": 0.5, "b": 0.2, "c": 0.2}, "all labels are named, and their shares make up 0.9"),
    ],
)
def test_what_is_no_share_is_refused_in_a_sentence(named, says):
    with pytest.raises(ConfigError, match=r"^prevalence: ") as error:
        target_shares(named, LABELS, TRAINING)
    assert says in str(error.value)


def simplex(draw, n):
    parts = np.array(draw(st.lists(st.floats(0.01, 1), min_size=n, max_size=n)))
    return parts / parts.sum()


@given(st.data())
def test_moved_probabilities_are_those_of_bayes_at_the_other_shares(data):
    """A discrete feature with known chances by class: its posteriors are known at every mix."""
    n = data.draw(st.integers(2, 5))
    likelihood = np.array([simplex(data.draw, 4) for _ in range(n)])  # of each value by class
    sample, target = simplex(data.draw, n), simplex(data.draw, n)

    def posterior(shares):
        joint = likelihood.T * shares
        return joint / joint.sum(axis=1, keepdims=True)

    assert moved(posterior(sample), sample, target) == pytest.approx(posterior(target))
    assert moved(posterior(sample), sample, sample) == pytest.approx(posterior(sample))


@given(st.data())
def test_the_cheapest_decision_there_is_that_by_rows_of_costs_weighted_alike(data):
    """Elkan 2001, theorem 2, for N classes."""
    n = data.draw(st.integers(2, 4))
    p, sample, target = (simplex(data.draw, n) for _ in range(3))
    costs = np.array(
        data.draw(
            st.lists(st.lists(st.floats(0, 9), min_size=n, max_size=n), min_size=n, max_size=n)
        )
    )
    by_weighting = p @ (costs * ratio(sample, target)[:, None])
    best = minimum_expected_cost(moved(p[None], sample, target), costs)[0]
    assert by_weighting[best] == pytest.approx(by_weighting.min(), abs=1e-9)


def test_a_class_that_the_sample_has_none_of_keeps_its_probability():
    found = moved(np.array([[0.5, 0.5, 0.0]]), np.array([0.5, 0.5, 0.0]), np.array([0.8, 0.1, 0.1]))
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(1)


def test_means_and_variances_at_the_target_are_those_of_a_stratified_mean():
    rng = np.random.default_rng(0)
    y, target = np.repeat([0, 1, 2], [50, 30, 8]), np.array([0.1, 0.2, 0.7])
    x = rng.normal(size=88) + y
    values = at_target(x, y, target)
    strata = [x[y == k] for k in range(3)]
    mean = sum(t * of.mean() for t, of in zip(target, strata, strict=True))
    variance = sum(t**2 * of.var() / len(of) for t, of in zip(target, strata, strict=True))
    assert values.mean() == pytest.approx(mean)
    assert values.var() / len(values) == pytest.approx(variance)
    assert at_target(np.stack([x, 2 * x]), y, target).mean(axis=1) == pytest.approx(
        [mean, 2 * mean]
    )


def test_the_shares_of_the_cases_themselves_leave_the_mean():
    y, x = np.array([0, 0, 1, 1, 1]), np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    assert at_target(x, y, np.array([0.4, 0.6])).mean() == pytest.approx(x.mean())
    assert at_target(x, y, None) is x


def test_classes_without_a_case_are_left_out():
    y = np.array([0, 0, 1])
    weights = case_weights(y, 3, np.array([0.25, 0.25, 0.5]))
    assert weights[y].mean() == pytest.approx(1)
    assert at_target(np.array([0.0, 0.0, 3.0]), y, np.array([0.25, 0.25, 0.5])).mean() == 1.5


def test_a_mix_is_read_back_and_folders_of_old_have_none():
    mix = Mix(TRAINING, target_shares({"c": 0.04}, LABELS, TRAINING))
    again = Mix.from_json(mix.to_json(LABELS), LABELS)
    assert np.array_equal(again.training, mix.training)
    assert np.array_equal(again.target, mix.target)
    assert Mix.from_json(Mix(TRAINING).to_json(LABELS), LABELS).target is None
    assert Mix.from_json(None, LABELS) is None
