"""Features as linear models and kernels want them: scikit-learn transformers, fitted in each fold."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from scipy.special import ndtri
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from framework.core.arrays import FloatArray

# Where a standardised value is bent: beyond some four deviations it hardly counts for more.
BEND = 4.0
# Columns of fewer values than this are levels, whose ranks say nothing more.
FEWEST_VALUES = 10
MOST_QUANTILES = 1000


class SmoothClip(TransformerMixin, BaseEstimator):
    """Standardised features, ``z / sqrt(1 + (z / 4)^2)``: what is far out does not pull.

    With ``ranks``, columns of many values come a second time as normal scores of their ranks, so that
    a linear model need not choose between a value and its rank.

    Parameters
    ----------
    ranks : bool
        Whether normal scores are added.
    """

    def __init__(self, ranks: bool = False) -> None:
        self.ranks = ranks

    def fit(self, X: Any, y: Any = None) -> Self:
        X = validate_data(self, X, dtype=np.float64)
        self.offset_ = X.mean(axis=0)
        deviation = X.std(axis=0)
        self.scale_ = np.where(deviation > 1e-12 * np.abs(self.offset_), deviation, 1.0)
        self.ranked_ = np.zeros(0, np.int64)
        if self.ranks:
            many = [len(np.unique(column)) > FEWEST_VALUES for column in X.T]
            self.ranked_ = np.flatnonzero(many)
        n = min(len(X), MOST_QUANTILES)
        # Of the k-th of n values, (k + 1/2) / n of the cases are below it.
        self.at_ = (np.arange(n) + 0.5) / n
        self.quantiles_ = np.quantile(X[:, self.ranked_], self.at_, axis=0)
        return self

    def transform(self, X: Any) -> FloatArray:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        z = (X - self.offset_) / self.scale_
        clipped = z / np.sqrt(1 + np.square(z / BEND))
        if not len(self.ranked_):
            return clipped
        scores = [
            ndtri(self._share_below(X[:, column], self.quantiles_[:, k]))
            for k, column in enumerate(self.ranked_)
        ]
        return np.column_stack([clipped, *scores])

    def _share_below(self, values: FloatArray, quantiles: FloatArray) -> FloatArray:
        """Mid-ranks: a value that many cases have lies in their middle."""
        up = np.interp(values, quantiles, self.at_)
        down = 1 - np.interp(-values, -quantiles[::-1], self.at_)
        share: FloatArray = (up + down) / 2
        return share
