from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from framework.core.plain_numbers import finite, is_whole, number_in


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3.0), (1e-12, 1e-12), (np.float32(2), 2.0), (np.int8(-1), -1.0), (Fraction(1, 2), 0.5)],
)
def test_finite_numbers_are_numbers(value, number):
    assert finite(value) == number


@pytest.mark.parametrize(
    "value",
    [True, np.bool_(True), "3", None, [], float("nan"), -float("inf"), 10**400, 1j, Decimal(3)],
)
def test_what_only_python_takes_for_a_number_is_none(value):
    assert finite(value) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("1300", 1300.0), (" -1.3e3\n", -1300.0), (".5", 0.5), ("+1e-320", 1e-320)],
)
def test_numbers_as_text(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["1_0", "nan", "inf", "1e999", "", "0x10", "1,5", "\u0663", "--1"])
def test_text_that_is_no_number(text):
    assert number_in(text) is None


def test_whole_numbers():
    assert is_whole(0)
    assert is_whole(7, most=7)
    assert not any(map(is_whole, (True, 1.0, -1, "1", None, 2**60)))
