"""Single figures at the head of a page, and what they say in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from framework.core.words import interval, money, money_word, percent, probability


@dataclass(frozen=True)
class Tile:
    """One figure, its name, and what to read it by."""

    name: str
    figure: str
    note: str


def brought_tile(dollars_per_case: float, ends: Sequence[float] | None, of: str = "") -> Tile:
    """What a model brings per case; ``of`` names it where the page is about several."""
    name = f"{money_word(True)} per case{of}"
    return Tile(name, money(dollars_per_case), f"95% interval {interval(ends)}")


def saved_tiles(
    rival: str, saved: float, ends: Sequence[float] | None, probability_cheaper: float | None
) -> list[Tile]:
    """What is saved per case (dollars) against ``rival``, and how probably anything is."""
    return [
        Tile(
            f"Saved per case against {rival}",
            money(saved, sign=True),
            f"95% interval {interval(ends)}",
        ),
        Tile(
            f"Probability of being cheaper than {rival}",
            probability(probability_cheaper),
            "on test cases like these",
        ),
    ]


def savings_tile(savings: float, constant: str) -> Tile:
    """How far the model has come from the best constant decision to an oracle."""
    note = f"0%: {constant}; 100%: a perfect oracle"
    if savings < 0:
        note = f"below 0%: worse than {constant}"
    return Tile("Of the way to a perfect oracle", percent(savings, 0), note)


def result_in_words(dollars_per_case: float) -> str:
    """A gain or a loss per case."""
    if dollars_per_case < 0:
        return f"loses {money(-dollars_per_case)} per case"
    if dollars_per_case == 0:
        return "loses nothing"
    return f"brings {money(dollars_per_case)} per case"
