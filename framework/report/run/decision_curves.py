"""Decision curves of two classes: net benefit, and dollars, against the threshold that costs imply."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from framework.core.arrays import FloatArray
from framework.core.evaluation.decision_curve import (
    cost_of_a_miss,
    implied_threshold,
    net_benefit,
    treat_all,
)
from framework.core.words import money, money_word, percent, quoted
from framework.experiment.stored_runs.run_data import ModelData, RunData
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
from framework.report.tables import Table

# The thresholds that are drawn: up to so many times the one that the run's costs imply, and the prevalence,
# where treating all is worth nothing any more.
TIMES, TIMES_PREVALENCE = 4.0, 1.3
POINTS = 400
NEARLY_ONE = 0.99
ROOM = 0.2  # below 0, of the height above it


@dataclass(frozen=True, eq=False)
class Curves:
    """Net benefit (k,) of every model by name, and of treating all, at k thresholds.

    ``implied`` is the threshold of the run's own costs; ``dollars`` what a net benefit of 1 is worth. Both
    None where costs depend on the case, or imply no threshold.
    """

    models: dict[str, FloatArray]
    everyone: FloatArray
    implied: float | None
    dollars: float | None


def decision_curves(run: RunData, models: list[ModelData], thresholds: FloatArray) -> Curves | None:
    """By the probabilities that ``models`` state, at the target's prevalence if there is one.

    None unless there are two classes, each with a test case, and these are what can be decided.
    """
    positive = run.y_true == 1
    if not run.binary or run.decision_labels[:2] != run.labels or not 0 < positive.mean() < 1:
        return None
    share, implied = _prevalence(run), implied_threshold(run.known)
    return Curves(
        {
            model.name: net_benefit(positive, model.stated[:, 1], thresholds, share)
            for model in models
        },
        treat_all(share, thresholds),
        implied,
        None if implied is None else cost_of_a_miss(run.known),
    )


def decision_curve_chart(run: RunData, models: list[ModelData]) -> Chart | None:
    """What each model is worth against treating all and none; see ``decision_curves`` for None."""
    marked = decision_curves(run, models, np.array([0.5]))
    if marked is None:
        return None
    implied, dollars = marked.implied, marked.dollars
    end = min(max(TIMES * (implied or 0.0), TIMES_PREVALENCE * _prevalence(run)), NEARLY_ONE)
    thresholds = np.linspace(0, end, POINTS)
    curves = decision_curves(run, models, thresholds)
    assert curves is not None
    top = float(max(curve.max() for curve in (*curves.models.values(), curves.everyone)))
    names = [model.name for model in run.models]

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.plot(thresholds, curves.everyone, "--", color=FAINT, label="treat all")
        axes.axhline(0, color=FAINT, linestyle=":", label="treat none")
        for name, curve in curves.models.items():
            color = series_color(names.index(name))
            axes.plot(thresholds, curve, color=color, linewidth=1.4, label=clipped(name, 20))
        if implied is not None:
            axes.axvline(implied, color=INK, linewidth=0.8)
        axes.set_ylim(-ROOM * top, 1.08 * top)
        axes.set_xlim(0, end)
        axes.set_xlabel(f"threshold on P({clipped(run.labels[1])}) that costs imply")
        axes.set_ylabel("net benefit per case")
        dress(axes)
        if dollars is not None:
            _dollars_beside(axes, dollars)
        legend_above(figure, 3)

    return Chart(
        slug="decision-curve",
        title="Decision curve",
        caption=_caption(run, curves),
        alt=f"Decision curves: net benefit against the threshold. {_spoken(run, models, implied)}",
        size=(4.8, 3.6),
        draw=draw,
    )


def decision_curve_table(run: RunData) -> Table | None:
    """Every model at the threshold that the run's costs imply; None where they imply none."""
    implied = implied_threshold(run.known) if run.binary else None
    if implied is None:
        return None
    curves = decision_curves(run, list(run.models), np.array([implied]))
    if curves is None or curves.dollars is None:
        return None
    everyone = float(curves.everyone[0])
    worth = {name: float(curve[0]) for name, curve in curves.models.items()}
    rows = [
        (
            name,
            f"{benefit:.4f}",
            money(benefit * curves.dollars, sign=True),
            money((benefit - everyone) * curves.dollars, sign=True),
        )
        for name, benefit in {**worth, "treat all": everyone, "treat none": 0.0}.items()
    ]
    return Table(
        ("model", "net benefit", "saved over\ntreating none", "saved over\ntreating all"),
        tuple(rows[:-2]),
        caption=f"Net benefit, and {money_word()} per case, of deciding {quoted(run.labels[1])} from "
        f"{percent(implied, 2)} on, the threshold that the costs imply, by the stated probabilities.",
        foot=tuple(rows[-2:]),
        strong=tuple(i for i, model in enumerate(run.models) if model is run.served),
    )


def _dollars_beside(axes: Axes, dollars: float) -> None:
    """A second axis, on the right, of what a net benefit is worth."""
    beside = axes.twinx()
    low, high = axes.get_ylim()
    beside.set_ylim(low * dollars, high * dollars)
    beside.yaxis.set_major_formatter(DOLLARS)
    beside.set_ylabel(f"{money_word()} saved over treating none")
    dress(beside, grid=None)
    beside.spines["right"].set_visible(True)


def _prevalence(run: RunData) -> float:
    """The share of the second class that the figures are about."""
    target = run.judged.target
    return float((run.y_true == 1).mean() if target is None else target[1])


def _caption(run: RunData, curves: Curves) -> str:
    positive = quoted(run.labels[1])
    said = (
        f"Whoever decides {positive} from a probability t on weighs a false alarm as t / (1 - t) of a "
        f"miss. Net benefit: {positive} cases found per case, less false alarms so weighed (Vickers, "
        "Elkin 2006); by the stated probabilities. The highest line is worth most at that threshold. "
    )
    if curves.implied is None:
        return f"{said}The costs of this run imply no single threshold."
    return (
        f"{said}Upright line: the threshold that this run's costs imply, {percent(curves.implied, 2)}. "
        f"Right axis: the same in {money_word()} per case, a miss costing {money(curves.dollars)}."
    )


def _spoken(run: RunData, models: list[ModelData], implied: float | None) -> str:
    """The worth of all at the threshold of the costs, or at one half."""
    curves = decision_curves(run, models, np.array([0.5 if implied is None else implied]))
    assert curves is not None
    told = {name: curve[0] for name, curve in curves.models.items()}
    told["treat all"] = curves.everyone[0]
    where = "one half" if implied is None else f"{implied:.4g}, which the costs imply"
    worth = ", ".join(f"{name} {value:.4f}" for name, value in told.items())
    return f"At the threshold {where}: {worth}, treat none 0."
