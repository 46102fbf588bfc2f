"""Matrices as pictures: rows the truth, columns the decision, colours on a log scale."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from framework.core.arrays import FloatArray
from framework.core.words import money, short_money
from framework.report.figures import FAINT, GRID, INK, Chart, clipped, dress

# Up to this many classes the numbers stand in the cells.
NUMBERED_UP_TO = 8
ON_COLOUR = "#1a1a1a"  # type on a coloured cell, whatever the page's theme
INCH_PER_CLASS = 0.165
INCH_PER_LETTER = 0.046  # of the small type beside many classes


def heat_map(
    slug: str,
    title: str,
    caption: str,
    cells: FloatArray,
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    *,
    dollars: bool,
) -> Chart:
    """``cells`` (N, M) in colour, positive ones alone: dollars lost, or counts."""
    if max(cells.shape) > NUMBERED_UP_TO:
        return _many(slug, title, caption, cells, rows, columns, dollars)
    return _few(slug, title, caption, cells, rows, columns, dollars)


def _few(
    slug: str,
    title: str,
    caption: str,
    cells: FloatArray,
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    dollars: bool,
) -> Chart:
    n, m = cells.shape

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        norm = _image(axes, cells, dollars)
        axes.set_xticks(range(m), [clipped(name, 14) for name in columns])
        axes.set_yticks(range(n), [clipped(name, 14) for name in rows])
        axes.set_xlabel("decision")
        axes.set_ylabel("truth")
        _dress(axes)
        say: Callable[[float], str] = short_money if dollars else _count
        for (i, j), value in np.ndenumerate(cells):
            dark = value > 0 and norm(value) > 0.6
            color = "white" if dark else ON_COLOUR if value > 0 else INK
            axes.text(j, i, say(value), ha="center", va="center", color=color)

    size = (2.0 + 0.8 * m, 1.2 + 0.5 * n)
    return Chart(slug, title, caption, _spoken(cells, rows, columns, dollars), size, draw)


def _many(
    slug: str,
    title: str,
    caption: str,
    cells: FloatArray,
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    dollars: bool,
) -> Chart:
    n, m = cells.shape
    names_of_rows = [clipped(name, 22) for name in rows]
    names_of_columns = [clipped(name, 22) for name in columns]
    # Margins by the longest name: laying out 2 N labels by trial would take most of the time.
    left = 0.2 + INCH_PER_LETTER * max(map(len, names_of_rows))
    bottom = 0.2 + INCH_PER_LETTER * max(map(len, names_of_columns))
    top, right, bar = 0.35, 0.75, 0.12
    width = left + INCH_PER_CLASS * m + 0.15 + bar + right
    height = bottom + INCH_PER_CLASS * n + top

    def draw(figure: Figure) -> None:
        body = INCH_PER_CLASS * m / width, INCH_PER_CLASS * n / height
        axes = figure.add_axes((left / width, bottom / height, *body))
        _image(axes, cells, dollars)
        # Plain text in place of ticks, which take several times as long.
        axes.set_xticks([])
        axes.set_yticks([])
        for i, name in enumerate(names_of_rows):
            axes.text(-0.9, i, name, ha="right", va="center", fontsize=6, color=INK)
        for j, name in enumerate(names_of_columns):
            axes.text(j, n - 0.1, name, ha="center", va="top", rotation=90, fontsize=6, color=INK)
        axes.text(-0.9, -1.2, "truth", ha="right", color=FAINT, fontsize=8)
        axes.text(-0.9, n + 0.7, "decision", ha="right", va="center", color=FAINT, fontsize=8)
        _dress(axes)
        axes.spines[["top", "right"]].set_visible(True)
        # Right decisions lie on it.
        axes.plot([-0.5, n - 0.5], [-0.5, n - 0.5], color=FAINT, linewidth=0.4, zorder=0.5)
        for line in range(5, max(n, m), 5):
            axes.axhline(line - 0.5, color=GRID, linewidth=0.4, zorder=0.4)
            axes.axvline(line - 0.5, color=GRID, linewidth=0.4, zorder=0.4)
        beside = figure.add_axes(
            ((width - right - bar) / width, bottom / height, bar / width, body[1] / 2)
        )
        figure.colorbar(axes.images[0], cax=beside)
        beside.yaxis.set_minor_locator(NullLocator())
        say: Callable[[float], str] = short_money if dollars else _count
        beside.yaxis.set_major_formatter(FuncFormatter(lambda value, _: say(value)))
        dress(beside, grid=None)

    return Chart(
        slug,
        title,
        caption,
        _spoken(cells, rows, columns, dollars),
        (width, height),
        draw,
        wide=True,
        layout=None,
    )


def _image(axes: Axes, cells: FloatArray, dollars: bool) -> Normalize:
    positive = cells[cells > 0]
    low, high = (positive.min(), positive.max()) if len(positive) else (1.0, 10.0)
    norm: Normalize = LogNorm(low, high) if high > low else Normalize(0, 1.5 * high)
    shown = np.where(cells > 0, cells, np.nan)
    # Without the dark end, which would vanish on a dark page.
    shades = colormaps["YlOrRd" if dollars else "YlGnBu"](np.linspace(0.05, 0.78, 128))
    axes.imshow(
        shown, cmap=ListedColormap(shades), norm=norm, aspect="auto", interpolation="nearest"
    )
    return norm


def _dress(axes: Axes) -> None:
    dress(axes, grid=None)
    axes.tick_params(length=0)


def _spoken(
    cells: FloatArray, rows: tuple[str, ...], columns: tuple[str, ...], dollars: bool
) -> str:
    """The three largest cells in words."""
    n, m = cells.shape
    largest = [divmod(int(k), m) for k in np.argsort(-cells, axis=None, kind="stable")[:3]]
    say: Callable[[float], str] = money if dollars else _count
    named = "; ".join(
        f"{rows[i]} as {columns[j]}: {say(float(cells[i, j]))}"
        for i, j in largest
        if cells[i, j] > 0
    )
    return f"Heat map of {n} truths by {m} decisions; the largest: {named or 'none'}."


def _count(value: float) -> str:
    return f"{value:,.0f}"
