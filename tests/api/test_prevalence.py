"""Another prevalence: of any model's answers, and of a classifier that decides with costs."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from framework import (
    ConfigError,
    CostMatrix,
    CostSensitiveClassifier,
    cost_scorer,
    decide,
    evaluate,
)
from framework.core.costs.prevalence import moved
from tests.conftest import blobs

COSTS = [[0, 1], [5, 0]]
RARE = {"1": 0.02}
X, Y = blobs(400)
RARE_MATRIX = CostMatrix("rare", ("0", "1"), COSTS, prevalence=RARE)


def test_answers_are_judged_at_a_prevalence():
    decisions = np.where(X[:, 0] > np.median(X[:, 0]), 1, 0)
    found = evaluate(Y, decisions, cost_matrix=COSTS, prevalence=RARE)
    costs = np.array(COSTS)[Y, decisions]
    by_class = [costs[k == Y].mean() for k in (0, 1)]
    assert found.dollars_per_case == pytest.approx(-np.dot([0.98, 0.02], by_class))
    assert found.interval.mean == pytest.approx(found.dollars_per_case)
    assert found.constant == "0"
    assert found.bounds.constant == pytest.approx(-0.1)
    assert found.to_json()["prevalence"] == pytest.approx({"0": 0.98, "1": 0.02})
    assert "At the prevalence 0 98%, 1 2%." in found._repr_html_()


def test_probabilities_are_moved_from_the_shares_of_the_cases():
    p = LogisticRegression().fit(X, Y).predict_proba(X)
    found = evaluate(Y, p, cost_matrix=RARE_MATRIX)
    expected = decide(moved(p, np.array([0.5, 0.5]), np.array([0.98, 0.02])), cost_matrix=COSTS)
    assert np.array_equal(found.decisions, expected)
    assert abs(found.stated.gap.mean) < 0.05


def test_a_classifier_decides_and_scores_at_the_prevalence_of_its_matrix():
    plain = CostSensitiveClassifier(LogisticRegression(), cost_matrix=COSTS).fit(X, Y)
    rare = CostSensitiveClassifier(LogisticRegression(), cost_matrix=RARE_MATRIX).fit(X, Y)
    expected = moved(plain.predict_proba(X), np.array([0.5, 0.5]), np.array([0.98, 0.02]))
    assert rare.predict_proba(X) == pytest.approx(expected)
    assert rare.predict(X).sum() < plain.predict(X).sum()
    judged = evaluate(Y, rare.predict(X), cost_matrix=RARE_MATRIX)
    assert rare.score(X, Y) == pytest.approx(judged.dollars_per_case)
    doubled = rare.score(np.r_[X, X], np.r_[Y, Y])
    assert rare.score(X, Y, sample_weight=np.full(len(Y), 2.0)) == pytest.approx(doubled)


def test_without_calibration_probabilities_are_moved_all_the_same():
    asked = {"cost_matrix": RARE_MATRIX, "calibration": "none"}
    rare = CostSensitiveClassifier(LogisticRegression(), **asked).fit(X, Y)
    p = LogisticRegression().fit(X, Y).predict_proba(X)
    assert rare.predict_proba(X) == pytest.approx(
        moved(p, np.array([0.5, 0.5]), np.array([0.98, 0.02]))
    )


def test_what_is_no_share_is_told():
    with pytest.raises(ConfigError, match="prevalence: expected a mapping of labels to shares"):
        evaluate(Y, Y, cost_matrix=COSTS, prevalence=[0.1])
    with pytest.raises(ConfigError, match="prevalence: “1”: expected a share between 0 and 1"):
        evaluate(Y, Y, cost_matrix=COSTS, prevalence={"1": 2.0})


def test_weights_of_cases_count_in_the_shares():
    """Cases of one class that weigh nine times as much are nine times as many of it."""
    rng = np.random.default_rng(0)
    noise, y = rng.normal(size=(400, 2)), np.arange(400) % 2
    weights = np.where(y == 1, 9.0, 1.0)
    matrix = CostMatrix("m", ("0", "1"), [[0, 1], [1, 0]], prevalence={"1": 0.1})
    asked = CostSensitiveClassifier(LogisticRegression(), cost_matrix=matrix)
    fitted = asked.fit(noise, y, sample_weight=weights)
    assert fitted.predict_proba(noise)[:, 1].mean() == pytest.approx(0.1, abs=0.02)
    assert fitted.score(noise, y, sample_weight=weights) == pytest.approx(-0.1)  # always "0"


def test_the_share_of_a_class_that_no_case_has_is_told():
    """A decision that may have no case has no truth to be calibrated by, either."""
    shares = {"1": 0.02, "2": 0.1}
    asked = {"allow": ("unseen_classes",), "prevalence": shares}
    matrix = CostMatrix("m", ("0", "1", "2"), [[0, 1, 2], [5, 0, 2], [5, 5, 0]], **asked)
    with pytest.warns(
        UserWarning, match="“2”, of which there is no case to fit on, would be 10% of"
    ):
        CostSensitiveClassifier(LogisticRegression(), cost_matrix=matrix).fit(X, Y)


@pytest.mark.parametrize("response", ["predict", "predict_proba"])
def test_a_scorer_scores_as_the_classifier_does(response):
    plain = LogisticRegression().fit(X, Y)
    rare = CostSensitiveClassifier(LogisticRegression(), cost_matrix=RARE_MATRIX).fit(X, Y)
    scorer = cost_scorer(RARE_MATRIX, response=response)
    if response == "predict":
        assert scorer(rare, X, Y) == pytest.approx(rare.score(X, Y))
    else:
        judged = evaluate(Y, plain.predict_proba(X), cost_matrix=RARE_MATRIX)
        assert scorer(plain, X, Y) == pytest.approx(judged.dollars_per_case)
