"""What a classifier says of cases that it was not fitted on, and the classifier fitted on all."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, check_cv
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import _check_method_params

from framework.core.arrays import BoolArray, FloatArray, IntArray
from framework.core.errors import EstimatorError
from framework.core.fitted_estimator import class_probabilities

Fold = tuple[IntArray, IntArray]


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """A classifier fitted on all cases, and probabilities (n, N) by others that did not see them.

    ``told`` (n,) are the cases that have some: not those whose class no other fold has.
    """

    fitted: Any
    probabilities: FloatArray
    told: BoolArray


def folds_of(cv: Any, X: Any, y: IntArray, groups: Any, seed: int) -> list[Fold]:
    """Positions of training and held-out cases: ``cv`` stratified and shuffled folds, or a splitter's.

    Raises
    ------
    EstimatorError
        When there are not enough cases, or a held-out case is in none of the folds or in several.
    """
    if isinstance(cv, (int, np.integer)) and not isinstance(cv, bool):
        kind = StratifiedKFold if groups is None else StratifiedGroupKFold
        cv = kind(int(cv), shuffle=True, random_state=seed) if cv > 1 else cv
    try:
        splitter = check_cv(cv, y, classifier=True)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="The least populated class")
            folds = [(train, test) for train, test in splitter.split(X, y, groups)]
    except (ValueError, TypeError) as error:
        raise EstimatorError(
            f"cv={cv!r}: {len(y)} cases ({_counted(y)}) cannot be split into folds, by which "
            f"probabilities are calibrated ({error}); expected a number from 2 on, of which one class "
            'has as many cases, a splitter of scikit-learn, or "prefit"'
        ) from error
    times = np.bincount(np.concatenate([test for _, test in folds]), minlength=len(y))
    if times.max() > 1:
        raise EstimatorError(
            f"cv={cv!r}: case {int(times.argmax())} (counting from 0) is held out {times.max()} times; "
            "expected folds in which each case is held out once"
        )
    return folds


def fit_out_of_fold(
    estimator: Any, X: Any, y: np.ndarray, folds: Sequence[Fold], fit_params: Mapping[str, Any]
) -> OutOfFold:
    """Clones of ``estimator`` fitted on each fold's training part, and one on all cases.

    ``y`` (n,) are labels; ``fit_params`` go to ``fit``, those with a value for each case in part.
    """
    classes, encoded = np.unique(y, return_inverse=True)
    probabilities, told = np.zeros((len(y), len(classes))), np.zeros(len(y), dtype=bool)
    for train, test in folds:
        params = _check_method_params(X, fit_params, indices=train)
        fitted = clone(estimator).fit(_safe_indexing(X, train), y[train], **params)
        probabilities[test] = class_probabilities(fitted, _safe_indexing(X, test), classes)
        told[test] = np.isin(encoded[test], encoded[train])
    params = _check_method_params(X, fit_params)
    return OutOfFold(clone(estimator).fit(X, y, **params), probabilities, told)


def _counted(y: IntArray) -> str:
    counts = np.bincount(y)
    return f"{len(counts)} classes of {counts.min()} to {counts.max()}"
