"""A chart of importances: features side by side for all models, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from matplotlib.figure import Figure

from framework.core.words import money_word, quoted
from framework.experiment.stored_runs.reloaded_run import ReloadedRun
from framework.report.explanation.columns_tables import told
from framework.report.figures import (
    DOLLARS,
    FAINT,
    INK,
    Chart,
    clipped,
    dress,
    legend_above,
    series_color,
)
from framework.studies.explanation.columns import ColumnsExplained
from framework.studies.explanation.permutation_importance import tells


def importance_chart(
    reloaded: ReloadedRun, found: ColumnsExplained, positions: Sequence[int], slug: str, title: str
) -> Chart:
    models = [model.name for model in reloaded.models]
    colors = {model.name: series_color(k) for k, model in enumerate(reloaded.run.models)}
    apart = 0.62 / max(1, len(models) - 1)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for number, name in enumerate(models):
            for row, position in enumerate(positions):
                lost = found.importances[name][position].lost
                y = row + (number - (len(models) - 1) / 2) * min(apart, 0.25)
                ends = lost.ends or (lost.mean, lost.mean)
                axes.plot(ends, [y, y], color=colors[name], linewidth=1.8)
                axes.plot(
                    lost.mean,
                    y,
                    "o",
                    color=colors[name],
                    markersize=5,
                    fillstyle="full" if tells(lost) else "none",
                    label=clipped(name, 18) if row == 0 else None,
                )
        axes.axvline(0, color=INK, linewidth=0.9)
        names = [fill(clipped(found.features[position].name, 44), 22) for position in positions]
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.xaxis.set_major_formatter(DOLLARS)
        axes.locator_params(axis="x", nbins=5)
        axes.set_xlabel(f"{money_word()} lost per case when shuffled")
        for row in range(1, len(names)):
            axes.axhline(row - 0.5, color=FAINT, linewidth=0.3)
        dress(axes, grid="x")
        legend_above(figure, 3)

    spoken = "; ".join(
        f"{found.features[position].name}: "
        + ", ".join(f"{name} {told(found.importances[name][position].lost)}" for name in models)
        for position in positions[:3]
    )
    return Chart(
        slug=slug,
        title=title,
        caption=f"Dot: {money_word()} lost per case; bar: 95% interval. Hollow: the interval includes "
        f"0, so these cases do not tell. The {len(positions)} dearest to {quoted(reloaded.served)}.",
        alt=f"Interval chart of {money_word()} lost per case when a feature is shuffled. {spoken}.",
        size=(4.8, 1.1 + len(positions) * (0.22 + 0.09 * len(models))),
        draw=draw,
    )
