"""Classifiers, each of which fails the check that it is named after."""

import os

from framework import EstimatorSpec, hookimpl


def good(shape):
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression()


def bare(shape):
    class Bare:
        """No classifier: it cannot be fitted."""

    return Bare()


def of_constant(tell):
    """A naive Bayes classifier that says what ``tell`` makes of its probabilities."""
    from sklearn.naive_bayes import GaussianNB

    class Telling(GaussianNB):
        def predict_proba(self, X):
            return tell(super().predict_proba(X))

    return Telling()


def deterministic(shape):
    import numpy as np

    share = np.random.default_rng().uniform(0.1, 0.9)
    return of_constant(lambda p: share * p + (1 - share) / p.shape[1])


def distribution(shape):
    return of_constant(lambda p: 2 * p)


def learns(shape):
    return of_constant(lambda p: p[:, ::-1])


def saved(shape):
    """A class of a function: no file can say where it is."""
    return of_constant(lambda p: p)


def subprocess(shape):
    share = 1 - 1e-3 * (os.getpid() % 500 + 1)
    return of_constant(lambda p: share * p + (1 - share) / p.shape[1])


@hookimpl
def fw_register_models():
    return [
        EstimatorSpec("good_estimator", good),
        EstimatorSpec("bare", bare),
        EstimatorSpec("deterministic_fit", deterministic),
        EstimatorSpec("estimator_distribution", distribution),
        EstimatorSpec("learns", learns),
        EstimatorSpec("estimator_saved", saved),
        EstimatorSpec("estimator_subprocess", subprocess),
    ]
