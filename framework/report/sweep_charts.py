"""Charts of a sweep, from what sweep.json holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter, PercentFormatter

from framework.report.figures import FAINT, INK, SERIES, Chart, clipped, dress
from framework.report.run_data import FloatArray
from framework.report.sweep_words import label
from framework.report.words import decimal, money, percent, quoted, short_money

Data = Mapping[str, Any]
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
# Savings below this are drawn as this: a model far worse than none needs no exact place.
LEAST_SAVINGS = -1.0


def frontier(data: Data) -> Chart:
    """Swept mistakes against the others on the test part, with the Pareto front."""
    binary = len(data["labels"]) == 2
    families = {
        name: [model for model in data["models"] if model["family"] == name]
        for name in ("trained", "moved", "equal costs")
    }
    points = {
        name: np.array([model["test"]["trade"] for model in models])
        for name, models in families.items()
    }
    front = [
        m for m in data["models"] if m["test"]["on_pareto_front"] and m["family"] != "constant"
    ]
    ring = np.array([model["test"]["trade"] for model in front]).reshape(-1, 2)
    chosen = next(model for model in data["models"] if model["name"] == data["recommended"])
    names = _traded(data)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for name, xy in points.items():
            axes.plot(
                *xy.T, "o-", color=COLORS[name], markersize=4.5, linewidth=0.8, label=NAMES[name]
            )
        axes.plot(
            *ring.T,
            "o",
            markersize=9,
            fillstyle="none",
            color=INK,
            markeredgewidth=1,
            label="Pareto front",
        )
        if chosen["family"] != "constant":
            axes.plot(
                *chosen["test"]["trade"],
                "*",
                color=COLORS["recommended"],
                markersize=13,
                label="recommended",
            )
        for model in families["trained"][:: max(1, len(families["trained"]) // 4)]:
            axes.annotate(
                label(data, model["at"]),
                model["test"]["trade"],
                xytext=(5, 5),
                textcoords="offset points",
                fontsize=8,
                color=COLORS["trained"],
            )
        axes.set_xlabel(f"{clipped(names[0], 44)}{', cases' if binary else ', dollars per case'}")
        axes.set_ylabel(f"{clipped(names[1], 34)}{', cases' if binary else ', dollars'}")
        if not binary:
            axes.xaxis.set_major_formatter(_DOLLARS)
            axes.yaxis.set_major_formatter(_DOLLARS)
        dress(axes)
        figure.legend(loc="outside upper center", ncols=2, labelcolor=INK)

    spoken = "; ".join(
        f"{model['name']}: {_amount(model['test']['trade'][1], binary)} against "
        f"{_amount(model['test']['trade'][0], binary)}"
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


def dollars(data: Data) -> Chart:
    """Dollars per case above a perfect oracle's, of every way to decide, along the axis."""
    values, oracle = np.array(data["axis"]["values"]), _mean(data["oracle"])
    ways = ("constant", "equal costs", "moved", "trained", "recommended")
    lost = {way: oracle - _mean(data["ways"][way]) for way in ways}
    low, high = _ends(data["oracle"])
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
        axes.yaxis.set_major_formatter(_DOLLARS)
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_ylabel("dollars lost per case above an oracle")
        _axis(axes, data, "costs that judge")
        figure.legend(loc="outside upper center", ncols=2, labelcolor=INK)

    ends = (0, len(values) // 2, len(values) - 1)
    spoken = ". ".join(
        f"At {label(data, values[k])}: "
        + ", ".join(f"{NAMES[way]} {money(float(lost[way][k]))}" for way in ways)
        for k in ends
    )
    return Chart(
        slug="dollars",
        title="Dollars lost on the test part, as the costs change",
        caption="Each way is free to use another model at every value, chosen on validation; the "
        "test part only shows what came of it. Lower is better; both scales are logarithmic. Band: "
        "95% interval of the recommended one, paired with the oracle. Upright line: the matrix as it stands.",
        alt=f"Lines of dollars per case lost above a perfect oracle. {spoken}.",
        size=(4.8, 3.8),
        draw=draw,
    )


def measures(data: Data) -> Chart:
    """Recall, precision and accuracy of the trained and of the moved models, by their value."""
    binary = len(data["labels"]) == 2
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
        _axis(axes, data, "costs trained with, or moved to")
        figure.legend(loc="outside upper center", ncols=2, labelcolor=INK)

    spoken = "; ".join(
        f"{name}, {family}: from {decimal(line[0])} to {decimal(line[-1])}"
        for (family, name), line in lines.items()
    )
    what = f"of {quoted(data['labels'][1])}" if binary else ""
    return Chart(
        slug="measures",
        title=f"{'Recall and precision ' + what if binary else 'Accuracy'} as the costs change",
        caption="Solid: a model trained with the costs at each value. Dotted: one equal-cost model, "
        "its decision moved to them. These measures know nothing of dollars.",
        alt=f"Lines of {', '.join(shown)}: {spoken}.",
        size=(4.8, 3.4),
        draw=draw,
    )


def mistakes(data: Data) -> Chart:
    """Swept mistakes and the others, of the trained and of the moved models."""
    binary = len(data["labels"]) == 2
    names = _traded(data)
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
            axes.yaxis.set_major_formatter(_DOLLARS)
        axes.set_ylabel("test cases" if binary else "dollars per test case")
        _axis(axes, data, "costs trained with, or moved to")
        figure.legend(loc="outside upper center", ncols=2, labelcolor=INK)

    spoken = "; ".join(
        f"{names[which]}, {family}: from {_amount(trade[0, which], binary)} to "
        f"{_amount(trade[-1, which], binary)}"
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


def grid(data: Data) -> Chart:
    """Training costs against evaluation costs: savings of every trained model at every value."""
    values = np.array(data["axis"]["values"])
    models = [model for model in data["models"] if model["family"] == "trained"]
    constant, slope = (
        np.array([model["test"][what] for model in models]) for what in ("constant", "slope")
    )
    earned = constant[:, None] + slope[:, None] * values
    savings = _savings(data, earned)
    at = {model["name"]: model["at"] for model in models}
    chosen = np.array([at[row["model"]] for row in data["ways"]["trained"]])
    edges = _edges(values)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        image = axes.pcolormesh(
            edges,
            edges,
            np.clip(savings, LEAST_SAVINGS, 1),
            cmap=colormaps["RdYlBu"],
            norm=Normalize(-1, 1),
            rasterized=True,
        )
        axes.plot(values, values, color="#1a1a1a", linewidth=0.8, linestyle=":")
        axes.plot(values, chosen, "o", color="#1a1a1a", markersize=3)
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: label(data, value)))
        axes.set_ylabel("trained with")
        _axis(axes, data, "judged by", grid=False)
        bar = figure.colorbar(image, format=PercentFormatter(1), shrink=0.8)
        bar.set_label("savings", color=INK)
        dress(bar.ax, grid=None)

    best = np.unravel_index(int(np.nanargmax(savings)), savings.shape)
    return Chart(
        slug="grid",
        title="Training costs against evaluation costs",
        caption="Savings on the test part: 0% is the best constant decision, 100% a perfect oracle, "
        f"red is worse than no model at all ({percent(LEAST_SAVINGS, 0)} or less is one colour). "
        "Dotted: trained with the very costs that judge. Points: what validation chooses to train "
        "with. No network is trained twice: judging is counts times costs.",
        alt="Heat map of savings by training and evaluation costs. The most, "
        f"{percent(float(savings[best]))}, trained at {label(data, values[best[0]])} and judged at "
        f"{label(data, values[best[1]])}; trained for the costs that judge, "
        f"{percent(float(np.nanmin(np.diag(savings))))} to "
        f"{percent(float(np.nanmax(np.diag(savings))))}.",
        size=(4.8, 4.0),
        draw=draw,
    )


def training_against_moving(data: Data) -> Chart:
    """What training with the costs adds to moving the decision of one model, with intervals."""
    rows = data["training_against_moving"]
    values = data["axis"]["values"]
    way = _way(data)
    mean, (low, high) = _mean(rows) / way, (ends / way for ends in _ends(rows))

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.fill_between(values, low, high, color=COLORS["trained"], alpha=0.2, linewidth=0)
        axes.plot(values, mean, color=COLORS["trained"], linewidth=1.6)
        axes.axhline(0, color=INK, linewidth=0.9)
        bound = max(0.05, 1.1 * float(np.nanmax(np.abs(mean))))
        axes.set_ylim(-min(2.0, 2 * bound), min(2.0, 2 * bound))
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        axes.set_ylabel("savings gained by training")
        _axis(axes, data, "costs that judge")

    spoken = ", ".join(
        f"{percent(float(mean[k]))} at {label(data, values[k])}"
        for k in (0, len(values) // 2, len(values) - 1)
    )
    return Chart(
        slug="training-against-moving",
        title="Does training with the costs help?",
        caption="Above 0: the network trained with costs (chosen on validation) is cheaper than one "
        "equal-cost network whose decision moves with the costs. In shares of the way from the best "
        "constant decision to an oracle; band: 95% interval, paired on the test cases. Where it "
        "holds 0, the test cases cannot tell.",
        alt=f"Line of the savings gained by training, with its interval: {spoken}.",
        size=(4.8, 3.2),
        draw=draw,
    )


_DOLLARS = FuncFormatter(lambda amount, _: short_money(amount))


def _traded(data: Data) -> tuple[str, str]:
    """The other mistakes and the swept ones, in words."""
    axis, labels = data["axis"], data["labels"]
    if len(labels) > 2:
        return "all else", axis["name"]
    i, j = axis["swept"][0]
    return f"{labels[j]} as {labels[i]}", f"{labels[i]} as {labels[j]}"


def _axis(axes: Axes, data: Data, what: str, grid: bool = True) -> None:
    """The swept values as a logarithmic x axis, with the matrix as it stands."""
    values, present = data["axis"]["values"], data["axis"]["present"]
    axes.set_xscale("log")
    axes.set_xlim(values[0], values[-1])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: label(data, value)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(f"{what} ({clipped(data['axis']['name'], 24)})")
    if present is not None and values[0] <= present <= values[-1]:
        axes.axvline(present, color=INK, linewidth=0.9)
    dress(axes, grid="both" if grid else None)


def _way(data: Data) -> FloatArray:
    """From the best constant decision to the oracle, in dollars per case; NaN where there is none."""
    way = _mean(data["oracle"]) - _mean(data["ways"]["constant"])
    return np.where(way > 0, way, np.nan)


def _savings(data: Data, earned: FloatArray) -> FloatArray:
    share: FloatArray = (earned - _mean(data["ways"]["constant"])) / _way(data)
    return share


def _mean(rows: list[Data]) -> FloatArray:
    return np.array([row["dollars_per_case"] for row in rows])


def _ends(rows: list[Data]) -> tuple[FloatArray, FloatArray]:
    ends = np.array([row["interval"] for row in rows])
    return ends[:, 0], ends[:, 1]


def _edges(values: FloatArray) -> FloatArray:
    """Borders of cells around values that are equally spaced in logs."""
    step = np.sqrt(values[1] / values[0])
    return np.append(values / step, values[-1] * step)


def _amount(value: float, binary: bool) -> str:
    return f"{value:,.0f}" if binary else money(float(value))
