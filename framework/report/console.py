"""Printing for people."""

from __future__ import annotations

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table

from framework.report import tables

# Where no terminal sets the width, none of our tables needs to be folded.
WIDTH_WITHOUT_TERMINAL = 160
READABLE = 24  # letters at least, of a column of words


def show(renderable: RenderableType) -> None:
    """Print to stdout. A table too wide for the terminal runs over; its figures are never cut."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH_WITHOUT_TERMINAL)
    for part in renderable.renderables if isinstance(renderable, Group) else [renderable]:
        needed = console.measure(part).minimum
        console.print(part, width=max(console.width, needed), crop=False)


def printed(table: tables.Table) -> Table:
    """A table of the report for the terminal."""
    rows = (*table.rows, *table.folded)
    printed = Table(
        title=table.title or table.caption,
        caption=table.caption if table.title else None,
        title_justify="left",
        caption_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
    )
    for number, name in enumerate(table.columns):
        words = number < table.words
        longest = max((len(str(cells[number])) for cells in rows), default=0)
        printed.add_column(
            name,
            justify="left" if words else "right",
            no_wrap=not words,
            min_width=min(longest, READABLE) if words else None,
        )
    for number, cells in enumerate(rows):
        style = "bold" if number in table.strong else "dim" if number in table.quiet else None
        printed.add_row(*map(str, cells), style=style)
    return printed
