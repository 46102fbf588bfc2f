"""Charts of single cases: scores of two classes, margins of more."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from framework.core.arrays import FloatArray
from framework.core.words import money, money_word, plural, quoted
from framework.experiment.stored_runs.run_data import REFERRED, RIGHT, WRONG, ModelData, RunData
from framework.report.figures import DOLLARS, INK, OUTCOMES, Chart, clipped, dress, legend_above

NAMES = {RIGHT: "right", WRONG: "wrong", REFERRED: "referred"}
MAX_POINTS = 3_000  # right decisions drawn per class; wrong ones are all drawn up to as many
RASTER_FROM = 300  # points; fewer stay sharp at any size


def scores_chart(run: RunData, model: ModelData, slug: str, boundaries: list[float]) -> Chart:
    """Two classes: P(second class) of every test case, per true class."""
    kinds = (RIGHT, WRONG) if run.matrix.refer is None else (RIGHT, WRONG, REFERRED)
    groups, sampled = _points(run, model)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for truth, outcome, x, height in groups:
            axes.scatter(
                x,
                truth + height,
                s=18 if outcome == WRONG else 10,
                marker="X" if outcome == WRONG else "o",
                color=OUTCOMES[outcome],
                alpha=0.9 if outcome == WRONG else 0.7,
                linewidths=0,
                label=NAMES[outcome] if truth == 0 and outcome in kinds else None,
                rasterized=len(x) > RASTER_FROM,
            )
        for boundary in boundaries:
            axes.axvline(boundary, color=INK, linewidth=1.2)
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(1.5, -0.5)
        axes.set_yticks([0, 1], [f"truly\n{clipped(label, 14)}" for label in run.labels])
        axes.set_xlabel(f"P({clipped(run.labels[1])}) by {quoted(clipped(model.name, 20))}")
        dress(axes, grid="x")
        legend_above(figure, 3)

    where = " and ".join(f"{boundary:.3g}" for boundary in boundaries)
    counted = "; ".join(
        f"truly {run.labels[truth]}: "
        + ", ".join(
            f"{int(((run.y_true == truth) & (model.outcomes == outcome)).sum())} {NAMES[outcome]}"
            for outcome in kinds
        )
        for truth in (0, 1)
    )
    line = f"Line: where the decision changes ({where}). " if boundaries else ""
    return Chart(
        slug=slug,
        title=f"Scores of {quoted(model.name)}",
        caption=f"Each point is a test case. {line}The close confusions are the crosses beside it."
        + (f" Of each kind, {MAX_POINTS:,} cases drawn at random are shown." if sampled else ""),
        alt=f"Scores from 0 to 1 per true class, by right and wrong. {counted}. "
        f"The decision changes at {where or 'no fixed score'}.",
        size=(4.8, 2.7),
        draw=draw,
    )


def _points(
    run: RunData, model: ModelData
) -> tuple[list[tuple[int, int, FloatArray, FloatArray]], bool]:
    """Truth, outcome, scores and heights of each kind of case; whether cases were left out."""
    p = model.probabilities[:, 1]
    rng = np.random.default_rng(0)  # the same picture every time
    groups, sampled = [], False
    for truth in (0, 1):
        for outcome in (RIGHT, REFERRED, WRONG):
            found = np.flatnonzero((run.y_true == truth) & (model.outcomes == outcome))
            if len(found) > MAX_POINTS:
                found, sampled = rng.choice(found, MAX_POINTS, replace=False), True
            groups.append((truth, outcome, p[found], rng.uniform(-0.36, 0.36, len(found))))
    return groups, sampled


def margins_chart(model: ModelData, slug: str, margins: FloatArray) -> Chart:
    """More classes: expected dollars between the two best decisions of each case."""
    positive = margins[margins > 0]
    high = float(positive.max()) if len(positive) else 1.0
    low = max(float(np.quantile(positive, 0.005)) if len(positive) else 0.1, high * 1e-5)
    edges = np.geomspace(low, high * 1.0001, 37)
    kinds = [k for k in (RIGHT, WRONG, REFERRED) if (model.outcomes == k).any()]
    parts = [np.clip(margins[model.outcomes == kind], low, high) for kind in kinds]

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.hist(
            parts,
            bins=edges.tolist(),
            stacked=True,
            color=[OUTCOMES[kind] for kind in kinds],
            label=[NAMES[kind] for kind in kinds],
        )
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(DOLLARS)
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlabel(f"expected {money_word()} between the two best decisions")
        axes.set_ylabel("test cases")
        dress(axes, grid="y")
        legend_above(figure, 3)

    medians = ", ".join(
        f"{plural(len(part), 'case')} {NAMES[kind]}, median margin {money(float(np.median(part)))}"
        for kind, part in zip(kinds, parts, strict=True)
    )
    return Chart(
        slug=slug,
        title=f"How close the calls of {quoted(model.name)} were",
        caption="Left: the second-best decision was expected to cost nearly the same, by the "
        "model's own probabilities; right: it was clear. The first bar also holds what is closer.",
        alt=f"Histogram of the margin in {money_word()}, by right and wrong: {medians}.",
        size=(4.8, 2.9),
        draw=draw,
    )
