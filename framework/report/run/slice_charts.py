"""Slices of the test cases: who pays for mistakes, as dots with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from framework.core.slicing.slices import name_of
from framework.core.words import interval, money, money_word, quoted
from framework.report.figures import (
    FAINT,
    Chart,
    clipped,
    interval_row,
    label_rows,
    series_color,
)
from framework.report.run.slices import shown


def slices_chart(sliced: Mapping[str, Any], model: str) -> Chart:
    """What mistakes cost each slice, dots with intervals; gaps in colour."""
    told = shown(sliced)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for row, one in enumerate(told):
            gap = one["against_others"] and one["against_others"]["gap"]
            color = FAINT if not gap else series_color(1 if gap == "dearer" else 2)
            ends = one["mistakes_dollars_per_case_interval"]
            interval_row(axes, row, one["mistakes_dollars_per_case"], ends, color)
        label_rows(axes, [clipped(f"{one['slice']}: {one['level']}", 40) for one in told])
        axes.set_xlabel(f"{money_word()} per case, mistakes alone")

    spoken = "; ".join(
        f"{name_of(one)} {money(one['mistakes_dollars_per_case'])}, from "
        + interval(one["mistakes_dollars_per_case_interval"])
        for one in told
    )
    return Chart(
        slug="slices",
        title=f"{quoted(model)}: what mistakes cost each slice, with 95% intervals",
        caption="Further right is better. In colour: a gap to the other cases that chance does not explain, "
        "dearer or cheaper. Grey: none, however far apart dots lie. Intervals are of each slice for itself.",
        alt=f"Interval chart of what mistakes cost, in {money_word()} per case. {spoken}.",
        size=(6.2, 1.2 + 0.3 * len(told)),
        draw=draw,
    )
