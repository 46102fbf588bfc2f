"""From labelled cases to a calibrated classifier: the steps of ``CostSensitiveClassifier.fit``."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_random_state
from sklearn.utils.metadata_routing import process_routing
from sklearn.utils.validation import (
    _check_sample_weight,
    check_consistent_length,
    check_is_fitted,
    has_fit_parameter,
    indexable,
)

from framework.api.estimator.classes import checked_labels, indices_of, matrix_of
from framework.api.estimator.folds import Fold, OutOfFold, fit_out_of_fold, folds_of
from framework.api.estimator.network import Cases, Network, train_networks
from framework.core.arrays import FloatArray, IntArray
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.prevalence import Mix, target_shares
from framework.core.decisions import calibration
from framework.core.decisions.calibration import Calibration
from framework.core.errors import EstimatorError
from framework.core.evaluation.case_columns import case_columns
from framework.core.fitted_estimator import class_probabilities
from framework.core.words import quoted, share

PREFIT = "prefit"


@dataclass(frozen=True, eq=False)
class Fitting:
    """Cases, checked, and what their mistakes cost.

    ``y`` (n,) are labels, ``truths`` (n,) their positions in ``classes`` (N,). ``matrix`` judges and
    trains, ``deciding`` is what of it is known when a case is decided. ``weights`` may be None.
    """

    asked: Any
    X: Any
    y: np.ndarray
    classes: np.ndarray
    truths: IntArray
    matrix: CostMatrix
    deciding: CostMatrix
    columns: Mapping[str, FloatArray]
    weights: FloatArray | None

    @classmethod
    def of(cls, asked: Any, X: Any, y: Any, sample_weight: Any, tables: tuple[Any, ...]) -> Fitting:
        """What ``asked``, a CostSensitiveClassifier, is to be fitted with.

        Costs of the case find their columns in the first of ``tables`` that has them.
        """
        (X,) = indexable(X)
        y = checked_labels(y)
        check_consistent_length(X, y)
        if len(y) == 0:
            raise EstimatorError("there are no cases to fit on: found 0 sample(s)")
        classes = np.unique(y)
        if asked.estimator is not None:
            check_has_probabilities(asked.estimator)
        if is_fitted_already(asked):
            check_is_fitted(asked.estimator)
            classes = np.asarray(asked.estimator.classes_)
        if len(classes) < 2:
            raise EstimatorError(
                f"y has one class alone ({classes[0]!r}); expected at least two classes"
            )
        matrix, truths = matrix_of(asked.cost_matrix, classes), indices_of(y, classes)
        known = case_columns(matrix.columns, len(y), *tables)
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(
                sample_weight, X, dtype=np.float64, ensure_non_negative=True
            )
        deciding = matrix.for_decisions(truths, known)
        return cls(asked, X, y, classes, truths, matrix, deciding, known, weights)

    def out_of_fold(self, groups: Any, fit_params: Mapping[str, Any]) -> OutOfFold:
        """The classifier fitted on all cases, with probabilities by others that did not see them."""
        asked = self.asked
        if is_fitted_already(asked):
            p = class_probabilities(asked.estimator, self.X, self.classes)
            return OutOfFold(asked.estimator, p, np.ones(len(p), dtype=bool))
        params = self._params(fit_params)
        seed = int(check_random_state(asked.random_state).randint(2**31 - 1))
        folds: list[Fold] = []
        if asked.calibration != "none":
            folds = folds_of(asked.cv, self.X, self.truths, groups, seed)
        if asked.estimator is not None:
            return fit_out_of_fold(asked.estimator, self.X, self.y, folds, params)
        everything = np.arange(len(self.y))
        parts = [*(train for train, _ in folds), everything]
        cases = Cases(self.X, self.truths, self._cost_rows(), self._counts())
        *members, fitted = train_networks(asked.network, cases, parts, seed, asked.updates)
        p, told = np.zeros((len(self.y), len(self.classes))), np.zeros(len(self.y), dtype=bool)
        for (train, test), network in zip(folds, members, strict=True):
            p[test] = network.predict_proba(self.X[test])
            told[test] = np.isin(self.truths[test], self.truths[train])
        return OutOfFold(fitted, p, told)

    def calibrate(self, found: OutOfFold) -> tuple[float, Calibration]:
        """The floor of probabilities, and the calibration, fitted on cases not trained on.

        Without calibration both change nothing but for the prevalence of the matrix. A probability of
        exactly 0, as forests have them, is no estimate: it counts as half of the least that was told of
        any case, and as 1 / n at most.
        """
        method, mix = self.asked.calibration, self.mix
        if method == "none":
            return 0.0, calibration.IDENTITY.moved(mix.ratio)
        p = found.probabilities[found.told]
        floor = min(float(p[p > 0].min()) / 2, 1 / len(p))
        weights = None if self.weights is None else self.weights[found.told]
        truths = self.truths[found.told]
        fitted = calibration.fit(method, _floored(p, floor), truths, weights)
        return floor, fitted.moved(mix.ratio)

    @cached_property
    def mix(self) -> Mix:
        """Shares (N,) of the classes that have a case: of these cases, and by the matrix's prevalence."""
        n, named = len(self.classes), self.matrix.prevalence
        counted = np.bincount(self.truths, self.weights, self.matrix.n_classes)
        sample = counted / counted.sum()
        if not named:
            return Mix(sample[:n])
        target = target_shares(named, self.matrix.labels, sample)
        if target[n:].any():
            unseen = ", ".join(map(quoted, self.matrix.labels[n:]))
            warnings.warn(
                f"prevalence: {unseen}, of which there is no case to fit on, would be "
                f"{share(target[n:].sum())} of the cases; the other classes share that in proportion",
                stacklevel=2,
            )
        return Mix(sample[:n], target[:n] / target[:n].sum())

    def _params(self, fit_params: Mapping[str, Any]) -> dict[str, Any]:
        """What the estimator's ``fit`` is given besides the cases."""
        asked, params = self.asked, dict(fit_params)
        if self.weights is not None:
            params["sample_weight"] = self.weights
        if asked.estimator is None:
            params.pop("sample_weight", None)
            if params:
                raise EstimatorError(
                    f"fit: unknown argument {', '.join(params)}; our own network takes none"
                )
            return {}
        if _routing_enabled():
            return dict(process_routing(asked, "fit", **params).estimator.fit)
        if self.weights is not None and not has_fit_parameter(asked.estimator, "sample_weight"):
            raise EstimatorError(
                f"{type(asked.estimator).__name__}.fit takes no sample_weight; leave it out, hand it "
                "to a step by its name (STEP__sample_weight), or give another estimator"
            )
        return params

    def _cost_rows(self) -> FloatArray:
        """What a loss is given: the regret (n, N) of every decision on each case."""
        table = self.matrix.loss_table(self.truths, self.columns)
        of_cases = bool(self.matrix.column_costs) and self.matrix.training_costs is None
        rows = table if of_cases else table[self.truths]
        return rows[:, : len(self.classes)]

    def _counts(self) -> FloatArray:
        """Weights with a mean of 1."""
        if self.weights is None:
            return np.ones(len(self.y))
        return self.weights / self.weights.mean()


def is_fitted_already(asked: Any) -> bool:
    """Whether the estimator is to be used as it is."""
    return isinstance(asked.estimator, FrozenEstimator) or (
        asked.estimator is not None and isinstance(asked.cv, str) and asked.cv == PREFIT
    )


def check_has_probabilities(estimator: Any) -> None:
    if hasattr(estimator, "predict_proba"):
        return
    name = type(estimator).__name__
    raise EstimatorError(
        f"{name} has no predict_proba, and expected costs need probabilities; give a classifier that "
        f"has it, or wrap this one: CalibratedClassifierCV({name}(...))"
    )


def calibrated(
    fitted: Any, X: Any, classes: np.ndarray, floor: float, fit: Calibration
) -> FloatArray:
    """Calibrated probabilities (n, N) of a fitted classifier, or of our own network."""
    own = isinstance(fitted, Network)
    p = fitted.predict_proba(X) if own else class_probabilities(fitted, X, classes)
    return fit(_floored(p, floor))


def _floored(probabilities: FloatArray, floor: float) -> FloatArray:
    if floor == 0:
        return probabilities
    raised = np.maximum(probabilities, floor)
    return raised / raised.sum(axis=1, keepdims=True)


def _routing_enabled() -> bool:
    from sklearn import get_config

    return bool(get_config()["enable_metadata_routing"])
