"""Counts times costs: what a set of decisions is worth in dollars, beside the classical measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from framework.core.arrays import BoolArray, FloatArray, IntArray
from framework.core.case_costs import case_costs, costs_of_truths, depend_on_case
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_cells import cheapest_of_row
from framework.core.costs.prevalence import case_weights
from framework.core.errors import DataError

CHUNK = 65_536  # cases counted at once: they fit into a processor's cache


@dataclass(frozen=True)
class ClassMeasures:
    """Of one class, over its decided cases: a referral to a person is no mistake.

    Precision is None when the class was never predicted, recall when none of its ``support`` cases
    was decided; ``referred`` of them were not. All are None where decisions are actions, no classes.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    referred: int = 0


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How decisions on n cases turned out. Dollars: negative = a loss.

    ``confusion_matrix`` and ``cell_dollars`` are (N, M): rows the truth, columns the decision,
    the last of which may be "refer". ``accuracy`` is that of the decided cases, None without any, or
    where the decision is an action; ``referred`` counts the others.
    """

    confusion_matrix: IntArray
    cell_dollars: FloatArray
    dollars_total: float
    dollars_per_case: float
    accuracy: float | None
    referred: int
    auc: float | None
    per_class: dict[str, ClassMeasures]


def confusion_matrix(y_true: np.ndarray, decisions: np.ndarray, shape: tuple[int, int]) -> IntArray:
    """Counts of ``shape`` (N, M), rows the truth, columns the decision.

    In chunks: memory does not grow with the number of cases.
    """
    counts = np.zeros(shape, dtype=np.int64)
    for _, cells in _in_chunks(y_true, decisions, shape[1]):
        counts += np.bincount(cells, minlength=counts.size).reshape(shape)
    return counts


def _in_chunks(
    y_true: np.ndarray, decisions: np.ndarray, n_decisions: int
) -> Iterator[tuple[slice, IntArray]]:
    """A few cases at once: which, and each one's cell, counted along the rows."""
    y_true, decisions = np.asarray(y_true), np.asarray(decisions)
    for start in range(0, len(y_true), CHUNK):
        chunk = slice(start, start + CHUNK)
        # Indices may come in bytes, which hold no product of two.
        yield chunk, y_true[chunk].astype(np.int64) * n_decisions + decisions[chunk]


def evaluate(
    y_true: np.ndarray,
    decisions: np.ndarray,
    matrix: CostMatrix,
    probabilities: np.ndarray | None = None,
    columns: Mapping[str, np.ndarray] | None = None,
    target: FloatArray | None = None,
) -> Evaluation:
    """Judge ``decisions`` (n,) on cases with truths ``y_true`` (n,) by ``matrix``.

    ``probabilities`` (n, N) are needed for the AUC alone (binary: of the positive class;
    N > 2: mean over one-vs-rest; None when a class does not occur among the cases).
    ``columns`` are the data columns that the costs depend on, if they do. With the shares ``target``
    (N,) of the classes in a population, dollars, accuracy and precision are those there; the counts and
    the AUC stay those of the cases.
    """
    if len(y_true) == 0:
        raise DataError("there are no cases to evaluate")
    costs = matrix.dollar_costs(columns)
    counts, cells = counts_and_dollars(y_true, decisions, costs)
    weights = case_weights(y_true, len(counts), target)[:, None]
    cells, weighted = weights * cells, counts if target is None else weights * counts
    total = float(cells.sum())
    return Evaluation(
        confusion_matrix=counts,
        cell_dollars=cells,
        dollars_total=total,
        dollars_per_case=total / len(y_true),
        accuracy=accuracy(weighted, matrix),
        referred=int(counts[:, len(matrix.acts) :].sum()),
        auc=None if probabilities is None else auc(y_true, probabilities),
        per_class=class_measures(counts, matrix, weights),
    )


def counts_and_dollars(
    y_true: np.ndarray, decisions: np.ndarray, costs: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Cases and dollars (negative = a loss) by cell (N, M), rows the truth; ``costs`` (N, M) or (n, N, M)."""
    shape = costs.shape[-2:]
    counts = confusion_matrix(y_true, decisions, shape)
    if not depend_on_case(costs):
        return counts, np.asarray(counts * -costs)
    dollars = -case_costs(y_true, decisions, costs)
    return counts, _cell_dollars(y_true, decisions, dollars, shape)


def _cell_dollars(
    y_true: np.ndarray, decisions: np.ndarray, dollars: FloatArray, shape: tuple[int, int]
) -> FloatArray:
    """Sums (N, M) of the cases' ``dollars`` (n,) by cell.

    In chunks: one running sum of 10^8 cases would be off by 2 in 10^9.
    """
    cells = np.zeros(shape)
    for chunk, of_cases in _in_chunks(y_true, decisions, shape[1]):
        cells += np.bincount(of_cases, dollars[chunk], cells.size).reshape(shape)
    return cells


def accuracy(counts: np.ndarray, matrix: CostMatrix) -> float | None:
    """Share of right ones among the decided cases, from the confusion matrix (N, M); None of none.

    Cases in a last column "refer" are left out: whoever refers everything decides nothing wrong,
    and nothing right. Of actions none is a class, and could be accurate: None.
    """
    if matrix.actions:
        return None
    decided = counts[:, : len(counts)].sum()
    return float(np.trace(counts) / decided) if decided else None


def right_of_cases(
    y_true: np.ndarray,
    decisions: np.ndarray,
    matrix: CostMatrix,
    columns: Mapping[str, np.ndarray] | None = None,
) -> BoolArray:
    """Which decisions (n,) are no mistake: the class is the truth; the action, the cheapest for it.

    A referral never is. ``columns`` as of ``evaluate``.
    """
    if not matrix.actions:
        same: BoolArray = np.asarray(decisions == y_true)
        return same
    costs = costs_of_truths(y_true, matrix.dollar_costs(columns))[:, : matrix.n_actions]
    cheapest = np.column_stack([cheapest_of_row(costs), np.zeros(len(costs), dtype=bool)])
    right: BoolArray = cheapest[np.arange(len(costs)), decisions]
    return right


def class_measures(
    counts: np.ndarray, matrix: CostMatrix, weights: np.ndarray | float = 1.0
) -> dict[str, ClassMeasures]:
    """Precision, recall, F1 and support of every class, from the confusion matrix (N, M) alone.

    ``weights`` (N, 1) are what each class's cases stand for; the support counts the cases.
    """
    measures = {}
    weighted = weights * counts
    for k, label in enumerate(matrix.labels):
        if matrix.actions:
            referred = int(counts[k, matrix.n_actions :].sum())
            measures[label] = ClassMeasures(None, None, None, int(counts[k].sum()), referred)
            continue
        hits, predicted = float(weighted[k, k]), float(weighted[:, k].sum())
        decided = float(weighted[k, : len(matrix.acts)].sum())
        measures[label] = ClassMeasures(
            precision=hits / predicted if predicted else None,
            recall=hits / decided if decided else None,
            f1=2 * hits / (predicted + decided) if predicted + decided else None,
            support=int(counts[k].sum()),
            referred=int(counts[k, len(matrix.acts) :].sum()),
        )
    return measures


def auc(y_true: np.ndarray, probabilities: np.ndarray) -> float | None:
    """Area under the ROC curve (one-vs-rest mean for N > 2), or None if a class is absent."""
    n_classes = probabilities.shape[1]
    counts = np.bincount(y_true, minlength=n_classes)
    if (counts == 0).any():
        return None
    areas = []
    for k in [1] if n_classes == 2 else range(n_classes):
        # Of all pairs of a case of the class and another one, the share that is ranked right
        # (Mann and Whitney 1947); equal scores share their ranks.
        ranked = np.sort(probabilities[:, k])
        scores = np.sort(probabilities[y_true == k, k])  # sorted, they are found in one sweep
        first, behind = (np.searchsorted(ranked, scores, side) for side in ("left", "right"))
        own = int(counts[k])
        above = (first + behind + 1).sum() / 2 - own * (own + 1) / 2
        areas.append(above / (own * (len(y_true) - own)))
    return float(np.mean(areas))
