"""``capacity``: of any model's probabilities, decisions of which some can be taken only so often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.api.evaluate import expected_costs_of
from framework.core.arrays import FloatArray
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.decisions.capacity import Rationed, ration
from framework.core.decisions.capacity_limits import limits_of
from framework.core.evaluation.outcomes import decisions_of, labels_of


@dataclass(frozen=True, eq=False)
class CapacityPlan:
    """The cheapest decisions of a batch within limits, and what the limits cost.

    ``decisions`` (n,) are labels, actions or "refer"; ``rationed`` has what is behind them: ``prices``
    (dollars that one more of each limit would save), ``used``, ``amounts``, ``bound``.
    """

    decisions: NDArray[Any]
    rationed: Rationed
    cost_matrix: CostMatrix
    labels: tuple[Any, ...]

    @property
    def prices(self) -> dict[str, float]:
        """Dollars that one more of each limit would save (of a least use: one less)."""
        texts = [limit.text for limit in self.rationed.limits]
        return dict(zip(texts, self.rationed.prices.tolist(), strict=True))

    def decide(self, probabilities: Any, *, columns: Any = None, seed: int = 0) -> NDArray[Any]:
        """Decide further cases one by one (n',), by the prices that were found on this batch.

        Limits are kept as far as these cases are like those of the batch: in the mean, not
        exactly. Where many are alike, who gets a scarce decision is drawn by ``seed``.
        """
        expected = expected_costs_of(probabilities, self.cost_matrix, list(self.labels), columns)
        decided = self.rationed.policy.decide(expected, seed)
        return decisions_of(self.cost_matrix, list(self.labels))[decided]

    def to_json(self) -> dict[str, Any]:
        return self.rationed.to_json()

    def __repr__(self) -> str:
        return "\n".join(self.rationed.sentences())


def capacity(
    probabilities: Any,
    limits: str | Sequence[str],
    *,
    cost_matrix: Any,
    labels: Sequence[Any] | None = None,
    columns: Any = None,
    seed: int = 0,
) -> CapacityPlan:
    """The cheapest decisions of a batch where some can be taken only so often.

    Parameters
    ----------
    probabilities : array (n, N), data frame, or array (n,) of the second of two classes
        As in ``evaluate``; calibrated ones.
    limits : str or sequence of str
        ``"biopsy<=40/1000"`` or ``"biopsy<=4%"`` of the cases, ``"refer<=50"`` of the batch, a sum
        (``"2*biopsy + look again<=90"``), a least use (``"look again>=5%"``).
    cost_matrix, labels, columns
        As in ``decide``.
    seed : int
        Draws who of several cases that are alike gets a scarce decision.

    Returns
    -------
    CapacityPlan

    Raises
    ------
    ConfigError
        When a limit is none, or no decisions keep the limits.

    Notes
    -----
    Every decision is made at the same prices, but for cases near a tie, which an integer programme
    (HiGHS) settles; the total is within a case a limit of ``bound``. See
    ``framework.core.decisions.allocation``.

    Examples
    --------
    >>> costs = {"ok": {"fraud": 10, "refer": 5}, "fraud": {"ok": 500, "refer": 5}}
    >>> plan = capacity([0.9, 0.6, 0.3, 0.02], "refer<=1", cost_matrix=costs, labels=["fraud", "ok"])
    >>> plan.decisions.tolist()
    ['refer', 'fraud', 'fraud', 'fraud']
    """
    found = labels_of(cost_matrix) if labels is None else list(labels)
    matrix = CostMatrix.of(cost_matrix, found)
    expected: FloatArray = expected_costs_of(probabilities, matrix, found, columns)
    of_batch = limits_of(limits, matrix.decision_labels)
    rationed = ration(expected, of_batch, seed)
    named = decisions_of(matrix, found)
    return CapacityPlan(np.asarray(named[rationed.decisions]), rationed, matrix, tuple(found))
