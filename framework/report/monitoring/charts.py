"""Charts of a monitor: dollars week by week, and a bettor's wealth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.dates import datestr2num
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from framework.core.monitoring.monitored import Monitored
from framework.core.words import money, money_word
from framework.report.figures import DOLLARS, FAINT, INK, SERIES, Chart, dress, legend_above

DATES = 8  # below an axis


def dollars_chart(found: Monitored) -> Chart:
    """What was promised, came and is estimated, per case and week."""

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        days = [float(datestr2num(week.start)) for week in found.weeks]
        for day, week in zip(days, found.weeks, strict=True):
            came = week.figures.came
            if came is not None:
                if came.ends is not None:
                    axes.plot([day, day], came.ends, color=SERIES[0], linewidth=2.5, alpha=0.6)
                axes.plot(day, came.mean, "o", color=SERIES[0], markersize=5)
        axes.plot([], [], "o", color=SERIES[0], label="came")
        promised = [week.figures.promised for week in found.weeks]
        axes.plot(days, promised, color=INK, linewidth=1, marker="_", label="promised")
        estimated = [week.figures.estimate.mean for week in found.weeks]
        axes.plot(days, estimated, "x", color=SERIES[1], markersize=5, label="estimated, all cases")
        _dated(figure, days, [week.start for week in found.weeks])
        axes.yaxis.set_major_formatter(DOLLARS)
        dress(axes, grid="y")
        legend_above(figure, 3)

    spoken = "; ".join(
        f"{week.start} promised {money(week.figures.promised)}, came "
        f"{'unknown' if week.figures.came is None else money(week.figures.came.mean)}"
        for week in found.weeks[-26:]
    )
    return Chart(
        slug="dollars_by_week",
        title=f"{money_word(True)} per case, by week",
        caption="Dots: what came, of the cases with an outcome, with 95% intervals of the week alone. Line: "
        "what was promised. Crosses: estimated for all cases.",
        alt=f"Weekly {money_word()} per case. {spoken}.",
        size=(7.2, 3.4),
        draw=draw,
        wide=True,
    )


def alarm_chart(found: Monitored) -> Chart | None:
    """A bettor's wealth at the end of every day that brought outcomes; None where there were none."""
    alarm = found.alarm
    if not alarm.looks:
        return None
    wealth = np.exp(np.minimum(alarm.log_wealth, 60.0))

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        days = datestr2num(list(alarm.looks))
        axes.plot(days, wealth, color=SERIES[3], marker="." if len(days) == 1 else None)
        axes.axhline(1 / alarm.level, color=FAINT, linestyle="--")
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.set_ylabel("wealth, begun with 1")
        _dated(figure, days, alarm.looks)
        dress(axes, grid="y")

    return Chart(
        slug="alarm",
        title="Who bets that more is lost than was promised",
        caption=f"Above the dashed line ({1 / alarm.level:g}) there is an alarm: while the promise is kept, "
        f"the wealth ever gets there with a probability of {alarm.level:g} at most, however often it is "
        "looked at.",
        alt=f"Wealth of a bet against the promise: {wealth[-1]:.3g} on {alarm.looks[-1]}, "
        f"{wealth.max():.3g} at most.",
        size=(7.2, 2.8),
        draw=draw,
        wide=True,
    )


def _dated(figure: Figure, days: Sequence[float], names: Sequence[str]) -> None:
    """Some of the dates below the axis, with room for the first and the last."""
    step = -(-len(days) // DATES)
    figure.axes[0].set_xticks(days[::step], names[::step])
    figure.axes[0].set_xlim(min(days) - 4, max(days) + 4)
