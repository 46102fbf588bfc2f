"""The models of a run that the page shows in full: their matrices, scores and curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framework.core.decisions.decision import margins
from framework.core.words import money_word
from framework.experiment.stored_runs.run_data import ModelData, RunData
from framework.report.figures import Chart
from framework.report.heat_map import HeatMap
from framework.report.run.close_calls import close_calls_table
from framework.report.run.curves import boundaries
from framework.report.run.decision_curves import decision_curve_chart
from framework.report.run.dollar_charts import threshold_chart
from framework.report.run.mistake_tables import (
    classes_table,
    confusion_table,
    confusions_table,
    dollars_table,
    titles_of_matrices,
)
from framework.report.run.reliability_charts import dollar_reliability_chart, reliability_chart
from framework.report.run.roc_charts import roc_chart, roc_of_classes_chart
from framework.report.run.score_charts import margins_chart, scores_chart
from framework.report.tables import Table

# Models with charts and cell-by-cell tables of their own; all are in the tables of dollars.
MODELS_IN_FULL = 3
# Above this many classes a matrix is a picture, not a table.
TABLE_UP_TO = 8
DEAREST_CLASSES = 5


@dataclass(frozen=True)
class Matrices:
    """Of one model: confusion matrix and dollars, as tables or as pictures, and rankings."""

    name: str
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    confusions: Table
    classes: Table


@dataclass(frozen=True)
class Scores:
    """Of one model: where its scores lie, and its closest calls."""

    name: str
    chart: Chart
    calls: Table


def models_in_full(run: RunData) -> list[ModelData]:
    """The served model, the baseline, and those that lost least here."""
    ranked = sorted(run.models, key=lambda model: -model.dollars_per_case)
    return list(dict.fromkeys([run.served, run.baseline, *ranked]))[:MODELS_IN_FULL]


def changing_scores(run: RunData, model: ModelData) -> list[float]:
    if not run.binary:
        return []
    threshold = model.metrics["decision_parameters"].get("threshold")
    return boundaries(model.rule, threshold, run.known)


def curves_of(
    run: RunData, models: list[ModelData], changing: dict[str, list[float]]
) -> list[Chart]:
    """ROC, what thresholds bring and are worth (of more classes: ROC of the dearest), reliability."""
    second: Chart | None
    if run.binary:
        second = threshold_chart(run, models, changing)
    else:
        dear = np.argsort(run.served.cell_dollars.sum(axis=1), kind="stable")[:DEAREST_CLASSES]
        present = [int(k) for k in dear if 0 < (run.y_true == k).sum() < len(run.y_true)]
        second = roc_of_classes_chart(run, run.served, present)
    charts = (
        roc_chart(run, models),
        second,
        decision_curve_chart(run, models),
        reliability_chart(run, models),
        dollar_reliability_chart(run, models),
    )
    return [chart for chart in charts if chart is not None]


def matrices_of(run: RunData, model: ModelData, number: int) -> Matrices:
    few = (
        len(run.labels) <= TABLE_UP_TO
    )  # a table of a million cells takes seconds, and nobody sees it
    counts, lost = model.confusion_matrix.astype(np.float64), -model.cell_dollars
    captions = (
        "Rows the truth, columns the decision.",
        f"{money_word(True)} lost in all; empty: nothing, or a gain.",
    )
    charts = tuple(
        HeatMap(cells, run.labels, run.decision_labels, dollars, groups=run.label_groups).chart(
            f"{slug}-{number + 1}", title, caption
        )
        for slug, cells, dollars, title, caption in zip(
            ("cases", "cells"),
            (counts, lost),
            (False, True),
            titles_of_matrices(run, model),
            captions,
            strict=True,
        )
    )
    return Matrices(
        model.name,
        (confusion_table(run, model), dollars_table(run, model)) if few else (),
        charts,
        confusions_table(run, model),
        classes_table(run, model),
    )


def scores_of(run: RunData, model: ModelData, number: int, changing: list[float]) -> Scores:
    if run.binary:
        chart = scores_chart(run, model, f"scores-{number + 1}", changing)
    else:
        gaps = margins(run.expected_dollars(model))
        chart = margins_chart(model, f"margins-{number + 1}", gaps)
    return Scores(model.name, chart, close_calls_table(run, model, changing))
