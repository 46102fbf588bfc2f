"""Classifiers of scikit-learn's kind that scikit-learn has not, for features that are standardised."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics.pairwise import laplacian_kernel, rbf_kernel
from sklearn.svm import SVC
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from framework.core.arrays import FloatArray
from framework.core.decisions.calibration import softmax

# From least squares' values, which are about 0 and 1, and from an SVC's, about -1 and 1, to logits: near
# what calibration comes to, so that they are of use without.
STEEPNESS, OF_MARGINS = 4.0, 2.0
KERNELS = {"gaussian": rbf_kernel, "laplacian": laplacian_kernel}


class _ByProbability(ClassifierMixin, BaseEstimator):
    """What has ``predict_proba`` and decides for the likeliest class."""

    def predict(self, X: Any) -> Any:
        p = self.predict_proba(X)
        return self.classes_[p.argmax(axis=1)]


class KernelLeastSquares(_ByProbability):
    """Ridge regression of the classes' indicators in a kernel; the softmax of four times its values.

    Exact up to rounding, unlike a kernel that is approximated, and takes n^2 memory and n^3 time. Source:
    Rifkin, Yeo, Poggio, "Regularized Least-Squares Classification", 2003.

    Parameters
    ----------
    kernel : "gaussian" or "laplacian"
        ``exp(-gamma |x - z|^2 / d)``, or of the sum of absolute differences.
    gamma : float
        Over the number of features, d.
    alpha : float
        What is added to the kernel's diagonal.
    """

    def __init__(
        self,
        kernel: Literal["gaussian", "laplacian"] = "gaussian",
        gamma: float = 1.0,
        alpha: float = 1.0,
    ) -> None:
        self.kernel, self.gamma, self.alpha = kernel, gamma, alpha

    def fit(self, X: Any, y: Any) -> Self:
        X, y = _checked(self, X, y)
        self.classes_, truths = np.unique(y, return_inverse=True)
        targets = np.eye(len(self.classes_))[truths]
        self.shares_ = targets.mean(axis=0)
        self.cases_ = X
        kernel = self._kernel(X)
        kernel[np.diag_indices_from(kernel)] += self.alpha
        self.coefficients_ = cho_solve(cho_factor(kernel), targets - self.shares_)
        return self

    def predict_proba(self, X: Any) -> FloatArray:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return softmax(STEEPNESS * (self._kernel(X) @ self.coefficients_ + self.shares_))

    def _kernel(self, X: FloatArray) -> FloatArray:
        return KERNELS[self.kernel](X, self.cases_, gamma=self.gamma / X.shape[1])


class RegularisedDiscriminant(_ByProbability):
    """Gaussian classes, their covariances drawn to each other and to a sphere.

    Between quadratic and linear discriminant analysis; also where a class has fewer cases than there are
    features. Source: Friedman, "Regularized Discriminant Analysis", JASA 84, 1989.

    Parameters
    ----------
    between : float
        From each class's own covariance (0) to the pooled one (1).
    shrinkage : float
        From that (0) to a multiple of the unit matrix (1).
    """

    def __init__(self, between: float = 0.3, shrinkage: float = 0.1) -> None:
        self.between, self.shrinkage = between, shrinkage

    def fit(self, X: Any, y: Any) -> Self:
        X, y = _checked(self, X, y)
        self.classes_, truths = np.unique(y, return_inverse=True)
        n, d = X.shape
        counts = np.bincount(truths)
        self.log_priors_ = np.log(counts / n)
        parts = [X[truths == k] for k in range(len(self.classes_))]
        self.means_ = np.stack([part.mean(axis=0) for part in parts])
        own = np.stack(
            [
                (part - mean).T @ (part - mean) / len(part)
                for part, mean in zip(parts, self.means_, strict=True)
            ]
        )
        pooled = np.tensordot(counts / n, own, axes=1)
        mixed = (1 - self.between) * own + self.between * pooled
        sphere = (np.trace(mixed, axis1=1, axis2=2) / d)[:, None, None] * np.eye(d)
        drawn = (1 - self.shrinkage) * mixed + self.shrinkage * sphere
        # A class without any spread gets a little of the unit matrix.
        self.factors_ = np.linalg.cholesky(drawn + 1e-9 * np.eye(d))
        return self

    def predict_proba(self, X: Any) -> FloatArray:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        logits = []
        for prior, mean, factor in zip(self.log_priors_, self.means_, self.factors_, strict=True):
            away = solve_triangular(factor, (X - mean).T, lower=True)
            volume = np.log(np.diag(factor)).sum()
            logits.append(prior - volume - np.square(away).sum(axis=0) / 2)
        return softmax(np.column_stack(logits))


class MarginClassifier(_ByProbability):
    """A support vector machine with a Gaussian kernel; its decision values through a softmax.

    They are no probabilities before they are calibrated, as by Platt 1999; here validation does that.

    Parameters
    ----------
    C : float
        Weight of margins that are missed.
    gamma : float
        Of the kernel, over the number of features.
    """

    def __init__(self, C: float = 1.0, gamma: float = 1.0) -> None:
        self.C, self.gamma = C, gamma

    def fit(self, X: Any, y: Any) -> Self:
        X, y = _checked(self, X, y)
        self.machine_ = SVC(C=self.C, gamma=self.gamma / X.shape[1]).fit(X, y)
        self.classes_ = self.machine_.classes_
        return self

    def predict_proba(self, X: Any) -> FloatArray:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        values = self.machine_.decision_function(X)
        if values.ndim == 1:
            return softmax(np.column_stack([-values, values]))
        return softmax(OF_MARGINS * values)


def _checked(classifier: Any, X: Any, y: Any) -> tuple[FloatArray, Any]:
    X, y = validate_data(classifier, X, y, dtype=np.float64)
    check_classification_targets(y)
    if len(np.unique(y)) < 2:
        raise ValueError(
            f"{type(classifier).__name__}: expected two classes or more, received one class"
        )
    return X, y
