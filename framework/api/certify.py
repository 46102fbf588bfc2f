"""``certify``: of any model's probabilities, a policy that keeps a promise in dollars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from framework.api.evaluate import expected_costs_of
from framework.core.cases.group_split import group_ids
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.prevalence import moved
from framework.core.errors import CostMatrixError, DataError
from framework.core.evaluation.case_columns import case_columns
from framework.core.evaluation.certifying import certify_cases, referring
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.judging import population_of
from framework.core.evaluation.outcomes import decisions_of, labels_of, positions, probabilities_of
from framework.core.evaluation.promise import Certificate, Method, Promise


@dataclass(frozen=True, eq=False)
class CertifiedPolicy:
    """What ``certify`` found: the ``certificate``, and decisions that keep to it."""

    certificate: Certificate
    cost_matrix: CostMatrix
    labels: tuple[Any, ...]

    def decide(self, probabilities: Any, *, columns: Any = None) -> NDArray[Any]:
        """The decisions (n',) on further cases: labels, actions or "refer".

        Raises
        ------
        DataError
            When the promise is not kept: there is no policy to decide by.
        """
        if not self.certificate.kept:
            raise DataError(f"the promise is not kept: {self.certificate.sentences()[0]}")
        labels = list(self.labels)
        expected = expected_costs_of(probabilities, self.cost_matrix, labels, columns)
        decided = referring(expected, self.certificate)
        return decisions_of(self.cost_matrix, labels)[decided]

    def to_json(self) -> dict[str, Any]:
        return self.certificate.to_json()

    def __repr__(self) -> str:
        return "\n".join(self.certificate.sentences())


def certify(
    y_true: Any,
    probabilities: Any,
    promise: str | float | Promise,
    *,
    cost_matrix: Any,
    labels: Sequence[Any] | None = None,
    columns: Any = None,
    groups: Any = None,
    prevalence: Mapping[str, float] | None = None,
    method: Method = "gaffke",
) -> CertifiedPolicy:
    """The policy of the fewest referrals that loses at most so many dollars a case, with confidence.

    Parameters
    ----------
    y_true, probabilities
        Of cases that no model was fitted, calibrated or chosen on; as in ``evaluate``.
    promise : str, float or Promise
        ``"12000@0.95"``: at most 12,000 dollars lost a case, in the long run, and at most one in
        twenty such promises broken.
    cost_matrix, labels, columns, groups, prevalence
        As in ``evaluate``. The matrix says what a referral costs ("refer").
    method : "gaffke" or "betting"
        How the loss is limited: the latter needs more cases, and is proved for all losses.

    Raises
    ------
    CostMatrixError
        When the matrix does not say what a referral costs.
    ConfigError, DataError
        When the promise is none, or there are too few cases.

    Notes
    -----
    See ``framework.core.evaluation.certifying`` for how, and docs/promises.md for how often promises are
    broken in simulations. It holds for cases like these: it knows of no drift.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> p = rng.beta(0.2, 6, 4000)
    >>> y = np.where(rng.random(4000) < p, "fraud", "ok")
    >>> costs = {"ok": {"fraud": 10, "refer": 4}, "fraud": {"ok": 200, "refer": 4}}
    >>> found = certify(y, 1 - p, "3@0.95", cost_matrix=costs, labels=["fraud", "ok"])
    >>> found.certificate.kept, found.certificate.referred < 0.3
    (True, True)
    """
    found = labels_of(cost_matrix, y_true) if labels is None else list(labels)
    matrix = CostMatrix.of(cost_matrix, found)
    if matrix.refer is None:
        raise CostMatrixError(
            f'cost matrix "{matrix.name}": it does not say what a referral costs; a promise needs that: '
            'a column "refer"'
        )
    n = len(y_true)
    truths = positions(y_true, matrix.labels, "y_true")
    sample, target = population_of(prevalence, matrix, truths)
    p = probabilities_of(probabilities, found)
    if len(p) != n:
        raise DataError(f"expected probabilities for each truth: received {n} and {len(p)}")
    if target is not None:
        p = moved(p, sample, target)
    expected = expected_costs_of(p, matrix, found, columns)
    costs = matrix.dollar_costs(case_columns(matrix.columns, n, columns))
    ids = None if groups is None else group_ids(groups, n)
    cases = JudgedCases(truths, costs, ids, target)
    certificate = certify_cases(expected, cases, Promise.of(promise), method)
    return CertifiedPolicy(certificate, matrix, tuple(found))
