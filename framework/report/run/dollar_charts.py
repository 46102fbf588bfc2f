"""Charts of dollars: models with their intervals, and thresholds."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from framework.core.costs.actions import class_costs
from framework.core.words import interval, money, money_word, quoted
from framework.experiment.stored_runs.run_data import ModelData, RunData
from framework.report.figures import (
    DOLLARS,
    FAINT,
    Chart,
    clipped,
    dress,
    interval_row,
    label_rows,
    legend_above,
    series_color,
)
from framework.report.run.curves import dollars_by_threshold


def intervals_chart(run: RunData) -> Chart:
    """Dollars per case of every model, with the constant decision and the oracle."""
    constant = run.metrics["bounds"]["constant_decision"]

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for row, model in enumerate(run.models):
            ends = model.metrics["dollars_per_case_interval"]
            interval_row(axes, row, model.dollars_per_case, ends, series_color(row))
        axes.axvline(run.constant, color=FAINT, linestyle="--", label=f"always {clipped(constant)}")
        axes.axvline(run.oracle, color=FAINT, linestyle=":", label="perfect oracle")
        names = [
            f"{clipped(model.name, 20)}{' *' if model is run.served else ''}"
            for model in run.models
        ]
        label_rows(axes, names)
        axes.set_xlabel(f"{money_word()} per case (further right is better)")
        legend_above(figure, 2)

    spoken = "; ".join(
        f"{model.name} {money(model.dollars_per_case)}, from "
        + interval(model.metrics["dollars_per_case_interval"])
        for model in run.models
    )
    return Chart(
        slug="dollars",
        title=f"{money_word(True)} per case, with 95% intervals",
        caption="Dot: what each case brought on the test part. Bar: where it would lie for 95 of 100 "
        "samples of cases like these. * the model that is served, chosen on validation.",
        alt=f"Interval chart of {money_word()} per case. {spoken}. Always {constant}: "
        f"{money(run.constant)}; perfect oracle: {money(run.oracle)}.",
        size=(4.8, 1.2 + 0.36 * len(run.models)),
        draw=draw,
    )


def threshold_chart(run: RunData, models: list[ModelData], used: dict[str, list[float]]) -> Chart:
    """Two classes: what every threshold would have brought on the test part.

    With actions, a case on either side of it gets the best action for the class that is there.
    """
    costs = class_costs(run.judged.weighted_costs, run.matrix.n_actions)
    lowest = min([0.0005, *(at / 2 for found in used.values() for at in found if at > 0)])
    grid = 1 / (1 + np.exp(-np.linspace(np.log(lowest), -np.log(0.0005), 500)))
    curves = [
        dollars_by_threshold(model.probabilities[:, 1], run.y_true, costs, grid) for model in models
    ]
    best = [_best_threshold(run, model) for model in models]
    floor = min([run.constant, *(model.dollars_per_case for model in models)])
    ceiling = max([run.oracle, *(top for top, _ in best)])
    room = (ceiling - floor) or 1.0

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for model, curve in zip(models, curves, strict=True):
            color = series_color(run.models.index(model))
            axes.plot(grid, curve, color=color, linewidth=1.4, label=clipped(model.name, 20))
            if len(used[model.name]) == 1:
                axes.plot(
                    np.clip(used[model.name], grid[0], grid[-1]),
                    dollars_by_threshold(
                        model.probabilities[:, 1], run.y_true, costs, np.array(used[model.name])
                    ),
                    "o",
                    color=color,
                    markersize=7,
                )
        axes.axhline(run.constant, color=FAINT, linestyle="--", linewidth=1)
        axes.axhline(run.oracle, color=FAINT, linestyle=":", linewidth=1)
        axes.set_xscale("logit")
        ticks = [1e-7, 1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999]
        ticks = [tick for tick in ticks if tick >= lowest]
        axes.set_xticks(ticks, [f"{tick:.4g}" for tick in ticks])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_ylim(floor - 0.6 * room, ceiling + 0.05 * room)
        axes.yaxis.set_major_formatter(DOLLARS)
        axes.set_xlabel(f"threshold on P({clipped(run.labels[1])})")
        axes.set_ylabel(f"{money_word()} per case")
        dress(axes)
        legend_above(figure, 3)

    spoken = "; ".join(
        f"{model.name} would have brought most, {money(top)}, at {at:.3g}"
        for model, (top, at) in zip(models, best, strict=True)
    )
    without = " without referring any case" if run.matrix.refer is not None else ""
    if run.matrix.actions:
        without += ", each class by its best action and no case by any other"
    return Chart(
        slug="threshold",
        title=f"{money_word(True)} against the threshold",
        caption=f"What deciding {quoted(run.labels[1])} from each probability on would have "
        f"brought{without}. Dot: the threshold that was used. Dashed: the best constant decision; "
        "dotted: the oracle. A line that leaves the chart loses more. Choosing a threshold from "
        "this chart would be choosing on the test cases: its figure would no longer hold for new "
        "ones.",
        alt=f"Lines of {money_word()} per case against the threshold. {spoken}.",
        size=(4.8, 3.3),
        draw=draw,
    )


def _best_threshold(run: RunData, model: ModelData) -> tuple[float, float]:
    """The most dollars per case that a threshold would have brought, and the least such one.

    Between two scores nothing changes, so that the scores themselves are all there is to try.
    """
    scores = model.probabilities[:, 1]
    tried = np.unique(np.append(scores, 1.0))
    costs = class_costs(run.judged.weighted_costs, run.matrix.n_actions)
    dollars = dollars_by_threshold(scores, run.y_true, costs, tried)
    return float(dollars.max()), float(tried[dollars.argmax()])
