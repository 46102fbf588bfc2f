"""Charts of training costs against evaluation costs, and of whether training helps."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from framework.core.words import percent
from framework.report.figures import INK, Chart, dress
from framework.report.sweep.axes import (
    COLORS,
    axis_name,
    dollars_of,
    intervals_of,
    set_ticks,
    sweep_axis,
    way_to_oracle,
)
from framework.report.sweep.sentences import Data, label, moving

# Savings below this are drawn as this: a model far worse than none needs no exact place.
LEAST_SAVINGS = -1.0


def savings_chart(data: Data) -> Chart:
    """Training costs against evaluation costs: savings of every trained model at every value."""
    values = np.array(data["axis"]["values"])
    models = [model for model in data["models"] if model["family"] == "trained"]
    constant, slope = (
        np.array([model["test"][what] for model in models]) for what in ("constant", "slope")
    )
    earned = constant[:, None] + slope[:, None] * values
    savings = (earned - dollars_of(data["ways"]["constant"])) / way_to_oracle(data)
    at = {model["name"]: model["at"] for model in models}
    chosen = np.array([at[row["model"]] for row in data["ways"]["trained"]])
    step = np.sqrt(values[1] / values[0])
    edges = np.append(values / step, values[-1] * step)

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
        axes.set(xscale="log", yscale="log")
        for axis, what in ((axes.xaxis, "judged by"), (axes.yaxis, "trained with")):
            set_ticks(axis, data)
            axis.set_label_text(f"{what} ({axis_name(data)})")
        dress(axes, grid=None)
        bar = figure.colorbar(image, format=PercentFormatter(1), shrink=0.8)
        bar.set_label("savings", color=INK)
        dress(bar.ax, grid=None)

    told = np.nan_to_num(savings, nan=0.0)  # where no model can save anything
    best = np.unravel_index(int(told.argmax()), told.shape)
    return Chart(
        slug="grid",
        title="Training costs against evaluation costs",
        caption="Savings on the test part: 0% is the best constant decision, 100% a perfect oracle, "
        f"red is worse than no model at all ({percent(LEAST_SAVINGS, 0)} or less is one colour). "
        "Dotted: trained with the very costs that judge. Points: what validation chooses to train "
        "with. No network is trained twice: judging is counts times costs.",
        alt="Heat map of savings by training and evaluation costs. The most, "
        f"{percent(float(told[best]))}, trained at {label(data, values[best[0]])} and judged at "
        f"{label(data, values[best[1]])}; trained for the costs that judge, "
        f"{percent(float(np.diag(told).min()))} to "
        f"{percent(float(np.diag(told).max()))}.",
        size=(4.8, 4.0),
        draw=draw,
    )


def training_against_moving_chart(data: Data) -> Chart:
    """What training with the costs adds to moving the decision of one model, with intervals."""
    rows = data["training_against_moving"]
    values = data["axis"]["values"]
    way = way_to_oracle(data)
    gained = np.nan_to_num(dollars_of(rows) / way, nan=0.0)
    low, high = (ends / way for ends in intervals_of(rows))

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.fill_between(values, low, high, color=COLORS["trained"], alpha=0.2, linewidth=0)
        axes.plot(values, gained, color=COLORS["trained"], linewidth=1.6)
        axes.axhline(0, color=INK, linewidth=0.9)
        bound = max(0.05, 1.1 * float(np.abs(gained).max()))
        axes.set_ylim(-min(2.0, 2 * bound), min(2.0, 2 * bound))
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        axes.set_ylabel("savings gained by training")
        sweep_axis(axes, data, "costs that judge")

    spoken = ", ".join(
        f"{percent(float(gained[k]))} at {label(data, values[k])}"
        for k in (0, len(values) // 2, len(values) - 1)
    )
    return Chart(
        slug="training-against-moving",
        title="Does training with the costs help?",
        caption="Above 0: the network trained with costs (chosen on validation) is cheaper than one "
        f"equal-cost {moving(data)} whose decision moves with the costs. In shares of the way from the best "
        "constant decision to an oracle; band: 95% interval, paired on the test cases. Where it "
        "holds 0, the test cases cannot tell.",
        alt=f"Line of the savings gained by training, with its interval: {spoken}.",
        size=(4.8, 3.2),
        draw=draw,
    )
