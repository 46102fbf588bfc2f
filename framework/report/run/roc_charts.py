"""Charts of ROC curves: of the models, and of the dearest classes."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from framework.core.arrays import FloatArray
from framework.core.words import decimal, money_word, quoted
from framework.experiment.stored_runs.run_data import ModelData, RunData
from framework.report.figures import FAINT, INK, SERIES, Chart, clipped, dress, series_color
from framework.report.run.curves import area, macro_roc, roc_curve


def roc_chart(run: RunData, models: list[ModelData]) -> Chart | None:
    """One curve a model: of the second class, or the mean over one-vs-rest."""
    curves = []
    for model in models:
        if len(np.unique(run.y_true)) < 2:
            return None
        if run.binary:
            curve = roc_curve(run.y_true == 1, model.probabilities[:, 1])
        else:
            macro = macro_roc(run.y_true, model.probabilities)
            assert macro is not None
            curve = macro
        auc = model.metrics["auc"]
        color = series_color(run.models.index(model))
        curves.append((f"{clipped(model.name, 20)}, AUC {decimal(auc)}", color, curve))
    which = (
        f"of {quoted(run.labels[1])}"
        if run.binary
        else "one class against the rest, mean over the classes that occur (macro)"
    )
    return _roc("roc", "ROC curves of the models", f"ROC {which}.", curves)


def roc_of_classes_chart(run: RunData, model: ModelData, classes: list[int]) -> Chart | None:
    """More classes: those that lose the most dollars, each against the rest."""
    curves = []
    for color, k in zip(SERIES, classes, strict=False):
        x, y = roc_curve(run.y_true == k, model.probabilities[:, k])
        curves.append((f"{clipped(run.labels[k])}, AUC {area(x, y):.3f}", color, (x, y)))
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
