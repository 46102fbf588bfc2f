"""Classifiers of scikit-learn's kind, fitted."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.fitted_estimator import FittedEstimator, one_thread


def fit(
    classifier: Any,
    X: np.ndarray,
    y: IntArray,
    n_classes: int,
    seed: int = 0,
    weights: FloatArray | None = None,
) -> FittedEstimator:
    """``classifier`` fitted on ``X`` (n, d) and class indices ``y`` (n,), its randomness from ``seed``.

    ``weights`` (n,) are handed to its fit, where that takes any.
    """
    started = time.perf_counter()
    draws = [name for name in classifier.get_params() if name.split("__")[-1] == "random_state"]
    classifier.set_params(**dict.fromkeys(draws, seed))
    with one_thread(), warnings.catch_warnings():
        # A linear model that is stopped before its last digit, or a class with few cases, is no news.
        warnings.simplefilter("ignore")
        classifier.fit(X, y, **({} if weights is None else _weighted(classifier, weights)))
    return FittedEstimator(classifier, n_classes, time.perf_counter() - started)


def _weighted(classifier: Any, weights: FloatArray) -> Mapping[str, FloatArray]:
    from sklearn.utils.validation import has_fit_parameter

    steps = getattr(classifier, "steps", None)  # of a pipeline, the last is the classifier
    name, last = steps[-1] if steps else ("", classifier)
    if not has_fit_parameter(last, "sample_weight"):
        return {}
    return {f"{name}__sample_weight" if steps else "sample_weight": weights}
