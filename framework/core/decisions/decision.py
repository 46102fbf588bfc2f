"""Decision rules: from probabilities to the decision that is acted on.

Each takes ``probabilities`` (n, N) and ``costs``, rows the truth, columns the decision, in any
one unit: (N, M), or (n, N, M) where they depend on the case. M is N, or N + 1 when a case may be
referred to a person. They return indices of decisions (n,).
"""

from __future__ import annotations

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import expected_costs

# Dollars above which all cases are referred, or none: costs are smaller.
ALWAYS, NEVER = -1e31, 1e31


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


def referring_above(
    probabilities: np.ndarray, costs: np.ndarray, refer_above: float = 0.0
) -> IntArray:
    """The decision of least expected cost, referred where that is dearer than a referral, the last of
    ``costs``, by more than ``refer_above`` dollars: ALWAYS, NEVER or an amount.

    What a promise decides by (see ``framework.core.evaluation.certifying``).
    """
    expected = expected_costs(probabilities, costs)
    decided = expected[:, :-1].argmin(axis=1)
    dearer = expected[np.arange(len(expected)), decided] - expected[:, -1]
    return np.where(dearer > refer_above, expected.shape[1] - 1, decided)


def minimum_expected_cost(probabilities: np.ndarray, costs: np.ndarray) -> IntArray:
    """The decision with the least expected cost; ties go to the first.

    The Bayes decision for calibrated probabilities. Source: Elkan 2001, equation 1.
    """
    return expected_costs(probabilities, costs).argmin(axis=1)
