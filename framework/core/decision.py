"""Decision rules: from probabilities to the class that is acted on.

Each takes ``probabilities`` (n, N) and ``costs`` (N, N), rows the truth, in any one unit, and
returns class indices (n,).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def argmax(probabilities: np.ndarray, costs: np.ndarray) -> Indices:
    """The most probable class, whatever it costs; ties go to the first."""
    return probabilities.argmax(axis=1)


def threshold(probabilities: np.ndarray, costs: np.ndarray, threshold: float = 0.5) -> Indices:
    """Two classes: the second (positive) one where its probability is at least ``threshold``."""
    return (probabilities[:, 1] >= threshold).astype(np.int64)


def minimum_expected_cost(probabilities: np.ndarray, costs: np.ndarray) -> Indices:
    """The class with the least expected cost ``sum_i p_i C[i, j]``; ties go to the first.

    The Bayes decision for calibrated probabilities. Source: Elkan 2001, equation 1.
    """
    return (probabilities @ costs).argmin(axis=1)
