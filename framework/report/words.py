"""Numbers as people read them."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

MINUS = "\N{MINUS SIGN}"


def money(amount: float | None, sign: bool = False) -> str:
    """Dollars with cents, more digits below ten cents: −$15,282.86, +$0.0123."""
    if amount is None:
        return "-"
    size = abs(amount)
    digits = f"{size:,.2f}" if size >= 0.1 or size < 5e-7 else f"{size:.4g}"
    front = MINUS if amount < 0 and digits.strip("0.") else "+" if sign and size else ""
    return f"{front}${digits}"


def short_money(amount: float) -> str:
    """Dollars for an axis: −$15k, $2.5M."""
    for unit, name in ((1e9, "B"), (1e6, "M"), (1e3, "k"), (1, "")):
        if abs(amount) >= 0.9995 * unit:
            return f"{MINUS if amount < 0 else ''}${abs(amount) / unit:.3g}{name}"
    return f"{MINUS if amount < 0 else ''}${abs(amount):.3g}"


def percent(share: float | None, digits: int = 1) -> str:
    if share is None:
        return "-"
    return f"{share:.{digits}%}".replace("-", MINUS)


def probability(value: float) -> str:
    """A probability from resampling, which never makes certain."""
    if value > 0.9995:
        return "over 99.9%"
    return "under 0.1%" if value < 0.0005 else percent(value)


def decimal(value: float | None, digits: int = 3) -> str:
    """A measure between 0 and 1."""
    return "-" if value is None else f"{value:.{digits}f}"


def unbroken(text: str) -> Markup:
    """Text for HTML whose amounts of money stay on one line."""
    amounts = re.compile(rf"[{MINUS}+]?\$\d[\d,.]*\d|\$\d")
    return Markup(amounts.sub(r'<span class="n">\g<0></span>', str(escape(text))))


def quoted(name: str) -> str:
    return f"“{name}”"


def plural(n: int, one: str, many: str | None = None) -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"
