"""Charts of a sweep, from what sweep.json holds: the frontier, dollars, measures and mistakes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, PercentFormatter

from framework.core.arrays import FloatArray
from framework.core.words import decimal, money, money_word, quoted
from framework.report.figures import DOLLARS, INK, SERIES, Chart, clipped, dress, legend_above
from framework.report.sweep.axes import (
    COLORS,
    NAMES,
    amount,
    apart,
    dollars_of,
    intervals_of,
    sweep_axis,
    traded,
)
from framework.report.sweep.sentences import Data, counts_mistakes, label


def frontier_chart(data: Data) -> Chart:
    """Swept mistakes against the others on the test part, with the Pareto front."""
    binary = counts_mistakes(data)
    families = {
        name: [model for model in data["models"] if model["family"] == name]
        for name in ("trained", "moved", "equal costs")
    }
    front = [
        m for m in data["models"] if m["test"]["on_pareto_front"] and m["family"] != "constant"
    ]
    chosen = next(model for model in data["models"] if model["name"] == data["recommended"])
    names = traded(data)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for name, models in families.items():
            xy, color = _trades(models).T, COLORS[name]
            axes.plot(*xy, "o-", color=color, markersize=4.5, linewidth=0.8, label=NAMES[name])
        axes.plot(
            *_trades(front).T,
            "o",
            markersize=9,
            fillstyle="none",
            color=INK,
            markeredgewidth=1,
            label="Pareto front",
        )
        if chosen["family"] != "constant":
            xy, color = chosen["test"]["trade"], COLORS["recommended"]
            axes.plot(*xy, "*", color=color, markersize=13, label="recommended")
        trained = families["trained"]
        for k in apart(_trades(trained), _reach(axes)):
            axes.annotate(
                label(data, trained[k]["at"]),
                trained[k]["test"]["trade"],
                xytext=(5, 5),
                textcoords="offset points",
                fontsize=8,
                color=COLORS["trained"],
            )
        units = (", cases", ", cases")
        if not binary:
            units = (f", {money_word()} per case", f", {money_word()}")
            axes.xaxis.set_major_formatter(DOLLARS)
            axes.yaxis.set_major_formatter(DOLLARS)
        axes.set_xlabel(f"{clipped(names[0], 44)}{units[0]}")
        axes.set_ylabel(f"{clipped(names[1], 34)}{units[1]}")
        dress(axes)
        legend_above(figure, 2)

    spoken = "; ".join(
        f"{model['name']}: {amount(model['test']['trade'][1], binary)} against "
        f"{amount(model['test']['trade'][0], binary)}"
        for model in front[:12]
    )
    return Chart(
        slug="frontier",
        title=f"The frontier: {names[1]} against {names[0]}",
        caption=f"Every point is a fixed way to decide, on {data['n_test']:,} test cases; lower and "
        "further left is better. Ringed: no other one makes fewer mistakes of both kinds (constant "
        "decisions, which lie at the ends, are left out). Star: recommended at the costs as they "
        "stand, chosen on validation.",
        alt=f"Scatter of {names[1]} against {names[0]}. On the Pareto front: {spoken or 'none'}.",
        size=(4.8, 3.8),
        draw=draw,
    )


def _reach(axes: Axes) -> FloatArray:
    """How far both axes go, (2,)."""
    return np.array([np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())])


def _trades(models: list[Data]) -> FloatArray:
    """Other mistakes and swept ones on the test part, a row a model."""
    return np.array([model["test"]["trade"] for model in models]).reshape(-1, 2)


def dollars_chart(data: Data) -> Chart:
    """Dollars per case above a perfect oracle's, of every way to decide, along the axis."""
    values, oracle = np.array(data["axis"]["values"]), dollars_of(data["oracle"])
    ways = ("constant", "equal costs", "moved", "trained", "recommended")
    lost = {way: oracle - dollars_of(data["ways"][way]) for way in ways}
    low, high = intervals_of(data["oracle"])
    positive = np.concatenate([line[line > 0] for line in lost.values()] or [np.ones(1)])
    floor = float(positive.min()) / 2 if len(positive) else 0.1

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.fill_between(
            values,
            np.maximum(low, floor),
            np.maximum(high, floor),
            color=COLORS["recommended"],
            alpha=0.18,
            linewidth=0,
        )
        for way in ways:
            line = np.where(lost[way] > 0, lost[way], np.nan)
            axes.plot(
                values,
                line,
                color=COLORS[way],
                label=NAMES[way],
                linewidth=2 if way == "recommended" else 1.3,
                linestyle="--" if way == "constant" else "-",
            )
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(DOLLARS)
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_ylabel(f"{money_word()} lost per case")
        sweep_axis(axes, data, "costs that judge")
        legend_above(figure, 2)

    ends = (0, len(values) // 2, len(values) - 1)
    spoken = ". ".join(
        f"At {label(data, values[k])}: "
        + ", ".join(f"{NAMES[way]} {money(float(lost[way][k]))}" for way in ways)
        for k in ends
    )
    return Chart(
        slug="dollars",
        title=f"{money_word(True)} lost on the test part, as the costs change",
        caption="Lost: above what a perfect oracle loses. Each way is free to use another model at "
        "every value, chosen on validation; the "
        "test part only shows what came of it. Lower is better; both scales are logarithmic. Band: "
        "95% interval of the recommended one, paired with the oracle."
        + (" Upright line: the matrix as it stands." if data["axis"]["present"] else ""),
        alt=f"Lines of {money_word()} per case lost above a perfect oracle. {spoken}.",
        size=(4.8, 3.8),
        draw=draw,
    )


def measures_chart(data: Data) -> Chart:
    """Recall, precision and accuracy of the trained and of the moved models, by their value."""
    binary = counts_mistakes(data)
    shown = ("recall", "precision", "accuracy") if binary else ("accuracy",)
    values = data["axis"]["values"]
    lines = {
        (family, name): [
            np.nan if model["test"][name] is None else model["test"][name]
            for model in data["models"]
            if model["family"] == family
        ]
        for family in ("trained", "moved")
        for name in shown
    }

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for (family, name), line in lines.items():
            axes.plot(
                values,
                line,
                color=SERIES[shown.index(name)],
                linewidth=1.5,
                linestyle="-" if family == "trained" else ":",
                label=f"{name}, {family}",
            )
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        axes.set_ylabel("on the test part")
        sweep_axis(axes, data, "costs trained with, or moved to")
        legend_above(figure, 2)

    spoken = "; ".join(
        f"{name}, {family}: from {decimal(line[0])} to {decimal(line[-1])}"
        for (family, name), line in lines.items()
    )
    what = f"of {quoted(data['labels'][1])}" if binary else ""
    return Chart(
        slug="measures",
        title=f"{'Recall and precision ' + what if binary else 'Accuracy'} as the costs change",
        caption="Solid: a model trained with the costs at each value. Dotted: one equal-cost model, "
        "its decision moved to them. These measures know nothing of costs.",
        alt=f"Lines of {', '.join(shown)}: {spoken}.",
        size=(4.8, 3.4),
        draw=draw,
    )


def mistakes_chart(data: Data) -> Chart:
    """Swept mistakes and the others, of the trained and of the moved models."""
    binary = counts_mistakes(data)
    names = traded(data)
    values = data["axis"]["values"]
    lines = {
        family: np.array([m["test"]["trade"] for m in data["models"] if m["family"] == family])
        for family in ("trained", "moved")
    }

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for family, trade in lines.items():
            for which in (1, 0):
                axes.plot(
                    values,
                    trade[:, which],
                    color=SERIES[3 + which],
                    linewidth=1.5,
                    linestyle="-" if family == "trained" else ":",
                    label=f"{clipped(names[which], 24)}, {family}",
                )
        if not binary:
            axes.yaxis.set_major_formatter(DOLLARS)
        axes.set_ylabel("test cases" if binary else f"{money_word()} per test case")
        sweep_axis(axes, data, "costs trained with, or moved to")
        legend_above(figure, 2)

    spoken = "; ".join(
        f"{names[which]}, {family}: from {amount(trade[0, which], binary)} to "
        f"{amount(trade[-1, which], binary)}"
        for family, trade in lines.items()
        for which in (1, 0)
    )
    return Chart(
        slug="mistakes",
        title="Mistakes by kind as the costs change",
        caption="What the growing cost buys, and what it is paid with. Solid: trained with the "
        "costs. Dotted: one equal-cost model, its decision moved.",
        alt=f"Lines of mistakes. {spoken}.",
        size=(4.8, 3.4),
        draw=draw,
    )
