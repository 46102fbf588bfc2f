"""Pools: weights by likelihood, members that add nothing, and what a pool is when there is one member."""

import numpy as np
import pytest

from framework.core.decisions import pooling

N, CLASSES = 2000, 3


def softmax(logits):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def world(n=N, seed=0):
    """The truth's logits, and truths drawn by them."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, size=(n, CLASSES))
    y = np.array([rng.choice(CLASSES, p=p) for p in softmax(logits)])
    return logits, y, rng


def log_loss(p, y):
    return -np.log(p[np.arange(len(y)), y]).mean()


def test_a_pool_is_better_than_each_of_its_members_on_new_cases():
    logits, y, rng = world()
    noisy = [softmax(logits + rng.normal(0, 1.5, size=logits.shape)) for _ in range(3)]
    half = N // 2
    pool = pooling.fit([p[:half] for p in noisy], y[:half])
    pooled = log_loss(pool([p[half:] for p in noisy]), y[half:])
    assert pooled < min(log_loss(p[half:], y[half:]) for p in noisy) - 0.02
    np.testing.assert_allclose(pool([p[half:] for p in noisy]).sum(axis=1), 1)


def test_who_knows_nothing_counts_for_hardly_anything():
    logits, y, rng = world()
    ignorant = softmax(rng.normal(0, 1, size=logits.shape))
    pool = pooling.fit([softmax(logits), ignorant], y)
    assert pool.shares[1] < 0.05
    assert pool.shares.sum() == pytest.approx(1)
    together = log_loss(pool([softmax(logits), ignorant]), y)
    assert together == pytest.approx(log_loss(softmax(logits), y), abs=0.01)


def test_members_are_calibrated_before_they_are_pooled():
    """One that overstates all it says, and one that gives a class too much, lose nothing by it."""
    logits, y, _ = world()
    for wrong in (1.5 * logits, logits / 3, logits + np.array([2.0, 0.0, 0.0])):
        p = pooling.fit([softmax(wrong)], y)([softmax(wrong)])
        np.testing.assert_allclose(p, softmax(logits), atol=0.1)


def test_a_member_that_ruled_the_truth_out_does_not_rule_it_out_for_all():
    logits, y, _ = world()
    certain = np.zeros((N, CLASSES))
    certain[np.arange(N), (y + (np.arange(N) % 10 == 0)) % CLASSES] = 1  # each tenth is wrong
    p = pooling.fit([softmax(logits), certain], y)([softmax(logits), certain])
    assert np.isfinite(log_loss(p, y))
    assert log_loss(p, y) < 0.5


def test_few_cases_leave_the_weights_near_each_other():
    logits, y, rng = world()
    members = [softmax(logits + rng.normal(0, s, size=logits.shape)) for s in (0.5, 2.0)]
    few = pooling.fit([p[:15] for p in members], y[:15]).shares
    many = pooling.fit(members, y).shares
    assert abs(few[0] - few[1]) < abs(many[0] - many[1])
    assert many[0] > 0.7


def test_the_pool_is_the_most_likely_one_but_for_its_prior():
    """No small step of the exponents or biases makes it likelier than the prior allows."""
    logits, y, rng = world(400)
    members = [softmax(logits + rng.normal(0, s, size=logits.shape)) for s in (0.5, 1.0)]
    pool = pooling.fit(members, y)
    best = log_loss(pool(members), y)
    for k in range(2):
        for step in (-0.2, 0.2):
            exponents = np.array(pool.exponents)
            exponents[k] += step
            other = pooling.Pool(tuple(exponents), pool.bias, pool.calibrations)
            assert log_loss(other(members), y) > best - 1e-3


def test_the_geometric_mean_of_one_is_itself_and_of_two_by_hand():
    one, other = np.array([[0.9, 0.1]]), np.array([[0.5, 0.5]])
    assert pooling.geometric_mean([one]) is one
    both = pooling.geometric_mean([one, other])
    np.testing.assert_allclose(both, [[0.75, 0.25]])  # sqrt(.45) : sqrt(.05) = 3 : 1


def test_the_log_loss_of_probabilities_is_that_after_calibration():
    logits, y, _ = world()
    right = pooling.log_loss(softmax(logits), y)
    assert right == pytest.approx(log_loss(softmax(logits), y), abs=0.01)
    assert pooling.log_loss(softmax(1.5 * logits), y) == pytest.approx(right, abs=0.02)
