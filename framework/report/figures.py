"""A matplotlib figure as an inline SVG that follows the page's light and dark colours, or a PNG."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray
from PIL import Image

from framework.core.files import written
from framework.core.words import short_money

# Readable on white and on near-black, and apart from each other for colour-blind eyes.
SERIES = ("#3b82c4", "#d9822b", "#2a9d78", "#a861c0", "#c9506a", "#7d8a2e")
OUTCOMES = ("#3b82c4", "#e0532b", "#8b93a0")  # right, wrong, referred
DOLLARS = FuncFormatter(lambda amount, _: short_money(amount))

# Of text, fine lines and grids: as they stand in a PNG, and a CSS variable in the SVG.
INK, FAINT, GRID = "#1d2733", "#5d6b7a", "#d9dee5"
_VARIABLES = {INK: "var(--ink)", FAINT: "var(--faint)", GRID: "var(--grid)"}
TITLE = 24  # points above a PNG
PNG_DPI = 150
SVG_IMAGE_DPI = 130  # of the pictures within an SVG
_STYLE = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10.0,
    "axes.titlesize": 10.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,  # a label may hold a dollar sign
    "legend.frameon": False,
    "legend.fontsize": 9.0,
    "path.simplify": True,
}


@dataclass(frozen=True)
class Chart:
    """A picture to be drawn, its title, how to read it, and what it shows in words.

    ``slug`` is its file name among the plots; ``wide`` charts scroll sideways on a phone.
    """

    slug: str
    title: str
    caption: str
    alt: str
    size: tuple[float, float]
    draw: Callable[[Figure], None]
    wide: bool = False
    layout: Literal["constrained"] | None = "constrained"

    @cached_property
    def svg(self) -> Markup:
        """The chart as an ``<svg>`` element with alternative text."""
        buffer = io.StringIO()
        with _styled(self.slug), _transparent(self._figure):
            self._figure.set_dpi(SVG_IMAGE_DPI)
            # savefig would draw everything once more before, for a layout that is there.
            FigureCanvasSVG(self._figure).print_svg(buffer, metadata=_NO_METADATA)
        return _inline(buffer.getvalue(), self)

    def save_png(self, path: Path) -> None:
        """Write the chart in its light colours, with its title."""
        with _styled(self.slug):
            title = Figure(figsize=(self.size[0], TITLE / 72))
            title.text(0.5, 0.3, self.title, color=INK, fontsize=10, ha="center")
            picture = np.concatenate([_pixels(title), _pixels(self._figure)])
        with written(path) as temporary:
            Image.fromarray(picture).save(temporary, dpi=(PNG_DPI, PNG_DPI))

    @cached_property
    def _figure(self) -> Figure:
        """Drawn, and laid out once for both kinds of files."""
        figure = Figure(figsize=self.size, layout=self.layout)
        self.draw(figure)
        if engine := figure.get_layout_engine():
            engine.execute(figure)
            figure.set_layout_engine("none")
        return figure


@contextmanager
def _transparent(figure: Figure) -> Iterator[None]:
    """The page's own background shows through the figure and its axes."""
    patches = [figure.patch, *(axes.patch for axes in figure.axes)]
    colors = [(patch.get_facecolor(), patch.get_edgecolor()) for patch in patches]
    for patch in patches:
        patch.set(facecolor="none", edgecolor="none")
    yield
    for patch, (face, edge) in zip(patches, colors, strict=True):
        patch.set(facecolor=face, edgecolor=edge)


def _pixels(figure: Figure) -> NDArray[np.uint8]:
    """The figure on white, (height, width, 3)."""
    canvas = FigureCanvasAgg(figure)
    figure.set_dpi(PNG_DPI)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


_NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def dress(axes: Axes, grid: Literal["both", "x", "y"] | None = "both") -> None:
    """Give axes the theme's colours and a quiet grid."""
    axes.tick_params(colors=FAINT, labelcolor=INK, length=3, width=0.7)
    for spine in axes.spines.values():
        spine.set_color(FAINT)
        spine.set_linewidth(0.7)
    for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
        text.set_color(INK)
    if grid is not None:
        axes.grid(axis=grid, color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)


def series_color(number: int) -> str:
    """The colour of a series, the same in every chart of a page."""
    return SERIES[number % len(SERIES)]


def interval_row(
    axes: Axes, row: int, mean: float, ends: Sequence[float] | None, color: str
) -> None:
    """A figure as a dot on its interval, in one row of a chart."""
    if ends is not None:
        axes.plot(ends, [row, row], color=color, linewidth=3, solid_capstyle="round")
    axes.plot(mean, row, "o", color=color, markersize=8)


def label_rows(axes: Axes, names: Sequence[str], ticks: int = 5) -> None:
    """``names`` beside the rows, the first at the top; dollars along the other axis."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(max(1, len(names)) - 0.5, -0.5)
    axes.xaxis.set_major_formatter(DOLLARS)
    axes.locator_params(axis="x", nbins=ticks)
    dress(axes, grid="x")


def legend_above(figure: Figure, columns: int) -> None:
    """What the colours mean, above the axes."""
    figure.legend(loc="outside upper center", ncols=columns, labelcolor=INK)


def clipped(text: str, length: int = 26) -> str:
    """A label that fits beside an axis; the tables show it whole."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


@contextmanager
def _styled(slug: str) -> Iterator[None]:
    with warnings.catch_warnings(), rc_context({**_STYLE, "svg.hashsalt": slug}):
        # A font may lack a character of a label; the browser, which draws the text, has more.
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        yield


def _inline(document: str, chart: Chart) -> Markup:
    """The drawing of an SVG document as an element for HTML."""
    _, box, rest = re.split(r'viewBox="([^"]*)"', document, maxsplit=1)
    body = rest[rest.index(">") + 1 : rest.rindex("</svg>")]
    body = re.sub(r"<style[^>]*>.*?</style>|<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    # Ids count from 1 in every figure: keep those that are referred to, under the chart's name.
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', body))
    # Only tags are touched: what stands between them may be a label.
    body = re.sub(r"<[^>]+>", lambda tag: _themed(tag[0], chart.slug, used), body)
    return Markup(
        '<svg class="chart" role="img" aria-label="{alt}" viewBox="{box}" '
        'style="max-width:{width:.0f}px">{body}</svg>'
    ).format(
        alt=escape(chart.alt),
        box=box,
        width=chart.size[0] * (96 if chart.wide else 118),
        body=Markup(re.sub(r"\s*\n\s*", " ", body)),
    )


def _themed(tag: str, slug: str, used: set[str]) -> str:
    """A tag of an SVG with the page's font and colours, its own ids, and two decimals."""
    tag = re.sub(r"font-family: [^;\"]*;? ?", "", tag)
    tag = re.sub(r' id="([^"]*)"', lambda m: f' id="{slug}-{m[1]}"' if m[1] in used else "", tag)
    tag = re.sub(r'(url\(#|href="#)', rf"\g<1>{slug}-", tag)
    for stand_in, variable in _VARIABLES.items():
        tag = tag.replace(stand_in, variable)
    return re.sub(r"(\d\.\d\d)\d+", r"\1", tag)
