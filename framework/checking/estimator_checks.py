"""Checks of a classifier of scikit-learn's kind: that it can be fitted, tells probabilities, and learns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from framework.checking.made_up_cases import CASES
from framework.checking.subject import Subject
from framework.core.errors import PluginError
from framework.core.fitted_estimator import FittedEstimator
from framework.plugins import guards
from framework.plugins.probability_check import first_wrong
from framework.plugins.specs import TableShape
from framework.training.estimators import fit

ROUNDING = 1e-6


def fitted(subject: Subject, n_classes: int) -> FittedEstimator:
    """On the made-up table, with the first of its settings, if it has one for so few; anew each time."""
    X, y = CASES["table"](n_classes)
    shape = TableShape(X.shape[0], X.shape[1], n_classes)
    setting: Mapping[str, Any] = next(iter(subject.spec.tried(shape)), {})
    return fit(guards.built_estimator(subject.offer, shape, setting), X, y, n_classes)


def check_builds(subject: Subject) -> None:
    """Each of its settings makes a classifier, for two classes and for three."""
    for n_classes in (2, 3):
        X, _ = CASES["table"](n_classes)
        shape = TableShape(X.shape[0], X.shape[1], n_classes)
        for setting in subject.spec.tried(shape):
            guards.built_estimator(subject.offer, shape, setting)


def check_distribution_out(subject: Subject) -> None:
    """It tells probabilities, for cases far from the others as well."""
    for n_classes in (2, 3):
        X, _ = CASES["table"](n_classes)
        p = fitted(subject, n_classes)(np.concatenate([X, 8 * X]))
        if first_wrong(p, ROUNDING) is not None:
            raise PluginError(
                f"{subject}: expected probabilities of {n_classes} classes that sum to 1, received some "
                f"from {p.min():.4g} to {p.max():.4g}, of sums {p.sum(axis=1).min():.4g} to "
                f"{p.sum(axis=1).max():.4g}"
            )


def check_learns(subject: Subject) -> None:
    """Its probabilities say more of the cases it was fitted on than the classes' shares do."""
    X, y = CASES["table"](3)
    p = fitted(subject, 3)(X)
    loss = -np.log(np.maximum(p[np.arange(len(y)), y], 1e-12)).mean()
    if not loss < np.log(3):
        raise PluginError(
            f"{subject}: fitted to cases that are easy to tell apart, it has a log loss of {loss:.4g} on "
            f"them, where guessing has {np.log(3):.4g}; look for columns of predict_proba in another order "
            "than classes_"
        )
