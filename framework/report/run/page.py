"""report.html: a run on one page, for a manager's desk and a statistician's questions.

Made from the files of the run folder alone, without TensorFlow, and complete in itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.files import REPORT
from framework.core.slicing.slices import found_in_words
from framework.core.words import currency, quoted
from framework.experiment.stored_runs.prevalence_curve import PrevalenceCurve
from framework.experiment.stored_runs.prevalence_curve_words import in_words
from framework.experiment.stored_runs.ranges_of_run import ranges_for_page
from framework.experiment.stored_runs.run_data import ModelData, RunData
from framework.experiment.stored_runs.stored_run import read_run
from framework.report.cost_matrix import (
    costs_chart,
    costs_table,
    induced_costs_table,
    training_costs_table,
)
from framework.report.figures import Chart
from framework.report.rendering import html_page, write_page
from framework.report.run.choice_tables import (
    ladder_table,
    methods_table,
    steps_table,
    trials_table,
)
from framework.report.run.cost_ranges import (
    models_table as models_under_ranges,
)
from framework.report.run.cost_ranges import numbers_table, sentences, ways_table
from framework.report.run.decision_curves import decision_curve_table
from framework.report.run.dollar_charts import intervals_chart
from framework.report.run.headline import headline
from framework.report.run.mistake_tables import (
    changes_table,
    classification_table,
)
from framework.report.run.model_tables import mistakes_table, models_table, rivals_table
from framework.report.run.models_in_full import (
    TABLE_UP_TO,
    changing_scores,
    curves_of,
    matrices_of,
    models_in_full,
    scores_of,
)
from framework.report.run.movable import panel
from framework.report.run.prevalence import prevalence_chart, shares_table
from framework.report.run.regret_chart import regret_chart
from framework.report.run.regret_parts import regret_table
from framework.report.run.slice_charts import slices_chart
from framework.report.run.slices import gaps_table, trust_table
from framework.report.run.whole_test_part import whole_table
from framework.report.tables import Table

# And nobody moves its cells: a page with the costs of more would be tens of megabytes.
MOVABLE_UP_TO = 200


def write_report(run_dir: Path, plots: bool = False) -> Path:
    """Write ``report.html`` into the folder of a run, and with ``plots`` its charts as ``plots/*.png``.

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
    with currency(*run.matrix.money):
        return _write(run, run_dir, plots)


def _write(run: RunData, run_dir: Path, plots: bool) -> Path:
    content = _content(run)
    page = html_page("report.html.j2", content)
    return write_page(run_dir / REPORT, page, _main_charts(content) if plots else ())


def _content(run: RunData) -> dict[str, Any]:
    """All that the template shows."""
    full = models_in_full(run)
    changing = {model.name: changing_scores(run, model) for model in full}
    return {
        "run": run,
        "headline": headline(run),
        "warnings": run.metrics["warnings"],
        "intervals": intervals_chart(run),
        "models": models_table(run),
        "against_rivals": rivals_table(run),
        "steps": steps_table(run),
        "regret": regret_table(run),
        "regret_chart": regret_chart(run),
        "measures": mistakes_table(run),
        "methods": methods_table(run),
        "changes": changes_table(run),
        "left_out": [model.name for model in run.models if model not in full],
        "matrices": [matrices_of(run, model, i) for i, model in enumerate(full)],
        **_slices(run, full),
        "scores": [scores_of(run, model, i, changing[model.name]) for i, model in enumerate(full)],
        "reports": []
        if run.matrix.actions
        else [classification_table(run, model) for model in run.models],
        "curves": curves_of(run, full, changing),
        "net_benefit": decision_curve_table(run),
        "ladders": [table for model in run.models if (table := ladder_table(model))],
        "trials": [table for model in run.models if (table := trials_table(model))],
        **_cost_matrix(run),
        **_prevalence(run),
        **_ranges(run),
        "training": _training_costs(run),
        "panel": panel(run) if len(run.labels) <= MOVABLE_UP_TO else None,
        "command": run.command(),
        "python_matrices": run.given_in_python,
        "versions": _versions(run),
        "class_counts": np.bincount(run.y_true, minlength=len(run.labels)).tolist(),
    }


def _slices(run: RunData, models: list[ModelData]) -> dict[str, Any]:
    """Who pays for the mistakes, where the run was sliced: sentences of the served model, tables of all."""
    served = run.served.metrics.get("slices")
    if served is None:
        return {"slices": None}
    tables = [
        table(model.metrics["slices"], model.name)
        for model in models
        for table in (gaps_table, trust_table)
    ]
    return {
        "slices": slices_chart(served, run.served.name),
        "slices_in_words": list(found_in_words(served)),
        "slice_tables": tables,
    }


def _cost_matrix(run: RunData) -> dict[str, Any]:
    """The matrix that judged, as a table or as a picture."""
    if len(run.labels) <= TABLE_UP_TO:
        return {"cost_table": costs_table(run.matrix), "cost_chart": None}
    return {"cost_table": None, "cost_chart": costs_chart(run.matrix, run.label_groups)}


def _prevalence(run: RunData) -> dict[str, Any]:
    """The population that is meant, and dollars where it is another one."""
    curve = PrevalenceCurve.of(run)
    return {
        "shares": shares_table(run),
        "whole": whole_table(run),
        "prevalence": None if curve is None else prevalence_chart(curve),
        "prevalence_in_words": [] if curve is None else in_words(curve),
    }


def _ranges(run: RunData) -> dict[str, Any]:
    """The models under all plausible costs, where the matrix has ranges."""
    found = ranges_for_page(run)
    if found is None:
        return {"ranges": [], "ranges_in_words": []}
    tables = [models_under_ranges(found), numbers_table(found), ways_table(found)]
    return {"ranges": tables, "ranges_in_words": sentences(found)}


def _training_costs(run: RunData) -> list[Table]:
    """What each loss was given, where it fits a table."""
    if len(run.labels) > TABLE_UP_TO:
        return []
    tables = [induced_costs_table(run.matrix)] if run.matrix.actions else []
    for model in run.models:
        if model.metrics["training_costs"] is None:
            continue
        weights: FloatArray = np.array(model.metrics["training_costs"], dtype=np.float64)
        title = f"{quoted(model.name)}: relative costs the loss was given"
        tables.append(training_costs_table(run.labels, weights, title))
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
    if content["regret_chart"] is not None:
        yield content["regret_chart"]
    yield from content["matrices"][0].charts
    yield from (scores.chart for scores in content["scores"])
    yield from content["curves"]
    if content["slices"] is not None:
        yield content["slices"]
    if content["prevalence"] is not None:
        yield content["prevalence"]
    if content["cost_chart"] is not None:
        yield content["cost_chart"]
