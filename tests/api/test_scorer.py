import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.naive_bayes import GaussianNB

from framework import (
    CostMatrix,
    CostMatrixError,
    CostSensitiveClassifier,
    EstimatorError,
    cost_scorer,
)

X, Y = load_iris(return_X_y=True)
COSTS = [[0, 1, 1], [1, 0, 1], [1, 50, 0]]


def test_dollars_of_what_the_estimator_predicts():
    always = DummyClassifier(strategy="constant", constant=1).fit(X, Y)
    # 50 cases at 1, 50 at nothing, 50 at 50.
    assert cost_scorer(COSTS)(always, X, Y) == -17
    assert cost_scorer(COSTS)(always, X, Y, sample_weight=(Y == 2).astype(float)) == -50


def test_probabilities_decide_where_that_is_asked_for():
    nb = GaussianNB().fit(X, Y)
    expected = nb.predict_proba(X) @ np.array(COSTS)
    dollars = -np.array(COSTS)[Y, expected.argmin(axis=1)].mean()
    assert cost_scorer(COSTS, response="predict_proba")(nb, X, Y) == dollars
    assert dollars > cost_scorer(COSTS)(nb, X, Y)
    with pytest.raises(EstimatorError, match="expected one of predict, predict_proba"):
        cost_scorer(COSTS, response="decision")


def test_a_fold_may_lack_a_class_where_labels_are_known():
    two = Y < 2
    nb = GaussianNB().fit(X[two], Y[two])
    with pytest.raises(CostMatrixError, match="3 rows"):
        cost_scorer(COSTS)(nb, X, Y)
    for response in ("predict", "predict_proba"):
        assert cost_scorer(COSTS, labels=[0, 1, 2], response=response)(nb, X, Y) < 0
    named = {0: {1: 1, 2: 1}, 1: {0: 1, 2: 1}, 2: {0: 1, 1: 50}}
    assert cost_scorer(named)(nb, X, Y) == cost_scorer(COSTS, labels=[0, 1, 2])(nb, X, Y)


def test_searches_choose_by_dollars():
    grid = {"estimator__var_smoothing": [1e-9, 10.0]}
    clf = CostSensitiveClassifier(GaussianNB(), cost_matrix=COSTS, cv=3)
    search = GridSearchCV(clf, grid, scoring=cost_scorer(COSTS), cv=3)
    assert clone(search).fit(X, Y).best_params_ == {"estimator__var_smoothing": 1e-9}
    both = GridSearchCV(
        clf,
        grid,
        scoring={"dollars": cost_scorer(COSTS), "accuracy": "accuracy"},
        refit="dollars",
        cv=3,
    ).fit(X, Y)
    assert both.cv_results_["mean_test_dollars"].max() == both.best_score_


def test_costs_of_the_case_are_found_in_a_frame():
    frame = pd.DataFrame(X, columns=list("abcd"))
    costs = {0: {1: 1, 2: 1}, 1: {0: 1, 2: 1}, 2: {0: 1, 1: {"column": "d", "factor": 100}}}
    clf = CostSensitiveClassifier(GaussianNB(), cost_matrix=costs, cv=3)
    scores = cross_val_score(clf, frame, Y, scoring=cost_scorer(costs), cv=3)
    np.testing.assert_allclose(scores, cross_val_score(clf, frame, Y, cv=3))
    told = clf.fit(X, Y, columns={"d": X[:, 3]})
    one, other = (
        cost_scorer(costs)(told, X, Y, columns={"d": X[:, 3]}),
        told.score(X, Y, columns={"d": X[:, 3]}),
    )
    assert one == other


def test_classes_are_scored_by_their_best_actions():
    # 0: nothing to do; 1 and 2: the same is the best.
    acts = {0: {"wait": 0, "cut": 7}, 1: {"wait": 3, "cut": 1}, 2: {"wait": 9, "cut": 2}}
    matrix = CostMatrix.of(acts, actions=["wait", "cut"])
    always = DummyClassifier(strategy="constant", constant=1).fit(X, Y)
    # Cut: 50 cases at 7, 50 at 1, 50 at 2.
    assert cost_scorer(matrix)(always, X, Y) == pytest.approx(-10 / 3)
    clf = CostSensitiveClassifier(GaussianNB(), cost_matrix=matrix).fit(X, Y)
    assert clf.decisions_.tolist() == ["wait", "cut"]
    assert set(clf.predict(X)) == {"wait", "cut"}
    assert clf.expected_costs(X).shape == (150, 2)
    assert cost_scorer(matrix)(clf, X, Y) == pytest.approx(clf.score(X, Y))
