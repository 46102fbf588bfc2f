"""``evaluate`` and ``decide``: of any model's probabilities or decisions, with a cost matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import expected_costs
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import CostMatrixError
from framework.core.evaluation.case_columns import case_columns
from framework.core.evaluation.judging import Judgement, judge
from framework.core.evaluation.outcomes import decisions_of, labels_of, probabilities_of
from framework.core.uncertain_costs.minimax_regret import minimax_regret
from framework.core.uncertain_costs.uncertain_costs import (
    UncertainCosts,
    check_has_ranges,
    with_means,
)


class Evaluation(Judgement):
    """What ``evaluate`` found out: ``dollars_per_case`` with its ``interval``, ``bounds``, ``saved``.

    A table in a terminal or a notebook. ``to_json()`` has all of it as plain values.
    """

    def __repr__(self) -> str:
        from framework.report.evaluation.text import short_text

        return short_text(self)

    def _repr_html_(self) -> str:
        from framework.report.evaluation.text import evaluation_html

        return evaluation_html(self)


def evaluate(
    y_true: Any,
    answers: Any,
    *,
    cost_matrix: Any,
    labels: Sequence[Any] | None = None,
    columns: Any = None,
    groups: Any = None,
    prevalence: Mapping[str, float] | None = None,
) -> Evaluation:
    """Judge a model's probabilities or decisions on cases that it was not fitted on, in dollars.

    Parameters
    ----------
    y_true : array (n,)
        Labels.
    answers : array (n, N), data frame, or array (n,)
        Probabilities, columns in the order of the sorted labels (scikit-learn's ``classes_``), of
        a frame by name, of two classes also (n,) of the second one: decided is then at least expected
        cost. Or decisions (n,): labels, or "refer".
    cost_matrix : see ``CostMatrix.of``
        Rows of an array are in the order of the sorted labels, others matched by name.
    labels : sequence, optional
        Those of the classes in the order of the probabilities' columns and of an array's rows, if
        that is another one, or ``y_true`` lacks a class.
    columns : data frame or mapping, optional
        The data columns (n,) that costs of the case depend on. Those known only afterwards decide
        with their means over these cases.
    groups : array (n,), optional
        Cases of a group count as one observation.
    prevalence : mapping of label to share, optional
        Of the cases that will be decided (default: the matrix's, else as here). Probabilities are taken
        to be true at the shares of these cases, and moved; figures are at the prevalence. A model that
        moves its own, as ``CostSensitiveClassifier`` does, is judged by its decisions.

    Returns
    -------
    Evaluation

    Raises
    ------
    DataError, CostMatrixError
        When labels are not those of the matrix, or probabilities are none; the case is named.

    Examples
    --------
    >>> found = evaluate(["ok", "ok", "fraud"], ["ok", "fraud", "fraud"],
    ...                  cost_matrix={"ok": {"fraud": 10}, "fraud": {"ok": 500}})
    >>> round(found.dollars_per_case, 2), found.constant, found.interval.ends
    (-3.33, 'fraud', None)
    """
    found = judge(
        y_true,
        answers,
        cost_matrix,
        labels=labels,
        columns=columns,
        groups=groups,
        prevalence=prevalence,
    )
    return Evaluation(**vars(found))


def decide(
    probabilities: Any,
    *,
    cost_matrix: Any,
    labels: Sequence[Any] | None = None,
    columns: Any = None,
    robust: Literal["expected", "regret"] | None = None,
) -> np.ndarray:
    """The decision of least expected cost for each case (n,): labels, or "refer".

    Parameters are those of ``evaluate``. Probabilities are taken at their word:
    ``CostSensitiveClassifier`` calibrates them. For an array of costs without ``labels``, decisions
    are the numbers of classes, from 0. Where costs are ranges, ``robust`` "expected" decides by the mean of
    each in place of its likely value, "regret" for the least largest regret (docs/cost_ranges.md).

    Examples
    --------
    >>> costs = {"ok": {"fraud": 10, "refer": 5}, "fraud": {"ok": 500, "refer": 5}}
    >>> decide([[0.1, 0.9], [0.6, 0.4], [0.005, 0.995]], cost_matrix=costs).tolist()
    ['refer', 'fraud', 'ok']
    """
    found = labels_of(cost_matrix) if labels is None else list(labels)
    matrix = CostMatrix.of(cost_matrix, found)
    if robust is not None:
        check_has_ranges(matrix)
    if robust == "regret":
        return decisions_of(matrix, found)[_least_regret(probabilities, matrix, found, columns)]
    used = matrix if robust is None else with_means(matrix)
    expected = expected_costs_of(probabilities, used, found, columns)
    return decisions_of(matrix, found)[expected.argmin(axis=1)]


def _least_regret(
    probabilities: Any, matrix: CostMatrix, labels: list[Any], columns: Any
) -> IntArray:
    p = probabilities_of(probabilities, labels)
    costs = matrix.dollar_costs(case_columns(matrix.columns, len(p), columns))
    return minimax_regret(p, costs, UncertainCosts.of(matrix))


def expected_costs_of(
    probabilities: Any, matrix: CostMatrix, labels: list[Any], columns: Any
) -> FloatArray:
    """Expected dollars (n, M) of every decision, positive = bad; ``labels`` those of the columns.

    Raises
    ------
    CostMatrixError
        When costs are known only afterwards; and what ``probabilities_of`` raises.
    """
    p = probabilities_of(probabilities, labels)
    if matrix.columns_known_afterwards:
        raise CostMatrixError(
            f'cost matrix "{matrix.name}": its column "{matrix.columns_known_afterwards[0]}" is known '
            "only afterwards, and decisions go by its mean over training cases, which are not at "
            "hand; CostSensitiveClassifier learns it"
        )
    return expected_costs(p, matrix.dollar_costs(case_columns(matrix.columns, len(p), columns)))
