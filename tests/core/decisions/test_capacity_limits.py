import pytest

from framework.core.decisions.capacity_limits import Limit, limits_of
from framework.core.errors import ConfigError

DECISIONS = ("discharge", "second picture", "biopsy", "refer")


def test_a_share_of_the_cases_grows_with_them_and_is_whole():
    limit = Limit.of("biopsy<=40/1000", DECISIONS)
    assert limit.uses.tolist() == [0, 0, 1, 0]
    assert [limit.amount_for(n) for n in (1000, 130, 20)] == [40, 5, 0]


def test_a_number_is_of_the_batch_whatever_its_size():
    assert [Limit.of("refer <= 50", DECISIONS).amount_for(n) for n in (10, 1000)] == [50, 50]


@pytest.mark.parametrize("text", ["biopsy<=4%", "biopsy <= 4 / 100", " biopsy<=0.4/10 "])
def test_one_share_can_be_written_in_several_ways(text):
    assert Limit.of(text, DECISIONS).amount_for(1000) == 40


def test_decisions_that_use_different_amounts_are_a_sum():
    limit = Limit.of("2*biopsy + second picture + 0.5 * refer <= 90", DECISIONS)
    assert limit.uses.tolist() == [0, 1, 2, 0.5]
    assert limit.amount_for(7) == 90


def test_what_is_no_whole_number_of_uses_is_not_rounded():
    assert Limit.of("0.5*biopsy<=33/1000", DECISIONS).amount_for(100) == pytest.approx(3.3)


def test_a_least_use_is_rounded_up():
    limit = Limit.of("second picture>=5%", DECISIONS)
    assert (limit.at_least, limit.sign, limit.amount_for(101)) == (True, -1, 6)


def test_a_decision_may_hold_a_plus_or_a_star_in_its_name():
    limit = Limit.of("scan+blood + 2*a*b<=9", ("scan+blood", "a*b", "none"))
    assert limit.uses.tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    "text",
    [
        "biopsy",
        "biopsy<40",
        "biopsy<=",
        "<=40",
        "biopsy<=x",
        "biopsy<=-4",
        "biopsy<=1/0",
        "biopsy<=1e3",
        "biopsy<=4%/9",
    ],
)
def test_what_is_no_limit_is_refused_with_examples(text):
    with pytest.raises(ConfigError, match=r"expected (decisions|one of)|there is no decision"):
        Limit.of(text, DECISIONS)


def test_a_decision_that_there_is_not_is_refused_with_those_there_are():
    with pytest.raises(ConfigError, match='no decision "scan"; expected one of "discharge"'):
        Limit.of("biopsy + scan<=4", DECISIONS)


def test_no_limit_at_all_is_refused_and_one_alone_needs_no_list():
    with pytest.raises(ConfigError, match="no limit is given"):
        limits_of((), DECISIONS)
    assert [limit.text for limit in limits_of("refer<=5", DECISIONS)] == ["refer<=5"]
