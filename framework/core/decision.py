"""Decision rules: from probabilities to the decision that is acted on.

Each takes ``probabilities`` (n, N) and ``costs``, rows the truth, columns the decision, in any
one unit: (N, M), or (n, N, M) where they depend on the case. M is N, or N + 1 when a case may be
referred to a person. They return indices of decisions (n,).
"""

from __future__ import annotations

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.costs import costs_of_truths, expected_costs


def argmax(probabilities: np.ndarray, costs: np.ndarray) -> IntArray:
    """The most probable class, whatever it costs; ties go to the first."""
    return probabilities.argmax(axis=1)


def threshold(probabilities: np.ndarray, costs: np.ndarray, threshold: float = 0.5) -> IntArray:
    """Two classes: the second (positive) one where its probability is at least ``threshold``."""
    return (probabilities[:, 1] >= threshold).astype(np.int64)


def margins(expected: np.ndarray) -> FloatArray:
    """How close each call was (n,): between the two best of ``expected`` dollars (n, M)."""
    top = np.partition(expected, -2, axis=1)[:, -2:]
    gap: FloatArray = top.max(axis=1) - top.min(axis=1)
    return gap


def minimum_expected_cost(probabilities: np.ndarray, costs: np.ndarray) -> IntArray:
    """The decision with the least expected cost; ties go to the first.

    The Bayes decision for calibrated probabilities. Source: Elkan 2001, equation 1.
    """
    return expected_costs(probabilities, costs).argmin(axis=1)


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
