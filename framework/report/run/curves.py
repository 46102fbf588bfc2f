"""The curves and points behind the charts, as arrays. Dollars: negative = a loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import costs_of_truths, depend_on_case
from framework.core.decisions.cheapest_regions import regions
from framework.core.evaluation.calibration_error import BINS


def roc_curve(positive: NDArray[np.bool_], scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    """False and true positive rates at every threshold, from (0, 0) to (1, 1)."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(positive[order])
    # Cases of one score move together.
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    true_positives = hits[last]
    false_positives = last + 1 - true_positives
    rates = [
        np.concatenate([[0.0], counts / counts[-1]]) for counts in (false_positives, true_positives)
    ]
    return rates[0], rates[1]


def area(x: FloatArray, y: FloatArray) -> float:
    """Area under a curve given by points, by trapezoids."""
    return float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))


def macro_roc(y_true: IntArray, probabilities: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Mean of the one-vs-rest curves of the classes that occur; None if only one does."""
    grid = np.linspace(0, 1, 201)
    present = np.unique(y_true)
    if len(present) < 2:
        return None
    curves = [np.interp(grid, *roc_curve(y_true == k, probabilities[:, k])) for k in present]
    mean = np.mean(curves, axis=0)
    mean[0] = 0.0
    return grid, mean


def dollar_reliability(
    stated: FloatArray, came: FloatArray, weights: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Mean dollars stated, and come, of cases (n,) in bins of equal stated dollars, (b,) each.

    From the cases that were to cost least to the dearest; a dear case may fill a bin alone.
    ``weights`` (n,) are the cases that each stands for (default: one).
    """
    order = np.argsort(-stated, kind="stable")
    weights = np.ones(len(stated)) if weights is None else weights
    weighed = weights[order]
    size = weighed * np.abs(stated[order])
    if size.sum() == 0:
        whole = [np.array([np.average(of, weights=weights)]) for of in (stated, came)]
        return whole[0], whole[1]
    shares = (np.cumsum(size) - size / 2) / size.sum()
    bins = np.minimum((shares * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(bins, weights=weighed, minlength=BINS)
    kept = counts > 0
    means = [
        np.bincount(bins, weights=weighed * dollars[order], minlength=BINS)[kept] / counts[kept]
        for dollars in (stated, came)
    ]
    return means[0], means[1]


def dollars_by_threshold(
    scores: FloatArray, y_true: IntArray, costs: FloatArray, thresholds: FloatArray
) -> FloatArray:
    """Dollars per case when the second class is decided from each threshold on.

    ``costs`` (2, M), or (n, 2, M), in dollars, positive = bad; a column "refer" is not used.
    """
    of_cases = costs_of_truths(y_true, costs)
    order = np.argsort(scores)
    below = np.searchsorted(scores[order], thresholds, side="left")
    # Costs of calling the k lowest scores negative, and of calling them positive, k = 0 ... n.
    negative, positive = (
        np.concatenate([[0.0], np.cumsum(of_cases[order, decision])]) for decision in (0, 1)
    )
    total: FloatArray = negative[below] + positive[-1] - positive[below]
    return -total / len(y_true)


def boundaries(rule: str, threshold: float | None, costs: FloatArray) -> list[float]:
    """Probabilities of the second class at which a rule's decision changes; [] if it has none.

    Where ``costs`` depend on the case, the least expected cost changes at another one each time.
    """
    if threshold is not None:
        return [threshold]
    if rule == "argmax":
        return [0.5]
    if rule != "minimum_expected_cost" or depend_on_case(costs):
        return []
    return [region.low for region in regions(costs)[1:]]
