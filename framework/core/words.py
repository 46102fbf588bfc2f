"""Numbers as people read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

MINUS = "\N{MINUS SIGN}"

# Below, an amount is what rounding has left of nothing: of costs of dollars, and of any others as a
# share of the largest.
NOTHING, SHARE_OF_LARGEST = 5e-7, 1e-9

_currency, _nothing = "USD", NOTHING


@contextmanager
def currency(code: str, largest: float | None = None) -> Iterator[None]:
    """Within, all amounts are told in ``code``, a matrix's ``currency``, in place of dollars.

    Where the ``largest`` of its costs is told, small ones are not taken for nothing. For whoever draws a
    whole page or table; what is drawn does not have to hand it on (``CostMatrix.money``).
    """
    global _currency, _nothing
    before = _currency, _nothing
    _currency, _nothing = code, NOTHING
    if largest:
        _nothing = min(NOTHING, SHARE_OF_LARGEST * largest)
    try:
        yield
    finally:
        _currency, _nothing = before


def least_amount() -> float:
    """The size below which an amount is told as nothing."""
    return _nothing


def money_sign() -> str:
    """``$``, or the code of the currency: for heads of columns."""
    return "$" if _currency == "USD" else _currency


def money_word(start: bool = False) -> str:
    """``dollars`` (at the start of a sentence ``Dollars``), or the code of the currency."""
    if _currency != "USD":
        return _currency
    return "Dollars" if start else "dollars"


def money(amount: float | None, sign: bool = False) -> str:
    """An amount with cents, more digits below ten cents: −$15,282.86, +$0.0123, EUR 7.00."""
    if amount is None:
        return "-"
    size = abs(amount)
    digits = f"{size:,.2f}" if size >= 0.1 or size < _nothing else f"{size:.4g}"
    front = MINUS if amount < 0 and digits.strip("0.") else "+" if sign and size else ""
    return f"{front}{before_digits()}{digits}"


def short_money(amount: float) -> str:
    """An amount for an axis: −$15k, $2.5M, EUR 3k."""
    return f"{MINUS if amount < 0 else ''}{before_digits()}{short_number(abs(amount))}"


def short_number(amount: float) -> str:
    """15k, 2.5M."""
    for unit, name in ((1e9, "B"), (1e6, "M"), (1e3, "k"), (1, "")):
        if abs(amount) >= 0.9995 * unit:
            return f"{MINUS if amount < 0 else ''}{abs(amount) / unit:.3g}{name}"
    return f"{MINUS if amount < 0 else ''}{abs(amount):.3g}"


def before_digits() -> str:
    """A sign stands at the digits, a code apart from them."""
    sign = money_sign()
    return sign if len(sign) == 1 else f"{sign} "


def percent(share: float | None, digits: int = 1) -> str:
    if share is None:
        return "-"
    return f"{share:.{digits}%}".replace("-", MINUS)


def share(of: float) -> str:
    """A share of a class in percent, to three digits however small it is.

    Examples
    --------
    >>> share(0.3685), share(0.006), share(0.00002)
    ('36.9%', '0.6%', '0.002%')
    """
    return f"{100 * of:.3g}%"


TOO_FEW = "too few to say"  # cases, or groups of cases


def interval(ends: Sequence[float] | None, sign: bool = False) -> str:
    """The two ends of an interval of dollars, None where too few cases or groups gave one."""
    if ends is None:
        return TOO_FEW
    return f"{money(ends[0], sign)} to {money(ends[1], sign)}"


def in_brackets(ends: Sequence[float] | None) -> str:
    """(95% interval −$5.00 to $1.00); why there is none."""
    if ends is None:
        return "(too few cases, or groups of them, for an interval)"
    return f"(95% interval {interval(ends)})"


def probability(value: float | None) -> str:
    """A probability found from cases, which never makes certain."""
    if value is None:
        return TOO_FEW
    if value >= 0.9995:
        return "over 99.9%"
    return "under 0.1%" if value <= 0.0005 else percent(value)


def decimal(value: float | None, digits: int = 3) -> str:
    """A measure between 0 and 1."""
    return "-" if value is None else f"{value:.{digits}f}"


def quoted(name: str) -> str:
    return f"“{name}”"


def plural(n: int, one: str, many: str | None = None) -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"
