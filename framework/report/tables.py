"""A table as plain values: described once, drawn by templates/parts.html.j2 and by console.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from framework.core.arrays import FloatArray


@dataclass(frozen=True)
class HeatCell:
    """A cell that a page colours: its text, and how hot it is from 0 to 1."""

    text: str
    heat: float = 0.0

    def __str__(self) -> str:
        return self.text


Row = tuple[str | HeatCell, ...]


@dataclass(frozen=True)
class Table:
    """A table; ``strong`` are the rows to stress, ``quiet`` those that tell little.

    ``foot`` holds rows that close it for comparison: means, a constant decision, an oracle.
    ``title`` heads it in a terminal, in place of the caption, which then follows.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    words: int = 1  # leading columns that hold words, not figures
    strong: tuple[int, ...] = ()
    quiet: tuple[int, ...] = ()
    foot: tuple[Row, ...] = ()
    folded: tuple[Row, ...] = ()  # further rows, shown on request
    tone: str = "dollars"  # of a heat map: "dollars" or "counts"
    title: str = ""
    sections: tuple[int, ...] = ()  # rows after which a terminal leaves a line


def heat_table(
    cells: FloatArray,
    rows: Sequence[str],
    columns: Sequence[str],
    texts: Sequence[Sequence[str]],
    caption: str,
    tone: str = "dollars",
) -> Table:
    """Cells (N, M) in colour by how large they are; ``texts`` has the same shape.

    A column that is a class is headed "as" it, an action by its name.
    """
    lead = "as " if set(rows) <= set(columns) else ""
    largest = float(cells.max()) if cells.max() > 0 else 1.0
    body: list[Row] = [
        (
            row,
            *(
                HeatCell(text, max(0.0, float(cell)) / largest)
                for cell, text in zip(cells[i], texts[i], strict=True)
            ),
        )
        for i, row in enumerate(rows)
    ]
    heads = ("truth", *(f"{lead}{name}" for name in columns))
    return Table(heads, tuple(body), caption, tone=tone)


def side_by_side(left: Table, right: Table) -> Table:
    """Two tables of the same rows and columns as one, both texts in each cell."""
    rows = tuple(
        (str(first[0]), *(f"{a}  {b}" for a, b in zip(first[1:], second[1:], strict=True)))
        for first, second in zip(left.rows, right.rows, strict=True)
    )
    return Table(left.columns, rows)


def transposed(table: Table, corner: str) -> Table:
    """Rows as columns; ``corner`` heads what were the names of the columns."""
    names = (str(row[0]) for row in table.rows)
    columns = zip(*(row[1:] for row in table.rows), strict=True)
    rows = tuple(
        (name, *map(str, cells)) for name, cells in zip(table.columns[1:], columns, strict=True)
    )
    return Table((corner, *names), rows, table.caption)


def stacked(heading: str, tables: Mapping[str, Table], caption: str) -> Table:
    """Tables of the same columns as one, each a section whose name stands under ``heading``."""
    rows: list[Row] = []
    sections = []
    for name, table in tables.items():
        for number, row in enumerate((*table.rows, *table.folded, *table.foot)):
            rows.append(("" if number else name, *row))
        sections.append(len(rows) - 1)
    first = next(iter(tables.values()))
    return Table(
        (heading, *first.columns),
        tuple(rows),
        caption,
        words=1 + first.words,
        sections=tuple(sections),
    )
