import pytest

from framework.report.reproduce import command
from framework.report.words import MINUS, money, percent, probability, short_money, unbroken


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


def test_shares():
    assert percent(-1.16, 0) == f"{MINUS}116%"
    assert percent(None) == "-"
    assert [probability(p) for p in (1.0, 0.934, 0.0)] == ["over 99.9%", "93.4%", "under 0.1%"]


def test_amounts_stay_on_one_line_and_text_is_escaped():
    assert unbroken(f"<i> from {MINUS}$1,234.50.") == (
        f'&lt;i&gt; from <span class="n">{MINUS}$1,234.50</span>.'
    )


def test_the_command_is_quoted_for_a_shell():
    config = {"dataset": "d", "cost_matrix": ["my costs.json"], "model_parameters": {"units": 8}}
    assert command(config) == "fw run d --cost-matrix 'my costs.json' --model-parameter units=8"
