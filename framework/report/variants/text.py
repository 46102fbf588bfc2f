"""Deciders beside each other, for the terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from framework.core.evaluation.side_by_side import SideBySide
from framework.core.words import currency, interval, money, money_sign, percent, probability
from framework.report.console import terminal_table
from framework.report.tables import Row, Table


def variants_text(found: SideBySide) -> RenderableType:
    """One table, and which one is cheaper."""
    with currency(*found.matrix.money):
        return Group(terminal_table(variants_table(found)), Text(f"{found.verdict}."))


def variants_table(found: SideBySide) -> Table:
    """Every decider: its share, its dollars, and what it saves over the first."""
    total = sum(one.decided for one in found.deciders)
    rows: list[Row] = []
    for one, ahead in zip(found.deciders, (None, *found.against), strict=True):
        told = ("-", "-", "-", "-")
        if ahead is not None:
            saved = ahead.saved
            told = (
                money(saved.interval.mean, sign=True),
                interval(saved.interval.ends),
                probability(saved.probability_cheaper),
                "different cases" if ahead.shared is None else f"{ahead.shared:,} shared",
            )
        share, cases = percent(one.decided / total), f"{len(one.rows):,} of {one.decided:,}"
        dollars = (money(one.interval.mean), interval(one.interval.ends))
        rows.append((one.name, share, cases, *dollars, *told))
    return Table(
        (
            *("", "decided", "with an outcome", f"{money_sign()} per case", "95% interval"),
            *("against the first", "95% interval", "P(cheaper)", "compared on"),
        ),
        tuple(rows),
        f"Judged by {found.matrix.name}, as the cases came; a minus is a loss. Against the first: what "
        "is saved a case.",
        strong=(0,),
    )
