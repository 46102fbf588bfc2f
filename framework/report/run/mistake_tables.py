"""Tables of mistakes: which ones, of which classes, at what price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.cost_matrix_columns import AFTERWARDS, ColumnCost
from framework.core.words import decimal, money, money_sign, money_word, percent, quoted
from framework.experiment.stored_run import ModelData, RunData
from framework.report.run import evidence
from framework.report.tables import Table

TOP = 10
_MEASURES = ("precision", "recall", "f1")


def changes(run: RunData) -> Table | None:
    """Which mistakes pay for which: the served model against the baseline; None if they are one."""
    best, baseline = run.served, run.baseline
    if best is baseline:
        return None
    rows = [
        (
            run.labels[i],
            run.decisions[j],
            f"{baseline.confusion_matrix[i, j]:,}",
            f"{best.confusion_matrix[i, j]:,}",
            money(best.cell_dollars[i, j] - baseline.cell_dollars[i, j], sign=True),
        )
        for i, j in evidence.top_changes(baseline.cell_dollars, best.cell_dollars, TOP)
    ]
    return Table(
        (
            "truth",
            "decided",
            f"cases, {baseline.name}",
            f"cases, {best.name}",
            f"change in {money_sign()}",
        ),
        tuple(rows),
        f"Where {quoted(best.name)} gains and gives away {money_word()} against {quoted(baseline.name)}: "
        f"the {len(rows)} cells of the confusion matrix that move the most",
        words=2,
    )


def dear_confusions(run: RunData, model: ModelData) -> Table:
    """The mistakes that lose the most dollars."""
    rows = [
        (
            run.labels[i],
            run.decisions[j],
            f"{model.confusion_matrix[i, j]:,}",
            money(model.cell_dollars[i, j]),
            percent(model.cell_dollars[i, j] / model.cell_dollars.sum()),
        )
        for i, j in evidence.top_pairs(model.cell_dollars, TOP)
    ]
    caption = f"{quoted(model.name)}: the dearest confusions"
    return Table(
        ("truth", "decided", "cases", f"{money_sign()} in all", "of all"),
        tuple(rows),
        caption,
        words=2,
    )


def dear_classes(run: RunData, model: ModelData) -> Table:
    """Classes by dollars, right decisions included."""
    counts, dollars = model.confusion_matrix.sum(axis=1), model.cell_dollars.sum(axis=1)
    rows = [
        (
            run.labels[k],
            f"{counts[k]:,}",
            money(dollars[k]),
            money(dollars[k] / counts[k]),
        )
        for k in np.argsort(dollars, kind="stable")
        if counts[k]
    ]
    return Table(
        ("truth", "cases", f"{money_sign()} in all", f"{money_sign()} per case"),
        tuple(rows[:TOP]),
        f"{quoted(model.name)}: classes by {money_word()}, right decisions included",
        folded=tuple(rows[TOP:]),
    )


def classification(run: RunData, model: ModelData) -> Table:
    """Precision, recall, F1 and support, and their means; of many classes, the weakest first.

    A referred case is no mistake, and counted apart.
    """
    measures: Mapping[str, Any] = model.metrics["per_class"]
    labels = list(run.labels)
    referral = run.matrix.refer is not None
    referred = model.confusion_matrix[:, len(labels) :].sum(axis=1)
    order = ""
    if len(labels) > TOP:
        labels.sort(
            key=lambda label: (measures[label]["recall"] is None, measures[label]["recall"] or 0)
        )
        order = "; the lowest recall first"
    rows = [
        (
            label,
            *(decimal(measures[label][key]) for key in _MEASURES),
            f"{measures[label]['support']:,}",
            *((f"{referred[run.labels.index(label)]:,}",) if referral else ()),
        )
        for label in labels
    ]
    means = [_mean([measures[label][key] for label in labels]) for key in _MEASURES]
    total = (f"{referred.sum():,}",) if referral else ()
    shown = [*rows[:TOP], ("mean over classes", *means, f"{len(run.y_true):,}", *total)]
    return Table(
        ("class", "precision", "recall", "F1", "cases", *(("referred",) if referral else ())),
        tuple(shown),
        f"{quoted(model.name)}: accuracy {percent(model.metrics['accuracy'])}"
        f"{' of the decided cases' if referral else ''}, "
        f"AUC {decimal(model.metrics['auc'])}{order}",
        quiet=(len(shown) - 1,),
        folded=tuple(rows[TOP:]),
    )


def cost_texts(run: RunData, dollars: FloatArray) -> list[list[str]]:
    """What each cell of the matrix brings, with what it takes from the data."""
    texts = [[money(value + 0.0) for value in row] for row in dollars.tolist()]
    for cost in run.matrix.column_costs:
        i, j = run.labels.index(cost.true), run.labels.index(cost.predicted)
        texts[i][j] = _of_column(cost, texts[i][j], run.matrix.dollars_per_unit)
    return texts


def _mean(values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    return decimal(float(np.mean(known)) if known else None)


def _of_column(cost: ColumnCost, constant: str, dollars_per_unit: float) -> str:
    term = f"{money(-cost.factor * dollars_per_unit)} x {cost.column}"
    later = " (known afterwards)" if cost.known == AFTERWARDS else ""
    return f"{term}{later}" if constant == money(0.0) else f"{constant} and {term}{later}"
