"""How far stated probabilities are from what happens, in ten bins; and how sure that is.

The expected calibration error is the mean of ``|stated - happened|`` over bins of equal width, weighted by
cases (Naeini, Cooper, Hauskrecht 2015). It is never 0, however well a model is calibrated: chance alone
leaves a gap in each bin. Its interval knows that. With ``d`` (10,) the true gaps by bin and ``e`` what
chance adds to them, the triangle inequality gives ``|d| >= |d + e| - |e|``, and ``|d| <= |d + e| - s e``
with ``s`` the signs of ``d``: the quantiles of ``|e|`` and of ``s e`` are the distances to its limits.
``e`` is taken for normal, with the covariance of the cases, or of groups of them, and at least that of
``p (1 - p)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import BoolArray, FloatArray, IntArray
from framework.core.uncertainty.intervals import FEWEST, Interval

BINS = 10
DRAWS, SEED = 2000, 0  # of what chance adds


@dataclass(frozen=True, eq=False)
class Reliability:
    """Stated probability, observed share and cases, (10,) each; empty bins are NaN.

    ``expected_calibration_error`` is the mean gap between the two, weighted by cases.
    """

    stated: FloatArray
    observed: FloatArray
    counts: IntArray
    expected_calibration_error: float


def reliability(
    probabilities: FloatArray, happened: BoolArray, weights: FloatArray | None = None
) -> Reliability:
    """How often what was given ``probabilities`` (n,) happened, in ten bins of equal width.

    ``weights`` (n,) are the cases that each stands for (default: one); counts are of the cases at hand.
    """
    weights = np.ones(len(probabilities)) if weights is None else weights
    bins = bins_of(probabilities)
    counts = np.bincount(bins, minlength=BINS)
    weighed = np.bincount(bins, weights=weights, minlength=BINS)
    with np.errstate(invalid="ignore"):
        stated = np.bincount(bins, weights=weights * probabilities, minlength=BINS) / weighed
        observed = np.bincount(bins, weights=weights * happened, minlength=BINS) / weighed
    gap = float(np.nansum(np.abs(stated - observed) * weighed) / weighed.sum())
    return Reliability(stated, observed, counts, gap)


def bins_of(probabilities: FloatArray) -> IntArray:
    """The bin, from 0 to 9, of each of ``probabilities`` (n,)."""
    return np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)


def looked_at(probabilities: FloatArray, y_true: IntArray) -> tuple[FloatArray, BoolArray]:
    """Of ``probabilities`` (n, N) those whose calibration is told (n,), and whether it happened.

    Of two classes those of the second, else those of the likeliest (Guo and others 2017).
    """
    if probabilities.shape[1] == 2:
        return probabilities[:, 1], y_true == 1
    return probabilities.max(axis=1), probabilities.argmax(axis=1) == y_true


def calibration_error(
    probabilities: FloatArray,
    happened: BoolArray,
    weights: FloatArray | None = None,
    groups: NDArray[Any] | None = None,
    level: float = 0.95,
) -> Interval:
    """The expected calibration error of cases (n,), with its interval; groups are one observation.

    ``standard_error`` is that of the signed sum of gaps.

    Examples
    --------
    >>> found = calibration_error(np.repeat([0.2, 0.7], 100), np.arange(200) % 5 == 0)
    >>> round(found.mean, 2), found.low > 0.15
    (0.25, True)
    """
    weights = np.ones(len(probabilities)) if weights is None else weights / weights.mean()
    bins, n = bins_of(probabilities), len(probabilities)
    in_bin = np.zeros((n, BINS))
    in_bin[np.arange(n), bins] = weights
    gaps = in_bin * (probabilities - happened)[:, None]
    mean = gaps.mean(axis=0)
    error = float(np.abs(mean).sum())
    of_case = (gaps - weights[:, None] * mean) / n
    if groups is not None:
        _, of_group = np.unique(groups, return_inverse=True)
        totals = np.zeros((int(of_group.max()) + 1, BINS))
        np.add.at(totals, of_group, of_case)
        of_case = totals
    observed = len(of_case)
    if observed < FEWEST:
        return Interval(error, None, None, None, observed)
    covariance = of_case.T @ of_case * observed / (observed - 1)
    least = (in_bin**2 * (probabilities * (1 - probabilities))[:, None]).sum(axis=0) / n**2
    covariance += np.diag(np.maximum(least - np.diag(covariance), 0.0))
    added = np.random.default_rng(SEED).standard_normal((DRAWS, BINS)) @ _square_root(covariance)
    tail = (1 + level) / 2
    most_added = float(np.quantile(np.abs(added).sum(axis=1), tail))
    signs = np.where(mean < 0, -1.0, 1.0)
    deviation = float(np.sqrt(max(signs @ covariance @ signs, np.trace(covariance))))
    return Interval(
        error,
        max(0.0, error - most_added),
        min(1.0, error + NormalDist().inv_cdf(tail) * deviation),
        deviation,
        observed,
    )


def _square_root(covariance: FloatArray) -> FloatArray:
    """``root`` so that normal draws times it have that covariance."""
    values, vectors = np.linalg.eigh(covariance)
    found: FloatArray = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
    return found
