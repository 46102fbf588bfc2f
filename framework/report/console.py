"""Printing for people: text, and the terminal's drawing of a table."""

from __future__ import annotations

from rich import box, table
from rich.console import Console, Group, RenderableType

from framework.core.stdout import results
from framework.report.tables import Table

# Where no terminal sets the width, none of our tables needs to be folded.
WIDTH_WITHOUT_TERMINAL = 160
READABLE = 24  # letters at least, of a column of words


def show(renderable: RenderableType) -> None:
    """Print to stdout. A table too wide for the terminal runs over; its figures are never cut."""
    console = Console(file=results(), highlight=False)
    if not console.is_terminal:
        console = Console(file=results(), highlight=False, width=WIDTH_WITHOUT_TERMINAL)
    for part in renderable.renderables if isinstance(renderable, Group) else [renderable]:
        needed = console.measure(part).minimum
        console.print(part, width=max(console.width, needed), crop=False)


def terminal_table(described: Table, folded: bool = True) -> table.Table:
    """A table as the terminal shows it, its folded rows counted alone unless ``folded``."""
    rows = (*described.rows, *(described.folded if folded else ()))
    below = [described.caption] if described.title and described.caption else []
    if described.folded and not folded:
        below.append(f"{len(described.folded)} more.")
    drawn = table.Table(
        title=described.title or described.caption or None,
        caption="\n".join(below) or None,
        title_justify="left",
        caption_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
    )
    for number, name in enumerate(described.columns):
        words = number < described.words
        longest = max((len(str(row[number])) for row in (*rows, *described.foot)), default=0)
        drawn.add_column(
            name,
            justify="left" if words else "right",
            no_wrap=not words,
            min_width=min(longest, READABLE) if words else None,
        )
    for number, row in enumerate(rows):
        strong, quiet = number in described.strong, number in described.quiet
        style = "bold" if strong else "dim" if quiet else None
        drawn.add_row(*map(str, row), style=style, end_section=number in described.sections)
    for row in described.foot:
        drawn.add_row(*map(str, row), style="dim")
    return drawn
