"""Charts of probabilities: scores, margins, ROC curves and reliability."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import (
    FuncFormatter,
    NullLocator,
    PercentFormatter,
    SymmetricalLogLocator,
)

from framework.core.arrays import FloatArray
from framework.core.words import decimal, money, money_word, plural, quoted, short_money
from framework.experiment.stored_run import REFERRED, RIGHT, WRONG, ModelData, RunData
from framework.report.figures import FAINT, INK, OUTCOMES, SERIES, Chart, clipped, dress
from framework.report.run import evidence

NAMES = {RIGHT: "right", WRONG: "wrong", REFERRED: "referred"}
MAX_POINTS = 3_000  # right decisions drawn per class; wrong ones are all drawn up to as many
RASTER_FROM = 300  # points; fewer stay sharp at any size


def scores(run: RunData, model: ModelData, slug: str, boundaries: list[float]) -> Chart:
    """Two classes: P(second class) of every test case, per true class."""
    p = model.probabilities[:, 1]
    kinds = (RIGHT, WRONG) if run.matrix.refer is None else (RIGHT, WRONG, REFERRED)
    sampled = False
    groups = []
    rng = np.random.default_rng(0)  # the same picture every time
    for truth in (0, 1):
        for outcome in (RIGHT, REFERRED, WRONG):
            found = np.flatnonzero((run.y_true == truth) & (model.outcomes == outcome))
            if len(found) > MAX_POINTS:
                found, sampled = rng.choice(found, MAX_POINTS, replace=False), True
            groups.append((truth, outcome, p[found], rng.uniform(-0.36, 0.36, len(found))))

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
        figure.legend(
            *axes.get_legend_handles_labels(),
            loc="outside upper center",
            ncols=3,
            labelcolor=INK,
        )

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


def margin_histogram(model: ModelData, slug: str, margins: FloatArray) -> Chart:
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
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: short_money(x)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlabel(f"expected {money_word()} between the two best decisions")
        axes.set_ylabel("test cases")
        dress(axes, grid="y")
        figure.legend(loc="outside upper center", ncols=3, labelcolor=INK)

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


def roc(run: RunData, models: list[ModelData]) -> Chart | None:
    """One curve a model: of the second class, or the mean over one-vs-rest."""
    curves = []
    for model in models:
        if len(np.unique(run.y_true)) < 2:
            return None
        if run.binary:
            curve = evidence.roc_curve(run.y_true == 1, model.probabilities[:, 1])
        else:
            macro = evidence.macro_roc(run.y_true, model.probabilities)
            assert macro is not None
            curve = macro
        auc = model.metrics["auc"]
        color = SERIES[run.models.index(model) % len(SERIES)]
        curves.append((f"{clipped(model.name, 20)}, AUC {decimal(auc)}", color, curve))
    which = (
        f"of {quoted(run.labels[1])}"
        if run.binary
        else "one class against the rest, mean over the classes that occur (macro)"
    )
    return _roc("roc", "ROC curves of the models", f"ROC {which}.", curves)


def roc_of_classes(run: RunData, model: ModelData, classes: list[int]) -> Chart | None:
    """More classes: those that lose the most dollars, each against the rest."""
    curves = []
    for color, k in zip(SERIES, classes, strict=False):
        x, y = evidence.roc_curve(run.y_true == k, model.probabilities[:, k])
        curves.append((f"{clipped(run.labels[k])}, AUC {evidence.area(x, y):.3f}", color, (x, y)))
    if not curves:
        return None
    return _roc(
        "roc-classes",
        f"ROC curves of the dearest classes of {quoted(model.name)}",
        f"The classes that lose the most {money_word()}, each against the rest.",
        curves,
    )


def _roc(
    slug: str,
    title: str,
    caption: str,
    curves: list[tuple[str, str, tuple[FloatArray, FloatArray]]],
) -> Chart:
    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, linestyle=":")
        for name, color, (x, y) in curves:
            axes.plot(x, y, color=color, linewidth=1.5, label=name)
        axes.set_xlabel("false positive rate")
        axes.set_ylabel("true positive rate")
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)
        dress(axes)
        axes.legend(loc="lower right", labelcolor=INK)

    return Chart(
        slug=slug,
        title=title,
        caption=f"{caption} Higher and further left is better; the dotted diagonal is guessing. "
        "AUC knows nothing of costs.",
        alt=f"ROC curves. {'; '.join(name for name, _, _ in curves)}.",
        size=(4.8, 3.6),
        draw=draw,
    )


def reliability(run: RunData, models: list[ModelData]) -> Chart:
    """Stated probability against what happened, in ten bins, with the cases in each."""
    bins = []
    for model in models:
        if run.binary:
            stated, happened = model.stated[:, 1], run.y_true == 1
        else:
            stated = model.stated.max(axis=1)
            happened = model.stated.argmax(axis=1) == run.y_true
        bins.append(evidence.reliability(stated, happened))
    what = f"P({clipped(run.labels[1])})" if run.binary else "probability of the top class"

    def draw(figure: Figure) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
        upper.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, linestyle=":")
        width = 0.08 / len(models)
        for k, (model, of_model) in enumerate(zip(models, bins, strict=True)):
            color = SERIES[run.models.index(model) % len(SERIES)]
            filled = of_model.counts > 0
            upper.plot(
                of_model.stated[filled],
                of_model.observed[filled],
                "o-",
                color=color,
                linewidth=1.2,
                markersize=4,
                label=f"{clipped(model.name, 20)} "
                f"(mean gap {of_model.expected_calibration_error:.3f})",
            )
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


def dollar_reliability(run: RunData, models: list[ModelData]) -> Chart:
    """Dollars stated of the decisions that were taken against those that came."""
    curves = []
    for model in models:
        expected = evidence.expected_dollars(model.stated, run.known)
        stated = expected[np.arange(len(expected)), model.decisions]
        curves.append(evidence.dollar_reliability(stated, model.case_dollars))
    ends = np.concatenate([np.concatenate(curve) for curve in curves])
    small = max(float(np.abs(ends).max()) / 1_000, 1e-9)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        low, high = float(ends.min()), float(max(ends.max(), 0.0))
        axes.plot([low, high], [low, high], color=FAINT, linewidth=0.8, linestyle=":")
        for model, (stated, came) in zip(models, curves, strict=True):
            color = SERIES[run.models.index(model) % len(SERIES)]
            axes.plot(
                stated,
                came,
                "o-",
                color=color,
                linewidth=1.2,
                markersize=4,
                label=clipped(model.name, 20),
            )
        for set_scale in (axes.set_xscale, axes.set_yscale):
            set_scale("symlog", linthresh=small)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda amount, _: short_money(amount)))
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
