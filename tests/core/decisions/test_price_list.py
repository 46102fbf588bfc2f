import json

import numpy as np
import pytest

from framework.core.decisions.capacity import ration
from framework.core.decisions.capacity_limits import limits_of
from framework.core.decisions.price_list import PriceList, read_prices
from framework.core.errors import ConfigError

DECISIONS = ("pass", "check", "stop")
LIMITS = ("check + 2*stop<=30/100", "stop>=2/100")


@pytest.fixture
def listed(tmp_path):
    """Prices of 500 cases, and the file of them."""
    p = np.random.default_rng(0).beta(0.5, 2, 500)
    expected = np.column_stack([100 * p, 5 + 20 * p, np.full(500, 15.0)])
    found = PriceList.of(ration(expected, limits_of(LIMITS, DECISIONS)), DECISIONS)
    found.write(tmp_path / "prices.json")
    return found, expected, tmp_path / "prices.json"


def test_what_is_read_decides_as_what_was_written(listed):
    found, expected, file = listed
    read = read_prices(file, DECISIONS)
    assert (read.decisions, read.limits) == (DECISIONS, LIMITS)
    decided = [one.policy.decide(expected, 7) for one in (found, read)]
    np.testing.assert_array_equal(*decided)


def test_what_is_used_is_told_beside_what_there_is(listed):
    found, _, _ = listed
    used, there = found.use([70, 20, 10])
    assert used.tolist() == [40, 10]
    np.testing.assert_allclose(there, [30, 2])


def test_limits_are_kept_in_the_mean_on_further_cases(listed):
    found, _, _ = listed
    p = np.random.default_rng(1).beta(0.5, 2, 50_000)
    expected = np.column_stack([100 * p, 5 + 20 * p, np.full(len(p), 15.0)])
    counts = np.bincount(found.policy.decide(expected), minlength=3).tolist()
    used, there = found.use(counts)
    assert 0.8 < used[0] / there[0] < 1.2
    assert used[1] / there[1] > 0.8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"decisions": ["pass", "stop", "check"]},
            'for the decisions "pass", "stop", "check"; the model',
        ),
        ({"chance": [-1]}, '"chance": expected shares of 1'),
        ({"uses": [[0, 1]]}, '"uses": expected 2 lists of 3 numbers'),
        ({"shares": [1]}, '"shares": expected 2 numbers'),
        (
            {"limits": None},
            'the key "limits" is missing; expected what fw predict --prices-out writes',
        ),
        ({"prices_dollars": [["x", 1]]}, '"prices_dollars": expected'),
    ],
)
def test_a_file_that_is_none_is_refused(listed, change, message):
    _, _, file = listed
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    with pytest.raises(ConfigError) as error:
        read_prices(file, DECISIONS)
    assert message in str(error.value)
    assert str(file) in str(error.value)
