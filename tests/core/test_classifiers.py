"""Classifiers of our own: they are scikit-learn's kind, and say what their formulas say."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.kernel_ridge import KernelRidge
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from framework.core.classifiers import (
    KernelLeastSquares,
    MarginClassifier,
    RegularisedDiscriminant,
)
from tests.conftest import blobs

X, Y = blobs(150, n_classes=3)
X = (X - X.mean(axis=0)) / X.std(axis=0)
NEW = np.random.default_rng(0).normal(size=(40, 3))


@parametrize_with_checks([KernelLeastSquares(), MarginClassifier(), RegularisedDiscriminant()])
def test_they_are_classifiers_as_scikit_learn_has_them(estimator, check):
    check(estimator)


@pytest.mark.parametrize(("kernel", "theirs"), [("gaussian", "rbf"), ("laplacian", "laplacian")])
def test_least_squares_are_ridge_regression_of_the_indicators(kernel, theirs):
    own = KernelLeastSquares(kernel, gamma=0.6, alpha=0.5).fit(X, Y)
    shares = np.eye(3)[Y].mean(axis=0)
    ridge = KernelRidge(alpha=0.5, kernel=theirs, gamma=0.6 / 3).fit(X, np.eye(3)[Y] - shares)
    values = np.exp(4 * (ridge.predict(NEW) + shares))
    expected = values / values.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(own.predict_proba(NEW), expected, atol=1e-8)


def test_a_discriminant_is_quadratic_at_one_end_and_linear_at_the_other():
    quadratic = RegularisedDiscriminant(between=0, shrinkage=0).fit(X, Y)
    theirs = QuadraticDiscriminantAnalysis().fit(X, Y)
    np.testing.assert_allclose(quadratic.predict_proba(NEW), theirs.predict_proba(NEW), atol=0.03)
    linear = RegularisedDiscriminant(between=1, shrinkage=0).fit(X, Y)
    theirs = LinearDiscriminantAnalysis(solver="lsqr").fit(X, Y)
    np.testing.assert_allclose(linear.predict_proba(NEW), theirs.predict_proba(NEW), atol=0.03)


def test_a_discriminant_takes_a_class_of_fewer_cases_than_features():
    rng = np.random.default_rng(1)
    few, y = rng.normal(size=(60, 20)), (np.arange(60) >= 57).astype(int)
    few[y == 1, 0] += 5
    p = RegularisedDiscriminant().fit(few, y).predict_proba(few)
    assert np.isfinite(p).all()
    assert p[y == 1, 1].mean() > p[y == 0, 1].mean() + 0.5


@pytest.mark.parametrize("n_classes", [2, 3])
def test_margins_decide_as_the_machine_does(n_classes):
    some = n_classes > Y
    own = MarginClassifier(C=2.0, gamma=0.9).fit(X[some], Y[some])
    machine = SVC(C=2.0, gamma=0.9 / 3).fit(X[some], Y[some])
    np.testing.assert_array_equal(own.predict(NEW), machine.predict(NEW))
