"""Models under all plausible costs: tables and sentences for the page and for the terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from framework.core.uncertain_costs.cost_ranges import EXPECTED, LIKELY, REGRET, CostRanges
from framework.core.uncertain_costs.cost_ranges_words import in_sentences
from framework.core.words import currency, money, money_word, percent, quoted
from framework.report.console import terminal_table
from framework.report.tables import Table

NUMBERS = 12  # shown at once; further ones on request
WAYS = {
    LIKELY: "by the likely costs",
    EXPECTED: "by the mean costs (robust: expected)",
    REGRET: "least largest regret (robust: regret)",
}


def ranges_text(found: CostRanges) -> RenderableType:
    """What ``fw costs`` prints."""
    with currency(found.currency):
        tables = (models_table(found), numbers_table(found), ways_table(found))
        return Group(*map(terminal_table, tables), Text("\n".join(sentences(found))))


def sentences(found: CostRanges) -> list[str]:
    """Those of the core, as they stand alone."""
    return [f"{told[0].upper()}{told[1:]}." for told in in_sentences(found)]


def models_table(found: CostRanges) -> Table:
    """In what share of the plausible costs each model is the cheapest, and what it loses."""
    rows = [
        (
            one.name,
            "anew" if one.anew else "stays",
            percent(one.cheapest),
            money(-one.likely),
            money(-one.mean),
            f"{money(-one.high)} to {money(-one.low)}",
            money(one.regret),
            money(one.largest_regret),
        )
        for one in found.models
    ]
    strong = tuple(i for i, one in enumerate(found.models) if one is found.cheapest)
    head = ("model", "decided", "cheapest", "at the likely costs", "mean", "95 of 100")
    return Table(
        (*head, "regret", "at most"),
        tuple(rows),
        caption=f"{money_word(True)} per case on the {found.n:,} test cases, over {found.draws:,} cost "
        f"matrices drawn from the ranges (seed {found.seed}). Anew: each case at the least expected cost of "
        "each matrix; stays: as decided. Regret: lost above the cheapest of the same matrix, in the mean "
        "and at most.",
        strong=strong,
        title="Which model, where costs are ranges",
    )


def numbers_table(found: CostRanges) -> Table:
    """What each number is worth to know, first the one to ask for first."""
    rows = tuple(
        (
            one.name,
            money(one.low),
            money(one.likely),
            money(one.mean),
            money(one.high),
            money(one.worth),
        )
        for one in found.numbers
    )
    return Table(
        ("number", "low", "likely", "mean", "high", "worth, a case"),
        rows[:NUMBERS],
        caption=f"What {quoted(found.model)} would save a case if this number, and no other, were known "
        "before it decides (expected value of partial perfect information), by its calibrated probabilities.",
        folded=rows[NUMBERS:],
        foot=(("all of them", "", "", "", "", money(found.worth)),),
        title="Which number to ask for first",
    )


def ways_table(found: CostRanges) -> Table:
    """How to decide before the costs are known, beside deciding with the costs known."""
    rows = tuple(
        (
            WAYS[one.name],
            percent(one.differs),
            money(-one.lost),
            money(one.regret),
            money(one.worst_draw),
            money(one.largest_regret),
        )
        for one in found.ways
    )
    head = ("decided", "otherwise", "came", "regret", "worst draw", "each case at its worst")
    return Table(
        head,
        rows,
        caption=f"{money_word(True)} per case of {quoted(found.model)}, mean over the plausible costs. "
        "Regret: expected to be lost above decisions made with the costs known.",
        title="How to decide before the costs are known",
    )
