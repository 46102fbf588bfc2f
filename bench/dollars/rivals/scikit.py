"""scikit-learn's rivals: forest, extra trees, histogram boosting, logistic regression, and their mean.

Each as its documentation advises: pipelines for columns of several kinds, settings tuned by
cross-validated log loss, and many trees at the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from calibrating import (
    Answer,
    FitPredict,
    Task,
    all_classes,
    best_calibrated,
    bias_corrected_temperature,
    calibrated,
    log_loss,
    out_of_fold,
    sigmoid,
    smoothed,
)
from preparing import categories, for_linear, for_trees
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

TREES, TREES_AT_THE_END = 100, 500
LEAVES, FEATURES = (1, 3), ("sqrt", 0.5)
WAYS = (bias_corrected_temperature, sigmoid)  # for boosting the former is as good or better
STRENGTHS = np.logspace(-3, 3, 7)
# Of boosting: leaves of a tree and cases of a leaf; rounds are looked at each so many.
SIZES, RATE, MOST_ROUNDS, STEP = ((4, 5), (10, 10), (31, 20)), 0.06, 300, 10


def forest(task: Task) -> Answer:
    return _trees(task, RandomForestClassifier)


def extra_trees(task: Task) -> Answer:
    return _trees(task, ExtraTreesClassifier)


def _trees(task: Task, kind: Any) -> Answer:
    """Leaf size and share of features by log loss; the chosen one anew with more trees."""

    def setting(leaf: int, features: Any, trees: int) -> FitPredict:
        forest = kind(
            trees,
            min_samples_leaf=leaf,
            max_features=features,
            random_state=task.seed,
            n_jobs=task.threads,
        )
        return lambda X, y, Z: _fitted(make_pipeline(for_trees(task), forest), X, y, Z, task)

    grid = {f"leaf {leaf}, features {f}": (leaf, f) for leaf in LEAVES for f in FEATURES}
    held_out = {name: out_of_fold(task, setting(*of, TREES)) for name, of in grid.items()}
    name = min(held_out, key=lambda name: log_loss(smoothed(task, held_out[name]), task.y))
    test = setting(*grid[name], TREES_AT_THE_END)(task.train, task.y, task.test)
    return calibrated(task, held_out[name], test, name, WAYS)


def logistic_regression(task: Task) -> Answer:
    """C by cross-validation, as LogisticRegressionCV does."""

    def setting(strength: float) -> FitPredict:
        model = LogisticRegression(C=strength, max_iter=3000)
        return lambda X, y, Z: _fitted(make_pipeline(for_linear(task), model), X, y, Z, task)

    return best_calibrated(task, {f"C {c:g}": setting(c) for c in STRENGTHS})


def histogram_boosting(task: Task) -> Answer:
    """Native categories and gaps; size of the trees and rounds by log loss."""
    train, test = categories(task.train), categories(task.test, task.train)

    def model(leaves: int, cases: int, rounds: int) -> HistGradientBoostingClassifier:
        return HistGradientBoostingClassifier(
            learning_rate=RATE,
            max_iter=rounds,
            max_leaf_nodes=leaves,
            min_samples_leaf=cases,
            l2_regularization=1.0,
            categorical_features="from_dtype",
            early_stopping=False,
            random_state=task.seed,
        )

    held_out: dict[tuple[int, int, int], np.ndarray] = {}
    looks = range(STEP, MOST_ROUNDS + 1, STEP)
    for leaves, cases in SIZES:
        staged = np.zeros((len(looks), len(task.y), task.n_classes))
        for fit, held in task.folds():
            fitted = model(leaves, cases, MOST_ROUNDS).fit(train.iloc[fit], task.y[fit])
            stages = list(fitted.staged_predict_proba(train.iloc[held]))[STEP - 1 :: STEP]
            for look, p in enumerate(stages):
                staged[look, held] = all_classes(p, fitted.classes_, task.n_classes)
        held_out |= {(leaves, cases, looks[k]): p for k, p in enumerate(staged)}
    best = min(held_out, key=lambda key: log_loss(smoothed(task, held_out[key]), task.y))
    fitted = model(*best).fit(train, task.y)
    p = all_classes(fitted.predict_proba(test), fitted.classes_, task.n_classes)
    return calibrated(task, held_out[best], p, "{} leaves of {}, {} rounds".format(*best))


def mean(task: Task, answers: list[Answer]) -> Answer:
    """The mean of calibrated probabilities, calibrated again: a mean is less sure than its parts."""
    held_out = np.mean([answer.held_out for answer in answers], axis=0)
    test = np.mean([answer.test for answer in answers], axis=0)
    return calibrated(task, held_out, test, f"{len(answers)} models")


def _fitted(model: Any, X: Any, y: np.ndarray, Z: Any, task: Task) -> np.ndarray:
    model.fit(X, y)
    return all_classes(model.predict_proba(Z), model.classes_, task.n_classes)
