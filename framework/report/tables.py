"""A table as plain values, and one whose cells are coloured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from framework.core.arrays import FloatArray


@dataclass(frozen=True)
class Cell:
    """A cell of a heat map table: its text, and how hot it is from 0 to 1."""

    text: str
    heat: float = 0.0


@dataclass(frozen=True)
class Table:
    """A table; ``strong`` are the rows to stress, ``quiet`` those for comparison.

    ``title`` heads it in a terminal, in place of the caption, which then follows.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str | Cell, ...], ...]
    caption: str = ""
    words: int = 1  # leading columns that hold words, not figures
    strong: tuple[int, ...] = ()
    quiet: tuple[int, ...] = ()
    folded: tuple[tuple[str | Cell, ...], ...] = ()  # further rows, shown on request
    tone: str = "dollars"  # of a heat map: "dollars" or "counts"
    title: str = ""


def heat_table(
    cells: FloatArray,
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    texts: Sequence[Sequence[str]],
    caption: str,
    tone: str = "dollars",
) -> Table:
    """Cells (N, M) in colour by how large they are; ``texts`` has the same shape."""
    largest = float(cells.max()) if cells.max() > 0 else 1.0
    body: list[tuple[str | Cell, ...]] = [
        (
            row,
            *(
                Cell(text, max(0.0, float(cell)) / largest)
                for cell, text in zip(cells[i], texts[i], strict=True)
            ),
        )
        for i, row in enumerate(rows)
    ]
    return Table(("truth", *(f"as {name}" for name in columns)), tuple(body), caption, tone=tone)
