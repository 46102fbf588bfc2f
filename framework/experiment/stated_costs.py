"""A cost matrix from a few words: ``yes->no=5000``."""

from __future__ import annotations

from collections.abc import Sequence

from framework.core.cost_matrix import CostMatrix
from framework.core.errors import CostMatrixError
from framework.core.table import as_number

NAME = "stated costs"


def stated_matrix(cells: Sequence[str], labels: Sequence[str]) -> CostMatrix:
    """The matrix for ``labels`` that ``cells`` state: TRUE->PREDICTED=COST, positive = bad.

    TRUE and PREDICTED are labels or patterns; the last cell that fits counts. Right decisions cost
    nothing.

    Raises
    ------
    CostMatrixError
        Naming the text that is none, the label that does not exist, or a mistake without a cost.

    Examples
    --------
    >>> stated_matrix(["yes->no=5000", "no->yes=120"], ("no", "yes")).costs.tolist()
    [[0.0, 120.0], [5000.0, 0.0]]
    """
    rules = []
    for text in cells:
        cell, equals, cost = text.rpartition("=")
        truth, arrow, decision = cell.partition("->")
        number = as_number(cost)
        if not (equals and arrow) or number is None:
            raise CostMatrixError(
                f'--cost: expected TRUE->PREDICTED=COST, as "yes->no=5000", received "{text}"'
            )
        rules.append({"true": truth.strip(), "predicted": decision.strip(), "cost": number})
    try:
        return CostMatrix.from_dict({"name": NAME, "labels": list(labels), "rules": rules})
    except CostMatrixError as error:
        told = (
            str(error)
            .replace('"rules", rule ', "cost ")
            .replace(
                'add a rule, or a "default"',
                'state it with --cost, or all others first: --cost "*->*=1"',
            )
        )
        raise CostMatrixError(f"--cost: {told} (the labels are {', '.join(labels)})") from None
