"""Thresholds of two classes that are found in data: tuned by cost, or where scores fall apart."""

from __future__ import annotations

import numpy as np

from framework.core.case_costs import costs_of_truths


def tuned_threshold(probabilities: np.ndarray, y: np.ndarray, costs: np.ndarray) -> float:
    """The threshold of least cost on cases not trained on; between two scores, in the middle.

    Of equally cheap thresholds the middle of the widest interval, which moves least from one
    sample to another.
    """
    scores = probabilities[:, 1]
    case_costs = costs_of_truths(y, costs)
    order = np.argsort(scores)
    ordered = scores[order]
    # Cost of calling the k lowest scores negative and the others positive, k = 0 ... n.
    steps = (case_costs[:, 0] - case_costs[:, 1])[order]
    totals = case_costs[:, 1].sum() + np.concatenate([[0.0], np.cumsum(steps)])
    edges = np.concatenate([[0.0], ordered, [1.0]])
    widths = np.diff(edges)
    possible = widths > 0  # a threshold cannot part equal scores
    totals = np.where(possible, totals, np.inf)
    cheapest = np.flatnonzero(totals <= totals.min() + 1e-9 * abs(totals.min()))
    best = cheapest[widths[cheapest].argmax()]
    return float(np.clip((edges[best] + edges[best + 1]) / 2, 1e-9, 1 - 1e-9))


def natural_break(scores: np.ndarray) -> float:
    """Where the scores (n,) fall apart into two groups of least variance: Jenks, two classes.

    Source: Fisher, "On Grouping for Maximum Homogeneity", 1958; Jenks 1967. It does not look at
    labels or costs.
    """
    ordered = np.sort(scores)
    n = np.arange(1, len(ordered))
    sums = np.cumsum(ordered)
    between = sums[:-1] ** 2 / n + (sums[-1] - sums[:-1]) ** 2 / (len(ordered) - n)
    between[np.diff(ordered) <= 0] = -np.inf
    k = int(between.argmax())
    return float((ordered[k] + ordered[k + 1]) / 2)
