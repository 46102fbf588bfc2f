"""Rivals that train with costs: one training for each matrix; they answer with decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from calibrating import Answer, Task
from preparing import for_linear
from sklearn.linear_model import LogisticRegression, Ridge

# (features, classes, features to judge, costs (N, N)) -> decisions
Decide = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], Any]


class NotForSuchDataError(Exception):
    """The rival says itself that it is not for such data."""


def _for_each_matrix(task: Task, decide: Decide) -> Answer:
    """Decisions (K, n); costs as regrets over the best decision, the dearest 1, as they must not be < 0."""
    prepare = for_linear(task).fit(task.train)
    X, Z = prepare.transform(task.train), prepare.transform(task.test)
    decisions = []
    for costs in task.costs:
        regret = costs - costs.min(axis=1, keepdims=True)
        decisions.append(np.asarray(decide(X, task.y, Z, regret / regret.max())).astype(int))
    return Answer(decisions=np.stack(decisions))


def _binary(task: Task) -> None:
    if task.n_classes != 2:
        raise NotForSuchDataError("empulse's classifiers with costs are for two classes")


def _multiclass(task: Task) -> None:
    if task.n_classes == 2:
        raise NotForSuchDataError("costsensitive asserts that there are more than two classes")


def _empulse_costs(costs: np.ndarray) -> dict[str, float]:
    """empulse's names: the second class is positive."""
    (tn, fp), (fn, tp) = costs.tolist()
    return {"tn_cost": tn, "fp_cost": fp, "fn_cost": fn, "tp_cost": tp}


def empulse_logit(task: Task) -> Answer:
    from empulse.models import CSLogitClassifier

    _binary(task)
    return _for_each_matrix(
        task, lambda X, y, Z, costs: CSLogitClassifier(**_empulse_costs(costs)).fit(X, y).predict(Z)
    )


def empulse_boost(task: Task) -> Answer:
    from empulse.models import CSBoostClassifier
    from lightgbm import LGBMClassifier

    _binary(task)

    def decide(X: np.ndarray, y: np.ndarray, Z: np.ndarray, costs: np.ndarray) -> Any:
        trees = LGBMClassifier(n_estimators=100, n_jobs=task.threads, verbose=-1)
        return CSBoostClassifier(trees, **_empulse_costs(costs)).fit(X, y).predict(Z)

    return _for_each_matrix(task, decide)


def costsensitive_all_pairs(task: Task) -> Answer:
    from costsensitive import WeightedAllPairs

    _multiclass(task)

    def decide(X: np.ndarray, y: np.ndarray, Z: np.ndarray, costs: np.ndarray) -> Any:
        model = WeightedAllPairs(LogisticRegression(max_iter=2000))
        model.fit(X, costs[y])
        return model.predict(Z)

    return _for_each_matrix(task, decide)


def costsensitive_regression(task: Task) -> Answer:
    from costsensitive import RegressionOneVsRest

    _multiclass(task)

    def decide(X: np.ndarray, y: np.ndarray, Z: np.ndarray, costs: np.ndarray) -> Any:
        model = RegressionOneVsRest(Ridge(1.0))
        model.fit(X, costs[y])
        return model.predict(Z)

    return _for_each_matrix(task, decide)
