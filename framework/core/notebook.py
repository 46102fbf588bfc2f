"""What objects show of themselves at a Python prompt and in a notebook: few lines, a small table.

HTML without a style sheet or a script, so that it looks at home in any notebook, light or dark; all
text is escaped.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup, escape

from framework.core.files import REPORT

CLIPPED = 28  # letters of a name in a text
_LEFT = "text-align:left"
_RIGHT = "text-align:right"
_WIDTH, _HEIGHT = 180, 16  # of an interval's drawing, in pixels


def clipped(text: str, length: int = CLIPPED) -> str:
    """A name that fits into a line.

    Examples
    --------
    >>> clipped("malignant", 5)
    'mali…'
    """
    return text if len(text) <= length else f"{text[: length - 1]}…"


def text_table(rows: Sequence[Sequence[str]], indent: str = "  ") -> list[str]:
    """Rows as aligned lines: the first column to the left, figures to the right.

    Examples
    --------
    >>> print("\\n".join(text_table([("", "no", "yes"), ("yes", "5", "0")])))
           no  yes
      yes   5    0
    """
    names = [[clipped(cell) for cell in row] for row in rows]
    widths = [max(len(row[k]) for row in names) for k in range(len(names[0]))]
    return [
        indent
        + "  ".join(
            cell.rjust(width) if k else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in names
    ]


def html_table(columns: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> Markup:
    """A table; its first ``words`` columns to the left. Cells that are Markup stay as they are."""
    head = Markup().join(_cell("th", name, k < words) for k, name in enumerate(columns))
    body = Markup().join(
        Markup("<tr>{}</tr>").format(
            Markup().join(_cell("td", cell, k < words) for k, cell in enumerate(row))
        )
        for row in rows
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, body)


def heat_cell(text: str, heat: float) -> Markup:
    """A cell's text on a colour: nothing at 0, strong at 1."""
    return Markup(
        '<span style="display:block;padding:2px 6px;background:rgba(224,83,43,{:.2f})">{}</span>'
    ).format(0.7 * heat, text)


def interval_drawing(
    mean: float, ends: Sequence[float] | None, reach: tuple[float, float], alt: str
) -> Markup:
    """A figure as a dot on its interval, on a scale from ``reach[0]`` to ``reach[1]``: inline SVG."""
    low, high = reach
    width = high - low or 1.0

    def x(value: float) -> float:
        return 6 + (_WIDTH - 12) * (value - low) / width

    middle = _HEIGHT / 2
    line = Markup()
    if ends is not None:
        line = Markup(
            '<line x1="{:.1f}" x2="{:.1f}" y1="{y}" y2="{y}" stroke="#3b82c4" stroke-width="3" '
            'stroke-opacity="0.5"/>'
        ).format(x(ends[0]), x(ends[1]), y=middle)
    return Markup(
        '<svg role="img" aria-label="{}" width="{}" height="{}">{}'
        '<circle cx="{:.1f}" cy="{}" r="4" fill="#3b82c4"/></svg>'
    ).format(alt, _WIDTH, _HEIGHT, line, x(mean), middle)


def paragraph(text: str) -> Markup:
    return Markup("<p>{}</p>").format(text)


def report_link(run_dir: Path) -> Markup:
    """A link to the report in a folder, if there is one.

    A notebook can follow it where it works in that folder or above; else it is one of the file itself.
    """
    report = run_dir / REPORT
    if not report.is_file():
        return Markup()
    absolute = report.resolve()
    inside = absolute.is_relative_to(Path.cwd())
    address = quote(os.path.relpath(absolute)) if inside else absolute.as_uri()
    return Markup('<p><a href="{}" target="_blank">Report: {}</a></p>').format(address, report)


def _cell(tag: str, text: str, left: bool) -> Markup:
    scope = Markup(' scope="col"') if tag == "th" else Markup()
    return Markup('<{tag}{scope} style="{style}">{text}</{tag}>').format(
        tag=Markup(tag), scope=scope, style=_LEFT if left else _RIGHT, text=escape(text)
    )
