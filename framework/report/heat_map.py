"""Matrices as pictures: rows the truth, columns the decision, colours on a log scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from framework.core.arrays import FloatArray
from framework.core.words import money, short_money
from framework.report.figures import FAINT, GRID, INK, Chart, clipped, dress
from framework.report.folding import MANY, folded

# Up to this many classes the numbers stand in the cells.
NUMBERED_UP_TO = 8
ON_COLOUR = "#1a1a1a"  # type on a coloured cell, whatever the page's theme
INCH_PER_CLASS = 0.165
WIDTH_OF_FEW = 2.4  # inches that the columns take where there are fewer than rows
INCH_PER_LETTER = 0.046  # of the small type beside many classes
TOP, RIGHT, BAR = 0.35, 0.75, 0.12  # margins of many classes, and the bar of colours


@dataclass(frozen=True, eq=False)
class HeatMap:
    """``cells`` (N, M) in colour, positive ones alone: dollars lost, or counts.

    ``hatched`` (N, M) are cells that have no one number; what ``cells`` says of them is not shown.
    Of very many classes their ``groups`` are shown, by sums or by ``mean``.
    """

    cells: FloatArray
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    dollars: bool
    hatched: NDArray[np.bool_] | None = None
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    mean: bool = False

    def chart(self, slug: str, title: str, caption: str) -> Chart:
        """The numbers stand in the cells where there is room for them."""
        if max(self.cells.shape) > MANY:
            shown = folded(self._shown, self.rows, self.columns, self.groups, self.mean)
            what = "Means of groups" if self.mean else "Groups"
            told = f"{caption} {what} of the {len(self.rows):,} classes, the dearest ones."
            return HeatMap(*shown, self.dollars).chart(slug, title, told)
        if max(self.cells.shape) <= NUMBERED_UP_TO:
            n, m = self.cells.shape
            size = (2.0 + 0.8 * m, 1.2 + 0.5 * n)
            return Chart(slug, title, caption, self._spoken(), size, self._draw_numbered)
        return Chart(
            slug,
            title,
            caption,
            self._spoken(),
            self._layout_of_many().size,
            self._draw_many,
            wide=True,
            layout=None,
        )

    def _draw_numbered(self, figure: Figure) -> None:
        n, m = self.cells.shape
        axes = figure.add_subplot()
        norm = self._image(axes)
        axes.set_xticks(range(m), [clipped(name, 14) for name in self.columns])
        axes.set_yticks(range(n), [clipped(name, 14) for name in self.rows])
        axes.set_xlabel("decision")
        axes.set_ylabel("truth")
        _dress(axes)
        for (i, j), value in np.ndenumerate(self._shown):
            if not np.isnan(value):
                dark = value > 0 and norm(value) > 0.6
                color = "white" if dark else ON_COLOUR if value > 0 else INK
                axes.text(j, i, self._short(value), ha="center", va="center", color=color)

    def _draw_many(self, figure: Figure) -> None:
        n, m = self.cells.shape
        layout = self._layout_of_many()
        width, height = layout.size
        body = layout.across * m / width, INCH_PER_CLASS * n / height
        axes = figure.add_axes((layout.left / width, layout.bottom / height, *body))
        self._image(axes)
        # Plain text in place of ticks, which take several times as long.
        axes.set_xticks([])
        axes.set_yticks([])
        beside_rows = -0.5 - 0.4 * INCH_PER_CLASS / layout.across
        for i, name in enumerate(layout.rows):
            axes.text(beside_rows, i, name, ha="right", va="center", fontsize=6, color=INK)
        for j, name in enumerate(layout.columns):
            axes.text(j, n - 0.1, name, ha="center", va="top", rotation=90, fontsize=6, color=INK)
        axes.text(beside_rows, -1.2, "truth", ha="right", color=FAINT, fontsize=8)
        axes.text(
            beside_rows, n + 0.7, "decision", ha="right", va="center", color=FAINT, fontsize=8
        )
        _dress(axes)
        axes.spines[["top", "right"]].set_visible(True)
        if self._of_classes:  # right decisions lie on the diagonal
            axes.plot([-0.5, n - 0.5], [-0.5, n - 0.5], color=FAINT, linewidth=0.4, zorder=0.5)
        for line in range(5, n, 5):
            axes.axhline(line - 0.5, color=GRID, linewidth=0.4, zorder=0.4)
        for line in range(5, m, 5):
            axes.axvline(line - 0.5, color=GRID, linewidth=0.4, zorder=0.4)
        beside = figure.add_axes(
            ((width - RIGHT - BAR) / width, layout.bottom / height, BAR / width, body[1] / 2)
        )
        figure.colorbar(axes.images[0], cax=beside)
        beside.yaxis.set_minor_locator(NullLocator())
        beside.yaxis.set_major_formatter(FuncFormatter(lambda value, _: self._short(value)))
        dress(beside, grid=None)

    def _layout_of_many(self) -> _LayoutOfMany:
        """Margins by the longest name: laying out 2 N labels by trial would take most of the time."""
        n, m = self.cells.shape
        rows = [clipped(name, 22) for name in self.rows]
        columns = [clipped(name, 22) for name in self.columns]
        left = 0.2 + INCH_PER_LETTER * max(map(len, rows))
        bottom = 0.2 + INCH_PER_LETTER * max(map(len, columns))
        across = INCH_PER_CLASS if m >= n else max(INCH_PER_CLASS, WIDTH_OF_FEW / m)
        width = left + across * m + 0.15 + BAR + RIGHT
        size = (width, bottom + INCH_PER_CLASS * n + TOP)
        return _LayoutOfMany(rows, columns, left, bottom, across, size)

    @property
    def _shown(self) -> FloatArray:
        return self.cells if self.hatched is None else np.where(self.hatched, np.nan, self.cells)

    def _image(self, axes: Axes) -> Normalize:
        shown = self._shown
        positive = shown[shown > 0]
        low, high = (positive.min(), positive.max()) if len(positive) else (1.0, 10.0)
        norm: Normalize = LogNorm(low, high) if high > low else Normalize(0, 1.5 * high)
        # Without the dark end, which would vanish on a dark page.
        shades = colormaps["YlOrRd" if self.dollars else "YlGnBu"](np.linspace(0.05, 0.78, 128))
        axes.imshow(
            np.where(shown > 0, shown, np.nan),
            cmap=ListedColormap(shades),
            norm=norm,
            aspect="auto",
            interpolation="nearest",
        )
        for i, j in np.argwhere(np.isnan(shown)):
            corner = (j - 0.5, i - 0.5)
            axes.add_patch(Rectangle(corner, 1, 1, hatch="////", fill=False, edgecolor=FAINT))
        return norm

    def _spoken(self) -> str:
        """The three largest cells in words."""
        (n, m), shown = self.cells.shape, np.nan_to_num(self._shown)
        largest = [divmod(int(k), m) for k in np.argsort(-shown, axis=None, kind="stable")[:3]]
        named = "; ".join(
            f"{self._cell(i, j)}: {self._long(float(shown[i, j]))}"
            for i, j in largest
            if shown[i, j] > 0
        )
        return f"Heat map of {n} truths by {m} decisions; the largest: {named or 'none'}."

    @property
    def _of_classes(self) -> bool:
        """Whether columns are the classes, and not actions."""
        return self.columns[: len(self.rows)] == self.rows

    def _cell(self, i: int, j: int) -> str:
        row, column = self.rows[i], self.columns[j]
        return f"{row} as {column}" if self._of_classes else f"{column} if {row}"

    def _short(self, value: float) -> str:
        return short_money(value) if self.dollars else f"{value:,.0f}"

    def _long(self, value: float) -> str:
        return money(value) if self.dollars else f"{value:,.0f}"


@dataclass(frozen=True)
class _LayoutOfMany:
    """Names as they are drawn, and inches."""

    rows: list[str]
    columns: list[str]
    left: float
    bottom: float
    across: float  # a column
    size: tuple[float, float]


def _dress(axes: Axes) -> None:
    dress(axes, grid=None)
    axes.tick_params(length=0)
