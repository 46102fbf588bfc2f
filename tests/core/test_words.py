import numpy as np
import pytest

from framework.core.words import (
    MINUS,
    currency,
    in_brackets,
    interval,
    money,
    money_sign,
    money_word,
    percent,
    probability,
    short_money,
)
from framework.report.rendering import unbroken


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (-15282.858, f"{MINUS}$15,282.86"),
        (0.0, "$0.00"),
        (-0.0, "$0.00"),
        (-1e-9, "$0.00"),
        (0.01234567, "$0.01235"),
        (-0.0871, f"{MINUS}$0.0871"),
        (None, "-"),
    ],
)
def test_money(amount, text):
    assert money(amount) == text


def test_a_saving_has_a_sign():
    assert money(5, sign=True) == "+$5.00"
    assert money(-5, sign=True) == f"{MINUS}$5.00"
    assert money(0, sign=True) == "$0.00"


@pytest.mark.parametrize(
    ("amount", "text"),
    [(-15000, f"{MINUS}$15k"), (2_500_000, "$2.5M"), (999_990, "$1M"), (0.25, "$0.25"), (0, "$0")],
)
def test_short_money(amount, text):
    assert short_money(amount) == text


def test_within_a_currency_all_amounts_are_told_in_it():
    with currency("EUR"):
        assert money(-15282.858) == f"{MINUS}EUR 15,282.86"
        assert money(5, sign=True) == "+EUR 5.00"
        assert short_money(-15_000) == f"{MINUS}EUR 15k"
        assert (money_sign(), money_word(), money_word(True)) == ("EUR", "EUR", "EUR")
        assert unbroken("from EUR 1,234.50.") == 'from <span class="n">EUR 1,234.50</span>.'
    with currency("\u20ac"):
        assert money(7) == "\u20ac7.00"
    assert money(7) == "$7.00"
    assert (money_sign(), money_word(), money_word(True)) == ("$", "dollars", "Dollars")


def test_a_currency_ends_with_its_page_even_where_that_fails():
    with pytest.raises(ZeroDivisionError), currency("EUR"):
        1 / 0  # noqa: B018
    assert money(1) == "$1.00"


def test_shares():
    assert percent(-1.16, 0) == f"{MINUS}116%"
    assert percent(None) == "-"
    assert [probability(p) for p in (1.0, 0.934, 0.0)] == ["over 99.9%", "93.4%", "under 0.1%"]


def test_a_probability_is_never_certain_however_it_is_rounded():
    for p in np.concatenate([np.linspace(0.999, 1, 2001), np.linspace(0, 0.001, 2001)]):
        assert probability(p) not in ("100.0%", "0.0%")
    assert probability(None) == "too few to say"


def test_an_interval_that_there_is_not_is_told():
    assert interval((-5, 1.5)) == f"{MINUS}$5.00 to $1.50"
    assert interval((-5, 1.5), sign=True) == f"{MINUS}$5.00 to +$1.50"
    assert interval(None) == "too few to say"
    assert in_brackets((-5, 1.5)) == f"(95% interval {MINUS}$5.00 to $1.50)"
    assert in_brackets(None) == "(too few cases, or groups of them, for an interval)"


def test_amounts_stay_on_one_line_and_text_is_escaped():
    assert unbroken(f"<i> from {MINUS}$1,234.50.") == (
        f'&lt;i&gt; from <span class="n">{MINUS}$1,234.50</span>.'
    )


def test_small_costs_are_not_told_as_nothing():
    """Costs of a millionth of a millionth; what rounding leaves of nothing is smaller still."""
    with currency("USD", 1e-12):
        assert money(-1e-12) == f"{MINUS}$1e-12"
        assert money(2.5e-13) == "$2.5e-13"
        assert money(-1e-24) == "$0.00"
    with currency("USD", 252_000):
        assert money(-1e-9) == "$0.00"
    assert money(-1e-9) == "$0.00"
