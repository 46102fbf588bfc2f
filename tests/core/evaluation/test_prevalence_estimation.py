"""Shares of new cases are known here by construction; the large simulation: bench/prevalence_coverage.py."""

import numpy as np
import pytest

from framework.core.decisions.calibration import softmax
from framework.core.errors import DataError
from framework.core.evaluation.prevalence_estimation import (
    counted_limits,
    estimate_shares,
    most_likely_shares,
)
from framework.core.steps import listening

TWO = np.array([0.6, 0.4])


def drawn(n, shares, centres, training, rng, temperature=1.0, bias=0.0):
    """Truths, and probabilities true at the shares ``training``, or overconfident and biased."""
    y = rng.choice(len(shares), n, p=shares)
    x = centres[y] + rng.normal(size=(n, centres.shape[1]))
    logits = -((x[:, None] - centres) ** 2).sum(axis=2) / 2 + np.log(training)
    return y, softmax(temperature * logits + bias * np.arange(len(shares)))


def test_of_two_likelihoods_the_most_likely_share_by_hand():
    # 25 cases are three times as likely positive as not, 15 the other way round: the derivative is 0
    # where 25 / (1 + 2 s) = 15 / (3 - 2 s), s = 3 / 4.
    ratios = np.repeat([[1.0, 3.0], [3.0, 1.0]], [25, 15], axis=0)
    np.testing.assert_allclose(most_likely_shares(ratios, TWO), [0.25, 0.75], atol=0.005)
    # 35 and 5: 35 / (1 + 2 s) > 5 / (3 - 2 s) up to s = 1.
    ratios = np.repeat([[1.0, 3.0], [3.0, 1.0]], [35, 5], axis=0)
    np.testing.assert_allclose(most_likely_shares(ratios, TWO), [0.0, 1.0], atol=1e-3)


def test_sure_probabilities_are_counted():
    sure = np.eye(3)[np.repeat([0, 1, 2], [50, 30, 20])] * 0.999 + 0.001 / 3
    found = most_likely_shares(sure / (1 / 3), np.full(3, 1 / 3))
    np.testing.assert_allclose(found, [0.5, 0.3, 0.2], atol=2e-3)


def test_no_other_shares_are_likelier():
    rng = np.random.default_rng(0)
    ratios = rng.gamma(1, size=(200, 6))
    found = most_likely_shares(ratios, np.full(6, 1 / 6))
    best = np.log(ratios @ found).sum()
    for other in rng.dirichlet(np.ones(6), 500):
        assert np.log(ratios @ other).sum() <= best + 0.01
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()


def test_limits_of_counted_shares_from_wilson():
    # Of 10 cases 2: .0567 to .5098; of none of 50: up to 3.84 / 53.84.
    low, high = counted_limits(np.array([0.2]), 10)
    np.testing.assert_allclose([low[0], high[0]], [0.0567, 0.5098], atol=5e-5)
    low, high = counted_limits(np.array([0.0]), 50)
    np.testing.assert_allclose([low[0], high[0]], [0.0, 3.8415 / 53.8415], atol=1e-5)


WORLDS = {
    "two, rare": (2, 2.5, np.array([0.99, 0.01]), 1.0),
    "two, overconfident": (2, 2.5, np.array([0.85, 0.15]), 2.0),
    "five": (5, 1.5, None, 1.5),
}


@pytest.mark.parametrize("name", WORLDS)
def test_intervals_hold_the_shares(name):
    n_classes, apart, target, temperature = WORLDS[name]
    rng = np.random.default_rng(1)
    centres = np.array([[0.0], [apart]])
    training = TWO
    if n_classes > 2:
        centres = np.random.default_rng(3).normal(0, apart, (n_classes, 4))
        training = np.full(n_classes, 1 / n_classes)
    held, errors, counting = [], [], []
    for _ in range(20):
        shares = rng.dirichlet(np.ones(n_classes)) if target is None else target
        y, labelled = drawn(200, training, centres, training, rng, temperature)
        _, stated = drawn(300, shares, centres, training, rng, temperature)
        found = estimate_shares(stated, labelled, y, draws=80)
        held.append((found.low <= shares) & (shares <= found.high))
        errors.append(np.abs(found.shares - shares).mean())
        counts = np.bincount(stated.argmax(axis=1), minlength=n_classes) / len(stated)
        counting.append(np.abs(counts - shares).mean())
    assert np.mean(held) >= 0.9
    assert np.mean(errors) < 0.9 * np.mean(counting)


def test_forty_three_classes():
    rng = np.random.default_rng(2)
    centres = rng.normal(0, 1.5, (43, 10))
    training, shares = rng.dirichlet(np.full(43, 4.0)), rng.dirichlet(np.ones(43))
    y, labelled = drawn(1000, training, centres, training, rng)
    _, stated = drawn(1000, shares, centres, training, rng)
    found = estimate_shares(stated, labelled, y, draws=40)
    assert np.abs(found.shares - shares).mean() < 0.006
    assert np.mean((found.low <= shares) & (shares <= found.high)) >= 0.9
    assert found.untold == []


def test_what_is_off_is_mended_by_labelled_cases():
    rng, centres, shares = np.random.default_rng(4), np.array([[0.0], [1.0]]), np.array([0.8, 0.2])
    y, labelled = drawn(4000, TWO, centres, TWO, rng, 1.5, 1.0)
    _, stated = drawn(8000, shares, centres, TWO, rng, 1.5, 1.0)
    plain = most_likely_shares(stated / TWO, TWO)
    found = estimate_shares(stated, labelled, y, draws=2)
    assert abs(plain[1] - 0.2) > 0.05
    assert abs(found.shares[1] - 0.2) < 0.05


def test_classes_that_look_alike_are_not_told():
    rng = np.random.default_rng(5)
    centres = np.array([[0.0, 0.0], [0.3, 0.0], [0.0, 6.0]])
    training = np.full(3, 1 / 3)
    y, labelled = drawn(300, training, centres, training, rng)
    _, stated = drawn(300, np.array([0.4, 0.2, 0.4]), centres, training, rng)
    found = estimate_shares(stated, labelled, y, draws=100)
    assert found.untold == [0, 1]
    assert (found.confused_with(0), found.confused_with(1)) == (1, 0)
    assert not found.too_few(0)


def test_too_few_new_cases_do_not_tell_what_is_not_confused():
    sure = np.array([[0.99, 0.01], [0.01, 0.99]])
    y = np.arange(400) % 2
    found = estimate_shares(sure[np.arange(12) % 2], sure[y], y, draws=50)
    assert found.untold == [0, 1]
    assert found.too_few(0)


def test_no_case_of_a_class_leaves_it_an_upper_limit():
    sure = np.array([[0.999, 0.001], [0.001, 0.999]])
    y = np.arange(1000) % 2
    found = estimate_shares(sure[np.zeros(50, int)], sure[y], y, draws=50)
    assert found.shares[1] < 0.01
    assert found.low[1] < 1e-3
    assert found.high[1] >= 3.84 / 53.84 - 1e-9


def test_groups_of_labelled_cases_make_it_less_sure():
    rng, centres = np.random.default_rng(6), np.array([[0.0], [1.5]])
    _, stated = drawn(2000, TWO, centres, TWO, rng)
    y, labelled = drawn(40, TWO, centres, TWO, rng)
    y, labelled, groups = (
        np.repeat(y, 10),
        np.repeat(labelled, 10, axis=0),
        np.repeat(range(40), 10),
    )
    alone = estimate_shares(stated, labelled, y, draws=60)
    together = estimate_shares(stated, labelled, y, groups, draws=60)
    assert (together.high - together.low).min() > 1.3 * (alone.high - alone.low).max()


def test_a_class_without_a_labelled_case_is_no_error():
    rng = np.random.default_rng(7)
    p = rng.dirichlet(np.ones(3), 60)
    found = estimate_shares(p, p, np.arange(60) % 2, draws=10)
    assert np.isfinite(found.draws).all()
    assert found.shares.sum() == pytest.approx(1)


def test_the_same_cases_give_the_same_figures_and_tell_their_steps():
    rng = np.random.default_rng(8)
    p, y = rng.dirichlet(np.ones(2), 50), rng.integers(0, 2, 50)
    told = []
    with listening(told.append):
        first = estimate_shares(p, p, y, draws=5)
    assert [step.done for step in told] == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(first.draws, estimate_shares(p, p, y, draws=5).draws)


def test_too_few_cases_are_refused():
    p, y = np.full((20, 2), 0.5), np.arange(20) % 2
    with pytest.raises(
        DataError, match="9 new cases tell nothing of the shares of classes; expected at"
    ):
        estimate_shares(p[:9], p, y)
    with pytest.raises(DataError, match="5 labelled cases, or groups of them, tell nothing"):
        estimate_shares(p, p, y, np.arange(20) // 4)
