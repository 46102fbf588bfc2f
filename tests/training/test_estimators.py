"""Classifiers of scikit-learn's kind: fitted on class indices, asked for all N classes."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from framework.core.errors import EstimatorError
from framework.training.estimators import class_probabilities, fit
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


def test_its_randomness_comes_from_the_seed_in_a_pipeline_too():
    def told(seed):
        forest = make_pipeline(StandardScaler(), RandomForestClassifier(5))
        return fit(forest, X, Y, 3, seed)(X)

    np.testing.assert_array_equal(told(0), told(0))
    assert not np.array_equal(told(0), told(1))


def test_stages_are_what_a_fit_of_so_many_rounds_says():
    def boosted(rounds):
        return fit(HistGradientBoostingClassifier(max_iter=rounds, early_stopping=False), X, Y, 3)

    stages = boosted(9).staged(X, [2, 9])
    assert set(stages) == {2, 9}
    for rounds, told in stages.items():
        np.testing.assert_allclose(told, boosted(rounds)(X), atol=1e-12)


@pytest.mark.parametrize("piped", [False, True])
def test_weights_reach_the_classifier(piped):
    weights = np.where(Y == 2, 50.0, 1.0)
    plain = LogisticRegression()
    asked = make_pipeline(StandardScaler(), plain) if piped else plain
    dear = fit(asked, X, Y, 3, weights=weights)(X)[:, 2].mean()
    assert dear > fit(LogisticRegression(), X, Y, 3)(X)[:, 2].mean() + 0.03


def test_a_classifier_that_takes_no_weights_is_fitted_without():
    fitted = fit(KNeighborsClassifier(3), X, Y, 3, weights=np.ones(len(Y)))
    assert fitted(X).shape == (120, 3)


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
