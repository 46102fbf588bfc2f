"""What the charts of a sweep share: its axis, its colours, and columns of sweep.json as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from framework.core.arrays import FloatArray
from framework.core.words import money, short_number
from framework.report.figures import FAINT, INK, SERIES, clipped, dress
from framework.report.sweep.sentences import Data, counts_mistakes, label

# One colour a way to decide, in all charts.
COLORS = {
    "trained": SERIES[0],
    "moved": SERIES[1],
    "equal costs": SERIES[2],
    "constant": FAINT,
    "recommended": SERIES[4],
}
NAMES = {
    "trained": "trained with the costs",
    "moved": "one model, decision moved",
    "equal costs": "equal-cost model",
    "constant": "best constant decision",
    "recommended": "recommended",
}

# Of the width and the height of a chart's axes: what a label takes.
LABEL = (0.17, 0.08)
NARROW = 100.0  # a range below this has ticks at 1, 2, 5, a wider one at powers of ten


def traded(data: Data) -> tuple[str, str]:
    """The other mistakes and the swept ones, in words."""
    axis, labels = data["axis"], data["labels"]
    if not counts_mistakes(data):
        return "all else", axis["name"]
    i, j = axis["swept"][0]
    return f"{labels[j]} as {labels[i]}", f"{labels[i]} as {labels[j]}"


def sweep_axis(axes: Axes, data: Data, what: str) -> None:
    """The swept values as a logarithmic x axis, with the matrix as it stands."""
    values, present = data["axis"]["values"], data["axis"]["present"]
    axes.set_xscale("log")
    axes.set_xlim(values[0], values[-1])
    set_ticks(axes.xaxis, data)
    axes.set_xlabel(f"{what} ({axis_name(data)})")
    if present is not None and values[0] <= present <= values[-1]:
        axes.axvline(present, color=INK, linewidth=0.9)
    dress(axes)


def set_ticks(axis: Axis, data: Data) -> None:
    """Short labels: the unit stands in the name of the axis."""
    values = data["axis"]["values"]
    narrow = values[-1] / values[0] < NARROW
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if narrow else (1,)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _tick(data, value)))
    axis.set_minor_formatter(NullFormatter())


def axis_name(data: Data) -> str:
    """``fn:fp``; ``stop->speed_*, USD``."""
    axis = data["axis"]
    unit = f", {axis['unit']}" if axis["kind"] == "cost" else ""
    return f"{clipped(axis['name'], 24)}{unit}"


def apart(points: FloatArray, reach: FloatArray) -> list[int]:
    """Those of the ``points`` (K, 2) that may bear a label, none of which covers another.

    ``reach`` (2,) is how far the axes go. The ends come first, then the ones in between.

    Examples
    --------
    >>> apart(np.array([[0, 0], [1, 0], [5, 0], [9, 0], [9, 0.1]]), np.array([10, 10]))
    [0, 2, 4]
    """
    n, kept = len(points), list[int]()
    halves = [round(k * (n - 1) / parts) for parts in (1, 2, 4, 8) for k in range(parts + 1)]
    for k in dict.fromkeys(halves):
        distances = np.abs(points[kept] - points[k]) / reach
        if not (distances < LABEL).all(axis=1).any():
            kept.append(k)
    return sorted(kept)


def way_to_oracle(data: Data) -> FloatArray:
    """From the best constant decision to the oracle, in dollars per case; NaN where there is none."""
    way = dollars_of(data["oracle"]) - dollars_of(data["ways"]["constant"])
    return np.where(way > 0, way, np.nan)


def dollars_of(rows: Sequence[Data]) -> FloatArray:
    """Dollars per case at every value."""
    return np.array([row["dollars_per_case"] for row in rows])


def intervals_of(rows: Sequence[Data]) -> tuple[FloatArray, FloatArray]:
    """Lower and upper ends at every value; NaN of too few cases or groups."""
    ends = np.array([row["interval"] or (np.nan, np.nan) for row in rows])
    return ends[:, 0], ends[:, 1]


def amount(value: float, binary: bool) -> str:
    """Of mistakes: cases of two classes, dollars of more."""
    return f"{value:,.0f}" if binary else money(float(value))


def _tick(data: Data, value: float) -> str:
    if data["axis"]["kind"] == "cost":
        return short_number(value)
    return label(data, value)
