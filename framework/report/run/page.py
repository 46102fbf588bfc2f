"""report.html: a run on one page, for a manager's desk and a statistician's questions.

Made from the files of the run folder alone, without TensorFlow, and complete in itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.costs import by_case
from framework.core.words import currency, money, money_word, quoted
from framework.experiment.stored_run import ModelData, RunData, read_run
from framework.report.figures import Chart
from framework.report.heat_map import heat_map
from framework.report.rendering import render
from framework.report.reproduce import command, given_in_python
from framework.report.run import (
    close_calls,
    dollar_charts,
    evidence,
    mistake_tables,
    model_tables,
    score_charts,
)
from framework.report.run.headline import headline
from framework.report.tables import Table, heat_table

NAME = "report.html"
# Above this many classes a matrix is a picture, not a table.
TABLE_UP_TO = 8
# Models with charts and cell-by-cell tables of their own; all are in the tables of dollars.
MODELS_IN_FULL = 3
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


def write_report(run_dir: Path) -> Path:
    """Write ``report.html`` and ``plots/*.png`` into the folder of a run.

    Raises
    ------
    ArtifactError
        When a file of the run is missing or does not fit the others.

    Examples
    --------
    >>> write_report(Path("runs/demo"))  # doctest: +SKIP
    PosixPath('runs/demo/report.html')
    """
    run = read_run(run_dir)
    with currency(run.matrix.currency):
        return _write(run, run_dir)


def _write(run: RunData, run_dir: Path) -> Path:
    content = _content(run)
    page = render("report.html.j2", content)
    plots = run_dir / "plots"
    plots.mkdir(exist_ok=True)
    for chart in _main_charts(content):
        chart.save_png(plots / f"{chart.slug}.png")
    path = run_dir / NAME
    path.write_text(page, encoding="utf-8")
    return path


def _content(run: RunData) -> dict[str, Any]:
    """All that the template shows."""
    full = _models_in_full(run)
    boundaries = {model.name: _boundaries(run, model) for model in full}
    dear = np.argsort(run.served.cell_dollars.sum(axis=1), kind="stable")[:DEAREST_CLASSES]
    curves = [score_charts.roc(run, full)]
    if run.binary:
        curves.append(dollar_charts.by_threshold(run, full, boundaries))
    else:
        present = [int(k) for k in dear if 0 < (run.y_true == k).sum() < len(run.y_true)]
        curves.append(score_charts.roc_of_classes(run, run.served, present))
    curves += [score_charts.reliability(run, full), score_charts.dollar_reliability(run, full)]
    return {
        "run": run,
        "headline": headline(run),
        "warnings": run.metrics["warnings"],
        "intervals": dollar_charts.intervals(run),
        "models": model_tables.models(run),
        "against_rivals": model_tables.against_rivals(run),
        "steps": model_tables.steps(run),
        "measures": model_tables.measures(run),
        "methods": model_tables.methods(run),
        "changes": mistake_tables.changes(run),
        "full": full,
        "left_out": [model.name for model in run.models if model not in full],
        "matrices": [_matrices(run, model, i) for i, model in enumerate(full)],
        "scores": [_scores(run, model, i, boundaries[model.name]) for i, model in enumerate(full)],
        "reports": [mistake_tables.classification(run, model) for model in run.models],
        "curves": [curve for curve in curves if curve is not None],
        "trials": [table for model in run.models if (table := model_tables.trials(model))],
        **_cost_matrix(run),
        "training": _training_costs(run),
        "command": command(run.config),
        "python_matrices": given_in_python(run.metrics["cost_matrices"]),
        "versions": _versions(run),
        "class_counts": np.bincount(run.y_true, minlength=len(run.labels)).tolist(),
    }


def _models_in_full(run: RunData) -> list[ModelData]:
    """The served model, the baseline, and those that lost least here."""
    ranked = sorted(run.models, key=lambda model: -model.dollars_per_case)
    return list(dict.fromkeys([run.served, run.baseline, *ranked]))[:MODELS_IN_FULL]


def _boundaries(run: RunData, model: ModelData) -> list[float]:
    if not run.binary:
        return []
    threshold = model.metrics["decision_parameters"].get("threshold")
    return evidence.boundaries(model.rule, threshold, run.known)


def _matrices(run: RunData, model: ModelData, number: int) -> Matrices:
    counts, lost = model.confusion_matrix.astype(np.float64), -model.cell_dollars
    titles = (
        f"{quoted(model.name)}: cases per cell",
        f"{quoted(model.name)}: {money_word()} per cell",
    )
    pictures = tuple(
        heat_map(
            f"{slug}-{number + 1}",
            title,
            caption,
            cells,
            run.labels,
            run.decisions,
            dollars=dollars,
        )
        for slug, title, caption, cells, dollars in (
            ("cases", titles[0], "Rows the truth, columns the decision.", counts, False),
            (
                "cells",
                titles[1],
                f"{money_word(True)} lost in all; empty: nothing, or a gain.",
                lost,
                True,
            ),
        )
    )
    tables: tuple[Table, ...] = ()
    if len(run.labels) <= TABLE_UP_TO:
        numbers = [[f"{count:,.0f}" for count in row] for row in counts]
        dollars = [[money(amount + 0.0) for amount in row] for row in model.cell_dollars]
        tables = (
            heat_table(counts, run.labels, run.decisions, numbers, titles[0], "counts"),
            heat_table(lost, run.labels, run.decisions, dollars, titles[1]),
        )
    return Matrices(
        model.name,
        tables,
        pictures,
        mistake_tables.dear_confusions(run, model),
        mistake_tables.dear_classes(run, model),
    )


def _scores(run: RunData, model: ModelData, number: int, boundaries: list[float]) -> Scores:
    if run.binary:
        chart = score_charts.scores(run, model, f"scores-{number + 1}", boundaries)
    else:
        margins = evidence.margins(evidence.expected_dollars(model.stated, run.known))
        chart = score_charts.margin_histogram(model, f"margins-{number + 1}", margins)
    return Scores(model.name, chart, close_calls.table(run, model, boundaries))


def _cost_matrix(run: RunData) -> dict[str, Any]:
    """The matrix that judged, as a table or as a picture."""
    (costs,) = by_case(run.matrix.dollar_costs({name: np.zeros(1) for name in run.matrix.columns}))
    title = f"{quoted(run.matrix.name)}: {money_word()} per case"
    if len(run.labels) <= TABLE_UP_TO:
        texts = mistake_tables.cost_texts(run, -costs)
        table = heat_table(costs, run.labels, run.decisions, texts, title)
        return {"cost_table": table, "cost_chart": None}
    caption = "What each decision costs, rows the truth; empty: nothing, or a gain."
    if run.matrix.column_costs:
        caption += " Parts that depend on the case are not in the colours."
    chart = heat_map("cost-matrix", title, caption, costs, run.labels, run.decisions, dollars=True)
    return {"cost_table": None, "cost_chart": chart}


def _training_costs(run: RunData) -> list[Table]:
    """What each loss was given, where it fits a table."""
    if len(run.labels) > TABLE_UP_TO:
        return []
    tables = []
    for model in run.models:
        if model.metrics["training_costs"] is None:
            continue
        cells: FloatArray = np.array(model.metrics["training_costs"], dtype=np.float64)
        texts = [[f"{cell:.6g}" for cell in row] for row in cells]
        title = f"{quoted(model.name)}: relative costs the loss was given"
        tables.append(heat_table(cells, run.labels, run.labels, texts, title))
    return tables


def _versions(run: RunData) -> Iterator[tuple[str, str]]:
    for name, version in run.metrics["versions"].items():
        if name == "plugins":
            yield from ((f"plugin {plugin}", number) for plugin, number in version.items())
        else:
            yield name, str(version)


def _main_charts(content: dict[str, Any]) -> Iterator[Chart]:
    """The charts of the page; of confusion matrices, those of the served model alone."""
    yield content["intervals"]
    yield from content["matrices"][0].charts
    yield from (scores.chart for scores in content["scores"])
    yield from content["curves"]
    if content["cost_chart"] is not None:
        yield content["cost_chart"]
