import numpy as np
import pytest

from framework import CostMatrixError, DataError, certify, evaluate

COSTS = {"ok": {"fraud": 10, "refer": 4}, "fraud": {"ok": 200, "refer": 4}}
LABELS = ["fraud", "ok"]


def cases(n=4000, seed=0):
    """Probabilities of "fraud" and "ok", and truths drawn from them."""
    rng = np.random.default_rng(seed)
    p = rng.beta(0.3, 3, n)
    return np.column_stack([p, 1 - p]), np.where(rng.random(n) < p, "fraud", "ok")


def test_a_policy_decides_further_cases_and_keeps_its_promise():
    p, y = cases()
    policy = certify(y, p, "3.6@0.95", cost_matrix=COSTS, labels=LABELS)
    later, truths = cases(100_000, 1)
    decided = policy.decide(later)
    found = evaluate(truths, decided, cost_matrix=COSTS)
    assert -3.6 <= found.dollars_per_case < -2
    assert (decided == "refer").mean() == pytest.approx(policy.certificate.referred, abs=0.05)
    assert "is kept with 95% confidence" in repr(policy)
    assert policy.to_json()["kept"]


def test_a_promise_that_is_not_kept_decides_nothing():
    p, y = cases()
    policy = certify(y, p, "1@0.95", cost_matrix=COSTS, labels=LABELS)
    with pytest.raises(DataError, match="the promise is not kept: a loss of at most"):
        policy.decide(p)


def test_a_matrix_that_does_not_price_a_referral_is_refused():
    p, y = cases(100)
    with pytest.raises(CostMatrixError, match="does not say what a referral costs"):
        certify(y, p, "1@0.95", cost_matrix={"ok": {"fraud": 1}, "fraud": {"ok": 9}}, labels=LABELS)


def test_probabilities_are_moved_to_the_prevalence():
    p, y = cases()
    rarer = certify(y, p, "3@0.95", cost_matrix=COSTS, labels=LABELS, prevalence={"fraud": 0.03})
    assert rarer.certificate.kept
    assert (
        rarer.certificate.steps[0].lost
        < certify(y, p, "3@0.95", cost_matrix=COSTS, labels=LABELS).certificate.steps[0].lost
    )


def test_one_answer_for_each_truth_is_expected():
    p, y = cases(50)
    with pytest.raises(DataError, match="received 49 and 50"):
        certify(y[1:], p, "3@0.95", cost_matrix=COSTS, labels=LABELS)
