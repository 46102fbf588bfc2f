import json

import numpy as np
import pytest

from framework.core.case_costs import case_costs, expected_costs
from framework.core.errors import ConfigError, DataError
from framework.core.evaluation.certifying import certify_cases, referring, with_referrals
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.promise import Certificate, Promise, read_certificate

COSTS = np.array(
    [[0.0, 10.0, 4.0], [200.0, 0.0, 4.0]]
)  # truths ok, fraud; the last is the referral


def world(n, seed=0, costs=COSTS):
    """Expected costs by true probabilities, and the cases."""
    rng = np.random.default_rng(seed)
    fraud = rng.beta(0.3, 3, n)
    y = (rng.random(n) < fraud).astype(int)
    return expected_costs(np.column_stack([1 - fraud, fraud]), costs), JudgedCases(y, costs)


def lost(expected, cases, certificate):
    return case_costs(cases.y, referring(expected, certificate), cases.costs).mean()


@pytest.fixture(scope="module")
def population():
    return world(200_000, 99)


@pytest.mark.parametrize(
    ("text", "most", "confidence"),
    [
        ("12000@0.95", 12_000, 0.95),
        ("12,000 @ 99%", 12_000, 0.99),
        ("2.5", 2.5, 0.95),
        ("-3e2@.9", -300, 0.9),
    ],
)
def test_a_promise_is_dollars_and_how_sure(text, most, confidence):
    assert Promise.of(text) == Promise(most, confidence)


@pytest.mark.parametrize("text", ["cheap", "", "@0.95", "12@", "1.2.3@0.9", "nan@0.9"])
def test_what_is_no_promise_is_refused(text):
    with pytest.raises(ConfigError, match=r"expected dollars a case, and how sure: 12000@0\.95"):
        Promise.of(text)


@pytest.mark.parametrize("text", ["5@1", "5@0.3", "5@95", "5@100%"])
def test_a_confidence_that_is_none_is_refused(text):
    with pytest.raises(ConfigError, match=r"confidence from 0\.5 to below 1"):
        Promise.of(text)


def test_the_looser_the_promise_the_fewer_are_referred(population):
    expected, cases = world(4000)
    found = [certify_cases(expected, cases, Promise(most)) for most in (3.2, 3.6, 4.5, 6.0)]
    assert all(one.kept for one in found)
    referred = [one.referred for one in found]
    assert referred == sorted(referred, reverse=True)
    assert referred[-1] == 0 < referred[0]
    for one in found:
        assert lost(*population, one) <= one.promise.most


def test_a_promise_is_broken_no_more_often_than_it_says(population):
    # What the cheapest policy loses: whoever is certified has been lucky.
    expected, cases = population
    tight = case_costs(cases.y, expected.argmin(axis=1), COSTS).mean()
    certified = [
        certify_cases(*world(4000, seed), Promise(float(tight), 0.8)).kept for seed in range(200)
    ]
    assert 0.02 <= np.mean(certified) <= 0.2 + 2 * np.sqrt(0.2 * 0.8 / 200)


def test_what_cannot_be_kept_is_said_with_what_can():
    expected, cases = world(2000)
    found = certify_cases(expected, cases, Promise(2.0))
    assert not found.kept
    assert found.smallest > 2
    assert "cannot be promised with 95% confidence" in found.sentences()[0]
    assert f"the smallest promise that can be kept is ${found.smallest:.2f}" in found.sentences()[1]
    assert certify_cases(expected, cases, Promise(found.smallest + 1e-6)).kept


def test_where_only_referring_everything_keeps_it_that_is_the_policy():
    expected, cases = world(20)
    found = certify_cases(expected, cases, Promise(4.0))
    assert (found.kept, found.refers_all, found.referred) == (True, True, 1.0)
    assert (referring(expected, found) == 2).all()
    assert "kept by referring every case" in found.sentences()[0]
    assert found.rule == "promise: every case is referred"


def test_the_first_policy_is_the_cheapest_and_the_last_refers_nothing():
    expected, cases = world(20_000)
    found = certify_cases(expected, cases, Promise(100.0))
    assert (with_referrals(expected, 0.0)[0] == expected.argmin(axis=1)).all()
    assert (found.refer_above, found.referred) == (None, 0.0)
    assert found.steps[0].lost == case_costs(cases.y, expected.argmin(axis=1), COSTS).mean()
    assert not with_referrals(expected, None)[1].any()


def test_betting_keeps_less_and_is_for_independent_cases_alone():
    expected, cases = world(4000)
    usual = certify_cases(expected, cases, Promise(3.6))
    betting = certify_cases(expected, cases, Promise(3.6), "betting")
    assert betting.smallest > usual.smallest
    assert betting.referred >= usual.referred
    grouped = JudgedCases(cases.y, cases.costs, np.arange(4000) // 4)
    with pytest.raises(ConfigError, match="leave it out with groups or a prevalence"):
        certify_cases(expected, grouped, Promise(4.0), "betting")


def test_few_cases_are_refused():
    with pytest.raises(DataError, match="10 cases, or groups of them, at least; received 9"):
        certify_cases(*world(9), Promise(4.0))


def test_groups_and_a_prevalence_count():
    expected, cases = world(4000)
    plain = certify_cases(expected, cases, Promise(3.6))
    grouped = JudgedCases(cases.y, cases.costs, np.arange(4000) // 4)
    rarer = JudgedCases(cases.y, cases.costs, None, np.array([0.97, 0.03]))
    assert certify_cases(expected, grouped, Promise(3.6)).smallest > plain.smallest
    assert certify_cases(expected, rarer, Promise(3.6)).smallest < plain.smallest


def test_a_certificate_is_read_as_it_was_written(tmp_path):
    expected, cases = world(4000)
    found = certify_cases(expected, cases, Promise(3.6))
    path = tmp_path / "c.json"
    path.write_text(json.dumps({**found.to_json(), "decisions": ["ok", "fraud", "refer"]}))
    read = read_certificate(path, ("ok", "fraud", "refer"))
    assert vars(read) == vars(found)
    with pytest.raises(ConfigError, match='it is for the decisions "ok", "fraud", "refer"'):
        read_certificate(path, ("ok", "fraud"))


def test_what_is_no_certificate_or_not_kept_is_refused(tmp_path):
    path = tmp_path / "c.json"
    path.write_text('{"promise": 3}')
    with pytest.raises(ConfigError, match="expected what fw certify --out writes"):
        read_certificate(path, ("ok",))
    failed = certify_cases(*world(2000), Promise(1.0))
    path.write_text(json.dumps({**failed.to_json(), "decisions": ["ok"]}))
    with pytest.raises(ConfigError, match="cannot be promised"):
        read_certificate(path, ("ok",))


def test_the_json_of_a_certificate_has_dollars_with_the_usual_sign():
    told = certify_cases(*world(4000), Promise(3.6)).to_json()
    assert isinstance(Certificate.from_json(told), Certificate)
    assert told["steps"][0]["dollars_per_case"] < 0
    assert told["steps"][0]["limit_dollars_per_case"] < told["steps"][0]["dollars_per_case"]
