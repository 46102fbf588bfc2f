"""Dollars per case as a scorer of scikit-learn: for cross-validation and searches."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from typing import Any, Literal, Self

import numpy as np
from sklearn.utils.metadata_routing import MetadataRequest

from framework.core.arrays import IntArray
from framework.core.case_costs import case_costs
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_forms import is_bare
from framework.core.costs.prevalence import moved, shares, target_shares, weights_of_cases
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.errors import EstimatorError
from framework.core.evaluation.case_columns import case_columns
from framework.core.evaluation.outcomes import decided, positions, probabilities_of

RESPONSES = ("predict", "predict_proba")


class CostScorer:
    """``scorer(estimator, X, y)``, made by ``cost_scorer``.

    With metadata routing, ``set_score_request`` asks for ``sample_weight`` and ``columns``, the
    data columns that costs of the case depend on.
    """

    def __init__(self, cost_matrix: Any, labels: Sequence[Any] | None, response: str) -> None:
        self.cost_matrix, self.labels, self.response = cost_matrix, labels, response
        self._requests: dict[str, Any] = {}

    def __call__(
        self, estimator: Any, X: Any, y: Any, *, sample_weight: Any = None, columns: Any = None
    ) -> float:
        matrix = self._matrix(estimator)
        truths = positions(y, matrix.labels, "y")
        known = case_columns(matrix.columns, len(truths), columns, X)
        priced = matrix.dollar_costs(known)
        target, sample = None, shares(truths, matrix.n_classes)
        if matrix.prevalence:
            target = target_shares(matrix.prevalence, matrix.labels, sample)
        if self.response == "predict":
            takes = columns is not None and "columns" in signature(estimator.predict).parameters
            answers = estimator.predict(X, **({"columns": columns} if takes else {}))
            decisions = decided(answers, matrix, priced, "the estimator's decisions")
        else:
            costs = matrix.for_decisions(truths, known).dollar_costs(known)
            p = _probabilities(estimator, X, matrix)
            decisions = minimum_expected_cost(
                p if target is None else moved(p, sample, target), costs
            )
        costs = case_costs(truths, decisions, priced)
        weights = weights_of_cases(truths, matrix.n_classes, target, sample_weight)
        return -float(np.average(costs, weights=weights))

    def __repr__(self) -> str:
        return f"cost_scorer({type(self.cost_matrix).__name__}, response={self.response!r})"

    def set_score_request(self, **requests: bool | str | None) -> Self:
        """Ask for metadata by name: True, or the name it is passed under."""
        self._requests |= requests
        return self

    def get_metadata_routing(self) -> MetadataRequest:
        """What was asked for, as scikit-learn routes it."""
        routing = MetadataRequest(owner=self)
        for name in ("sample_weight", "columns"):
            routing.score.add_request(param=name, alias=self._requests.get(name))
        return routing

    def _matrix(self, estimator: Any) -> CostMatrix:
        labels = self.labels
        if labels is None and is_bare(self.cost_matrix):
            labels = list(estimator.classes_)
        return CostMatrix.of(self.cost_matrix, labels)


def cost_scorer(
    cost_matrix: Any,
    *,
    labels: Sequence[Any] | None = None,
    response: Literal["predict", "predict_proba"] = "predict",
) -> CostScorer:
    """A scorer for ``scoring=``: dollars per case of an estimator's decisions; more is better.

    Parameters
    ----------
    cost_matrix : see ``CostMatrix.of``
        Rows of an array are in the order of the sorted labels. With a prevalence, the score is per case
        of that population, and probabilities are moved from the shares of the scored cases.
    labels : sequence, optional
        Those of an array's rows, where a fold may lack a class.
    response : {"predict", "predict_proba"}
        What decides: the estimator's own ``predict``, as that of ``CostSensitiveClassifier``, or
        the least expected cost by its probabilities.

    Raises
    ------
    EstimatorError
        For another ``response``.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.naive_bayes import GaussianNB
    >>> costs = [[0, 1, 1], [1, 0, 1], [1, 50, 0]]
    >>> for response in "predict", "predict_proba":  # the likeliest class; the cheapest decision
    ...     scorer = cost_scorer(costs, response=response)
    ...     scores = cross_val_score(GaussianNB(), *load_iris(return_X_y=True), scoring=scorer)
    ...     print(round(float(scores.mean()), 2))
    -1.35
    -0.08
    """
    if response not in RESPONSES:
        raise EstimatorError(f"response={response!r}: expected one of {', '.join(RESPONSES)}")
    return CostScorer(cost_matrix, labels, response)


def _probabilities(estimator: Any, X: Any, matrix: CostMatrix) -> np.ndarray:
    """Probabilities (n, N) in the order of the matrix; 0 of a class that ``fit`` never saw."""
    own: IntArray = positions(estimator.classes_, matrix.labels, "the estimator's classes")
    given = probabilities_of(estimator.predict_proba(X), list(estimator.classes_))
    p = np.zeros((len(given), matrix.n_classes))
    p[:, own] = given
    return p
