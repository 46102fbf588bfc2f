"""A fitted classifier of scikit-learn's kind, asked for the probabilities of all N classes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from framework.core.arrays import FloatArray
from framework.core.errors import EstimatorError

# Some compute in single precision.
ROUNDING = 1e-3


@dataclass(frozen=True, eq=False)
class FittedEstimator:
    """A ``classifier`` fitted on class indices; some of the N classes it may never have seen."""

    classifier: Any
    n_classes: int
    seconds: float = 0.0

    @property
    def classes(self) -> tuple[int, ...]:
        """Indices of the classes that it has seen."""
        return tuple(np.asarray(self.classifier.classes_).tolist())

    def __call__(self, X: np.ndarray) -> FloatArray:
        """Probabilities (n, N) for raw features (n, d)."""
        with one_thread():
            return class_probabilities(self.classifier, X, np.arange(self.n_classes))

    def staged(self, X: np.ndarray, stages: Sequence[int]) -> dict[int, FloatArray]:
        """The same, after each of these numbers of rounds."""
        found: dict[int, FloatArray] = {}
        columns = np.asarray(self.classifier.classes_)
        with one_thread():
            for rounds, told in enumerate(self.classifier.staged_predict_proba(X), start=1):
                if rounds in stages:
                    found[rounds] = np.zeros((len(X), self.n_classes))
                    found[rounds][:, columns] = told
        return found


def class_probabilities(fitted: Any, X: Any, classes: np.ndarray) -> FloatArray:
    """Probabilities (n, N) of a fitted classifier, its columns in the order of ``classes``.

    Raises
    ------
    EstimatorError
        When it knows none of the classes' probabilities, has a class that is none of them, or says what are
        no probabilities.
    """
    given, own = np.asarray(fitted.predict_proba(X), np.float64), np.asarray(fitted.classes_)
    if given.ndim != 2 or given.shape[1] != len(own):
        raise EstimatorError(
            f"{type(fitted).__name__}: expected probabilities of {len(own)} classes, received an array "
            f"of shape {given.shape}"
        )
    unknown = [label for label in own if label not in classes]
    if unknown:
        raise EstimatorError(
            f"{type(fitted).__name__} tells the class {unknown[0]!r}, which is none of {list(classes)}"
        )
    sums = given.sum(axis=1)
    # Not so where a number is not finite.
    fits = (given >= 0) & (given <= 1 + ROUNDING) & (np.abs(sums - 1) <= ROUNDING)[:, None]
    if not fits.all():
        raise EstimatorError(
            f"{type(fitted).__name__}: expected probabilities of {len(own)} classes that sum to 1, received "
            f"some from {given.min():.4g} to {given.max():.4g}, of sums {sums.min():.4g} to {sums.max():.4g}"
        )
    probabilities = np.zeros((len(given), len(classes)))
    probabilities[:, np.searchsorted(classes, own)] = given
    return probabilities


def one_thread() -> AbstractContextManager[Any]:
    """OpenMP and BLAS on one thread: whoever fits many does so on a thread for each core.

    To be held by the thread that starts those, too: BLAS has one number for the whole process, and the first
    fit that ended would put it back for the others, whose sums then differ in their last digit.
    """
    return _pools_of_threads().limit(limits=1)


@cache
def _pools_of_threads() -> ThreadpoolController:
    import sklearn.utils  # noqa: F401 - what is not loaded yet cannot be held to one thread

    return ThreadpoolController()
