"""Charts of reliability: can what a model states be believed, in probability and in dollars?"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import (
    FuncFormatter,
    NullLocator,
    PercentFormatter,
    SymmetricalLogLocator,
)

from framework.core.arrays import FloatArray
from framework.core.evaluation.calibration_error import looked_at, reliability
from framework.core.words import money, money_word
from framework.experiment.stored_runs.run_data import ModelData, RunData
from framework.report.figures import DOLLARS, FAINT, INK, Chart, clipped, dress, series_color
from framework.report.run.curves import dollar_reliability


def reliability_chart(run: RunData, models: list[ModelData]) -> Chart:
    """Stated probability against what happened, in ten bins, with the cases in each."""
    weights, bins = run.judged.weights[run.y_true], []
    for model in models:
        bins.append(reliability(*looked_at(model.stated, run.y_true), weights))
    what = f"P({clipped(run.labels[1])})" if run.binary else "probability of the top class"

    def draw(figure: Figure) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
        upper.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, linestyle=":")
        width = 0.08 / len(models)
        for k, (model, of_model) in enumerate(zip(models, bins, strict=True)):
            color = series_color(run.models.index(model))
            filled = of_model.counts > 0
            gap = f" (mean gap {of_model.expected_calibration_error:.3f})"
            stated, observed = of_model.stated[filled], of_model.observed[filled]
            _line(upper, stated, observed, color, f"{clipped(model.name, 20)}{gap}")
            left = (np.arange(10) + 0.5) / 10 + (k - (len(models) - 1) / 2) * width
            lower.bar(left, of_model.counts, width=width, color=color)
        upper.yaxis.set_major_formatter(PercentFormatter(1))
        upper.set_ylabel("happened")
        lower.set_ylabel("cases")
        lower.set_yscale("symlog", linthresh=10)
        lower.yaxis.set_major_formatter(FuncFormatter(lambda count, _: f"{count:,.0f}"))
        lower.yaxis.set_minor_locator(NullLocator())
        lower.set_xlabel(what)
        lower.set_xlim(-0.02, 1.02)
        dress(upper)
        dress(lower)
        upper.legend(loc="upper left", labelcolor=INK)

    spoken = "; ".join(
        f"{model.name}: mean gap {of_model.expected_calibration_error:.3f}"
        for model, of_model in zip(models, bins, strict=True)
    )
    return Chart(
        slug="reliability",
        title="Reliability: can the probabilities be believed?",
        caption="On the dotted diagonal, what was given 70% happened 7 times in 10, by the calibrated "
        f"probabilities that {money_word()} are stated by. Below: test cases in each of the ten bins.",
        alt=f"Reliability diagram of the {what} in ten bins. {spoken}.",
        size=(4.8, 3.9),
        draw=draw,
    )


def dollar_reliability_chart(run: RunData, models: list[ModelData]) -> Chart:
    """Dollars stated of the decisions that were taken against those that came."""
    weights, curves = run.judged.weights[run.y_true], []
    for model in models:
        expected = run.expected_dollars(model)
        stated = expected[np.arange(len(expected)), model.decisions]
        curves.append(dollar_reliability(stated, model.case_dollars, weights))
    ends = np.concatenate([np.concatenate(curve) for curve in curves])
    small = max(float(np.abs(ends).max()) / 1_000, 1e-9)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        low, high = float(ends.min()), float(max(ends.max(), 0.0))
        axes.plot([low, high], [low, high], color=FAINT, linewidth=0.8, linestyle=":")
        for model, (stated, came) in zip(models, curves, strict=True):
            color = series_color(run.models.index(model))
            _line(axes, stated, came, color, clipped(model.name, 20))
        for set_scale in (axes.set_xscale, axes.set_yscale):
            set_scale("symlog", linthresh=small)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(DOLLARS)
            axis.set_minor_locator(NullLocator())
            axis.set_major_locator(SymmetricalLogLocator(base=10, linthresh=small))
        axes.tick_params(axis="x", labelrotation=45)
        axes.set_xlabel("stated, per case")
        axes.set_ylabel("came, per case")
        dress(axes)
        axes.legend(loc="upper left", labelcolor=INK)

    spoken = "; ".join(
        f"{model.name}: stated {money(model.metrics['stated_dollars_per_case'])} per case, came "
        f"{money(model.dollars_per_case)}"
        for model in models
    )
    return Chart(
        slug="reliability-dollars",
        title=f"Reliability in {money_word()}: did what was stated come?",
        caption=f"Cases in up to ten bins of equal stated {money_word()}, so that dear cases count as "
        f"much as they cost. On the dotted diagonal the {money_word()} that the model itself expected of its "
        "decisions came; below it, more was lost.",
        alt=f"{money_word(True)} that came against what was stated. {spoken}.",
        size=(4.8, 3.9),
        draw=draw,
    )


def _line(axes: Axes, x: FloatArray, y: FloatArray, color: str, label: str) -> None:
    """A bin a dot."""
    axes.plot(x, y, "o-", color=color, linewidth=1.2, markersize=4, label=label)
