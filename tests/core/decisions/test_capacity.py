import json

import numpy as np
import pytest

from framework.core.decisions.capacity import ration
from framework.core.decisions.capacity_limits import limits_of
from framework.core.errors import ConfigError

DECISIONS = ("pass", "check", "refer")


def batch(n=400, seed=0):
    """Expected costs of n cases: passing costs up to 100, a check 10, a referral 30."""
    fraud = np.random.default_rng(seed).beta(0.3, 3, n)
    return np.column_stack([100 * fraud, np.full(n, 10.0) + 5 * fraud, np.full(n, 30.0)])


def rationed(expected, *texts, seed=0):
    return ration(expected, limits_of(texts, DECISIONS), seed)


def test_the_scarce_decision_goes_to_whom_it_saves_the_most():
    expected = batch()
    found = rationed(expected, "check<=20", "refer<=0")
    saved = expected[:, 0] - expected[:, 1]
    assert set(np.flatnonzero(found.decisions == 1)) == set(np.argsort(-saved)[:20])
    assert found.used.tolist() == [20, 0]


def test_one_more_saves_about_its_price():
    expected = batch()
    found = rationed(expected, "check<=20", "refer<=0")
    more = rationed(expected, "check<=21", "refer<=0")
    saved = np.sort(expected[:, 0] - expected[:, 1])[::-1]
    assert found.cost - more.cost == pytest.approx(saved[20])
    assert saved[20] - 1e-3 <= found.prices[0] <= saved[19] + 1e-3


def test_a_least_use_takes_those_whom_it_costs_the_least():
    expected = batch()
    found = rationed(expected, "refer>=30%")
    assert found.used.tolist() == [120]
    dearer = expected[:, 2] - expected[:, :2].min(axis=1)
    assert dearer[found.decisions == 2].max() <= dearer[found.decisions != 2].min()


def test_limits_that_do_not_bind_change_nothing():
    expected = batch()
    found = rationed(expected, "check<=400", "refer<=100%")
    assert found.decisions.tolist() == expected.argmin(axis=1).tolist()
    assert found.cost == found.unlimited
    assert "it takes nothing from anyone" in found.sentences()[0]


def test_who_of_equal_cases_gets_it_is_drawn_by_the_seed():
    alike = np.tile([50.0, 10.0, 30.0], (30, 1))
    first, again, other = (
        rationed(alike, "check<=7", "refer<=0", seed=seed).decisions for seed in (1, 1, 2)
    )
    assert first.tolist() == again.tolist() != other.tolist()
    assert (first == 1).sum() == (other == 1).sum() == 7


def test_limits_that_leave_no_decision_are_refused_by_name():
    with pytest.raises(ConfigError, match='"pass<=3", "check<=3", "refer<=3" together'):
        rationed(batch(10), "pass<=3", "check<=3", "refer<=3")
    with pytest.raises(ConfigError, match='10 cases cannot be decided within "check>=11"'):
        rationed(batch(10), "check>=11", "pass<=3")


def test_limits_that_no_whole_numbers_keep_are_refused():
    with pytest.raises(ConfigError, match="no whole numbers of 3 cases keep"):
        rationed(batch(3), "1.5*check>=1.2", "1.5*check<=1.4")


def test_it_is_told_in_sentences_and_as_json():
    found = rationed(batch(), "check<=20", "refer<=1%")
    assert found.sentences()[0].startswith("check<=20: 20 of 20 used; one more would save $")
    assert "a case, expected over 400 cases" in found.sentences()[-1]
    told = json.loads(json.dumps(found.to_json()))
    assert told["limits"][1]["amount"] == 4
    assert told["expected_dollars_per_case"] < told["without_limits_dollars_per_case"] < 0
    assert told["bound_dollars_per_case"] >= told["expected_dollars_per_case"]
