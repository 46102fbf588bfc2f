"""Fitted classifiers of scikit-learn's kind, asked for all N classes."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.naive_bayes import GaussianNB

from framework.core.errors import EstimatorError
from framework.core.fitted_estimator import class_probabilities
from framework.training.estimators import fit
from tests.conftest import blobs

X, Y = blobs(120, n_classes=3)


def test_a_class_that_was_never_seen_has_probability_0():
    some = Y != 1
    fitted = fit(GaussianNB(), X[some], Y[some], n_classes=4)
    p = fitted(X)
    assert p.shape == (120, 4)
    np.testing.assert_array_equal(p[:, [1, 3]], 0)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert fitted.classes == (0, 2)


def test_stages_are_what_a_fit_of_so_many_rounds_says():
    def boosted(rounds):
        return fit(HistGradientBoostingClassifier(max_iter=rounds, early_stopping=False), X, Y, 3)

    stages = boosted(9).staged(X, [2, 9])
    assert set(stages) == {2, 9}
    for rounds, told in stages.items():
        np.testing.assert_allclose(told, boosted(rounds)(X), atol=1e-12)


@pytest.mark.parametrize(
    "wrong", [lambda p: 2 * p, lambda p: p - 1, lambda p: np.where(p < 0.5, np.nan, p)]
)
def test_what_are_no_probabilities_is_refused(wrong):
    class Wrong(GaussianNB):
        def predict_proba(self, X):
            return wrong(super().predict_proba(X))

    with pytest.raises(EstimatorError, match="expected probabilities of 3 classes that sum to 1"):
        fit(Wrong(), X, Y, 3)(X)


def test_a_class_that_is_none_of_those_asked_for_is_refused():
    fitted = GaussianNB().fit(X, Y)
    with pytest.raises(EstimatorError, match="GaussianNB tells the class"):
        class_probabilities(fitted, X, np.arange(2))
