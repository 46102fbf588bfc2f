"""Any classifier, calibrated, with the decision of least expected cost: a scikit-learn estimator."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping
from sklearn.utils.validation import check_is_fitted, validate_data

from framework.api.estimator.classes import checked_labels, indices_of
from framework.api.estimator.fitting import Fitting, calibrated
from framework.api.estimator.frame import as_frame
from framework.core.arrays import FloatArray
from framework.core.case_costs import case_costs, expected_costs
from framework.core.costs.prevalence import weights_of_cases
from framework.core.evaluation.case_columns import case_columns
from framework.core.evaluation.outcomes import decisions_of


class CostSensitiveClassifier(ClassifierMixin, BaseEstimator):
    """Decides at least expected cost by the calibrated probabilities of a classifier.

    The classifier is fitted on folds for probabilities of cases that it has not seen, by which it
    is calibrated, and then on all cases. ``score`` is dollars per case, not accuracy.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``, optional
        It is cloned. A fitted one is taken as it is in a ``FrozenEstimator``, or with
        ``cv="prefit"``: the cases given to ``fit`` then calibrate it, and must be new to it.
        Without, a network of our own is trained with the costs, as ``fw run`` trains a table.
    cost_matrix : see ``CostMatrix.of``, optional
        Rows and columns of an array are in the order of the sorted labels; a matrix with labels
        goes by them. Default: every mistake costs 1.
    calibration : {"bias", "temperature", "none"}
        See ``framework.core.decisions.calibration``.
    cv : int, splitter, or "prefit"
        Folds: so many stratified ones, which keep ``groups`` whole.
    network : {"mlp", "logistic"}
        Of our own, where no estimator is given.
    updates : int, optional
        Batches that it is trained with at most (default: 2000).
    random_state : int, RandomState or None
        Of the folds and of our own network.

    Attributes
    ----------
    classes_ : array (N,)
        Sorted labels.
    decisions_ : array (M,)
        What ``predict`` may answer: the classes, and "refer" where the matrix prices it.
    cost_matrix_ : CostMatrix
        With the labels of ``classes_``, in their order; what they allow to be unseen comes last.
    estimator_ : the fitted classifier
    calibration_ : Calibration
    n_features_in_, feature_names_in_ : of the estimator, where it has them

    Notes
    -----
    Costs that depend on the case find their columns in a data frame ``X``, or in ``columns`` (a data
    frame, or a mapping of arrays). ``sample_weight`` counts in the estimator's ``fit``, the
    calibration and ``score``. With metadata routing, ``sample_weight``, ``groups`` and
    ``columns`` are asked for with ``set_fit_request``, ``set_predict_request``,
    ``set_score_request``.

    Source: Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001, equation 1.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> costs = [[0, 1, 1], [1, 0, 1], [1, 50, 0]]
    >>> clf = CostSensitiveClassifier(LogisticRegression(max_iter=500), cost_matrix=costs).fit(X, y)
    >>> int((clf.predict(X) == 2).sum())    # 50 are: to call one of them 1 is dear
    63
    """

    def __init__(
        self,
        estimator: Any = None,
        *,
        cost_matrix: Any = None,
        calibration: str = "bias",
        cv: Any = 5,
        network: str = "mlp",
        updates: int | None = None,
        random_state: Any = 0,
    ) -> None:
        self.estimator = estimator
        self.cost_matrix = cost_matrix
        self.calibration = calibration
        self.cv = cv
        self.network = network
        self.updates = updates
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        groups: Any = None,
        columns: Any = None,
        **fit_params: Any,
    ) -> Self:
        """Fit on cases ``X`` (n, ...) with labels ``y`` (n,); ``fit_params`` go to the estimator.

        Raises
        ------
        EstimatorError
            When the estimator has no probabilities, or the cases cannot be split into folds.
        CostMatrixError
            When the cost matrix is none, or its labels are not those of ``y``.
        """
        tables = (columns, X)  # where costs of the case find their columns
        if self.estimator is None:
            X, y = validate_data(self, X, y, dtype=np.float64)
        fitting = Fitting.of(self, X, y, sample_weight, tables)
        self.classes_, self.cost_matrix_ = fitting.classes, fitting.matrix
        self.decisions_ = decisions_of(fitting.deciding, self.classes_)
        found = fitting.out_of_fold(groups, fit_params)
        self.estimator_ = found.fitted
        self.floor_, self.calibration_ = fitting.calibrate(found)
        self._deciding, self._mix = fitting.deciding, fitting.mix
        for name in ("n_features_in_", "feature_names_in_"):
            if self.estimator is not None and hasattr(self.estimator_, name):
                setattr(self, name, getattr(self.estimator_, name))
        return self

    def predict(self, X: Any, *, columns: Any = None) -> np.ndarray:
        """The decisions (n,) of least expected cost: labels, or "refer"; ties go to the first."""
        decisions = self._expected(X, columns).argmin(axis=1)
        return self.decisions_[decisions]

    def predict_proba(self, X: Any) -> FloatArray:
        """Calibrated probabilities (n, N), columns in the order of ``classes_``.

        At the prevalence of the matrix, if it has one: ``evaluate`` would move them again, and is to be
        given the decisions of ``predict``.
        """
        check_is_fitted(self)
        if self.estimator is None:
            X = validate_data(self, X, dtype=np.float64, reset=False)
        return calibrated(self.estimator_, X, self.classes_, self.floor_, self.calibration_)

    def expected_costs(self, X: Any, *, columns: Any = None) -> Any:
        """What each decision is expected to cost (n, M), in dollars: an array, or see ``set_output``.

        Columns are in the order of ``decisions_``; positive = bad.
        """
        return as_frame(self._expected(X, columns), self.decisions_, X, self._output)

    def score(self, X: Any, y: Any, sample_weight: Any = None, *, columns: Any = None) -> float:
        """Dollars per case (negative = a loss), with weights their weighted mean; more is better.

        With a matrix that has a prevalence, per case of that population.
        """
        decisions = self._expected(X, columns).argmin(axis=1)
        truths = indices_of(checked_labels(y), self.classes_)
        known = case_columns(self.cost_matrix_.columns, len(decisions), columns, X)
        costs = self.cost_matrix_.dollar_costs(known)
        counted = weights_of_cases(truths, len(self.classes_), self._mix.target, sample_weight)
        return -float(np.average(case_costs(truths, decisions, costs), weights=counted))

    def set_output(self, *, transform: str | None = None) -> Self:
        """What ``expected_costs`` answers: "pandas" or "polars" for a frame, "default" for an array.

        scikit-learn's own ``set_config(transform_output=...)`` counts where this was not called.
        None changes nothing. Probabilities stay arrays, as those of every classifier.
        """
        if transform is not None:
            self._output = transform
        return self

    _output: str | None = None

    def _expected(self, X: Any, columns: Any) -> FloatArray:
        p = self.predict_proba(X)
        known = case_columns(self._deciding.columns, len(p), columns, X)
        # Labels of the matrix that no case had come last, and are nobody's truth.
        costs = self._deciding.dollar_costs(known)[..., : len(self.classes_), :]
        return expected_costs(p, costs)

    def get_metadata_routing(self) -> MetadataRouter:
        """What of the metadata this takes itself, and what it hands on to the estimator's ``fit``."""
        router = MetadataRouter(owner=self).add_self_request(self)
        if self.estimator is not None:
            to_fit = MethodMapping().add(caller="fit", callee="fit")
            router.add(estimator=self.estimator, method_mapping=to_fit)
        return router

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        if self.estimator is not None:
            tags.input_tags = get_tags(self.estimator).input_tags
        return tags
