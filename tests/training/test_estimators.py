"""Classifiers of scikit-learn's kind: fitted on class indices."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_info

from framework.core.fitted_estimator import one_thread
from framework.training.estimators import fit
from tests.conftest import blobs

X, Y = blobs(120, n_classes=3)


def test_its_randomness_comes_from_the_seed_in_a_pipeline_too():
    def told(seed):
        forest = make_pipeline(StandardScaler(), RandomForestClassifier(5))
        return fit(forest, X, Y, 3, seed)(X)

    np.testing.assert_array_equal(told(0), told(0))
    assert not np.array_equal(told(0), told(1))


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


class _Meeting(GaussianNB):
    """Fits while another one does, and notes on how many threads BLAS may run once that has ended."""

    def __init__(self, ready=None, go_on=None, var_smoothing=1e-9):
        super().__init__(var_smoothing=var_smoothing)
        self.ready, self.go_on = ready, go_on

    def fit(self, X, y, sample_weight=None):
        self.ready.set()
        assert self.go_on.wait(60)
        self.threads_ = _blas_threads()
        return super().fit(X, y)


def _blas_threads():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_a_fit_that_ends_leaves_the_others_their_one_thread():
    X, y = blobs()
    before = _blas_threads()
    first, second = (_Meeting(Event(), Event()) for _ in range(2))
    with one_thread(), ThreadPoolExecutor(2) as pool:
        ends_first = pool.submit(fit, first, X, y, 2)
        assert first.ready.wait(60)
        ends_last = pool.submit(fit, second, X, y, 2)
        assert second.ready.wait(60)
        first.go_on.set()
        ends_first.result()
        second.go_on.set()
        ends_last.result()
    assert second.threads_ == {1}
    assert _blas_threads() == before
