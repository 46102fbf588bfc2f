"""Printing for people."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType

# Where no terminal sets the width, none of our tables needs to be folded.
WIDTH_WITHOUT_TERMINAL = 160


def show(renderable: RenderableType) -> None:
    """Print to stdout. A table too wide for the terminal runs over; its figures are never cut."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH_WITHOUT_TERMINAL)
    for part in renderable.renderables if isinstance(renderable, Group) else [renderable]:
        needed = console.measure(part).minimum
        console.print(part, width=max(console.width, needed), crop=False)


def money(amount: float) -> str:
    """Dollars with cents, a minus for a loss: -15,273.85."""
    return f"{amount + 0.0:,.2f}"
