"""Tables of mistakes: which ones, of which classes, at what price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from framework.core.arrays import BoolArray, FloatArray
from framework.core.words import decimal, money, money_sign, money_word, percent, quoted
from framework.experiment.stored_runs.run_data import ModelData, RunData
from framework.report.tables import Table, heat_table

TOP = 10
_MEASURES = ("precision", "recall", "f1")


def changes_table(run: RunData) -> Table | None:
    """Which mistakes pay for which: the served model against the baseline; None if they are one."""
    best, baseline = run.served, run.baseline
    if best is baseline:
        return None
    rows = [
        (
            run.labels[i],
            run.decision_labels[j],
            f"{baseline.confusion_matrix[i, j]:,}",
            f"{best.confusion_matrix[i, j]:,}",
            money(best.cell_dollars[i, j] - baseline.cell_dollars[i, j], sign=True),
        )
        for i, j in largest_changes(baseline.cell_dollars, best.cell_dollars, TOP)
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


def confusion_table(run: RunData, model: ModelData) -> Table:
    """Cases in every cell of the confusion matrix."""
    counts = model.confusion_matrix.astype(np.float64)
    texts = [[f"{count:,.0f}" for count in row] for row in counts]
    caption = titles_of_matrices(run, model)[0]
    return heat_table(counts, run.labels, run.decision_labels, texts, caption, "counts")


def dollars_table(run: RunData, model: ModelData) -> Table:
    """Dollars in every cell of the confusion matrix."""
    texts = [[money(amount + 0.0) for amount in row] for row in model.cell_dollars]
    caption = titles_of_matrices(run, model)[1]
    return heat_table(-model.cell_dollars, run.labels, run.decision_labels, texts, caption)


def titles_of_matrices(run: RunData, model: ModelData) -> tuple[str, str]:
    """Of the confusion matrix, and of that in dollars."""
    return (
        f"{quoted(model.name)}: cases per cell",
        f"{quoted(model.name)}: {money_word()} per cell{at_prevalence(run)}",
    )


def at_prevalence(run: RunData) -> str:
    """What dollars in all are of, where they are not of the cases that are counted beside them."""
    if run.judged.target is None:
        return ""
    return ", weighted to the " + ("prevalence" if run.is_moved else "whole test part")


def confusions_table(run: RunData, model: ModelData) -> Table:
    """The mistakes that lose the most dollars."""
    rows = [
        (
            run.labels[i],
            run.decision_labels[j],
            f"{model.confusion_matrix[i, j]:,}",
            money(model.cell_dollars[i, j]),
            percent(model.cell_dollars[i, j] / model.cell_dollars.sum()),
        )
        for i, j in dearest_mistakes(model.cell_dollars, run.matrix.right_decisions, TOP)
    ]
    kind = "mistakes, dearer than the best action" if run.matrix.actions else "confusions"
    caption = f"{quoted(model.name)}: the dearest {kind}{at_prevalence(run)}"
    return Table(
        ("truth", "decided", "cases", f"{money_sign()} in all", "of all"),
        tuple(rows),
        caption,
        words=2,
    )


def classes_table(run: RunData, model: ModelData) -> Table:
    """Classes by dollars, right decisions included."""
    counts, dollars = model.confusion_matrix.sum(axis=1), model.cell_dollars.sum(axis=1)
    rows = [
        (
            run.labels[k],
            f"{counts[k]:,}",
            money(dollars[k]),
            money(dollars[k] / (run.judged.weights[k] * counts[k])),
        )
        for k in np.argsort(dollars, kind="stable")
        if counts[k]
    ]
    return Table(
        ("truth", "cases", f"{money_sign()} in all", f"{money_sign()} per case"),
        tuple(rows[:TOP]),
        f"{quoted(model.name)}: classes by {money_word()}, "
        f"{'best actions' if run.matrix.actions else 'right decisions'} included",
        folded=tuple(rows[TOP:]),
    )


def classification_table(run: RunData, model: ModelData) -> Table:
    """Precision, recall, F1 and support, and their means; of many classes, the weakest first.

    A referred case is no mistake, and counted apart. For a run that decides for classes.
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
    return Table(
        ("class", "precision", "recall", "F1", "cases", *(("referred",) if referral else ())),
        tuple(rows[:TOP]),
        f"{quoted(model.name)}: accuracy {percent(model.metrics['accuracy'])}"
        f"{' of the decided cases' if referral else ''}, "
        f"AUC {decimal(model.metrics['auc'])}{order}",
        foot=(("mean over classes", *means, f"{len(run.y_true):,}", *total),),
        folded=tuple(rows[TOP:]),
    )


def largest_changes(before: FloatArray, after: FloatArray, limit: int) -> list[tuple[int, int]]:
    """Cells (truth, decision) whose dollars moved the most, either way."""
    return _largest(np.abs(after - before), limit)


def dearest_mistakes(
    cell_dollars: FloatArray, right: BoolArray, limit: int
) -> list[tuple[int, int]]:
    """The mistakes (truth, decision) that lose the most dollars, dearest first.

    ``right`` (N, M) are the cells that are none.
    """
    return _largest(np.where(right, 0.0, -cell_dollars), limit)


def _largest(cells: FloatArray, limit: int) -> list[tuple[int, int]]:
    """The largest of (N, M), none of them 0 or less."""
    order = np.argsort(-cells, axis=None, kind="stable")[:limit]
    found = [divmod(int(cell), cells.shape[1]) for cell in order]
    return [cell for cell in found if cells[cell] > 0]


def _mean(values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    return decimal(float(np.mean(known)) if known else None)
