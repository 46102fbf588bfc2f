"""A cost matrix from a few words: ``yes->no=5000``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from framework.core.cases.table import as_number
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import CostMatrixError

NAME = "stated costs"
_AMOUNT = re.compile(r"([^A-Za-z\s]*[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*([A-Z]{3})?")
# In half of the world a point parts thousands.
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+")


def stated_matrix(cells: Sequence[str], labels: Sequence[str]) -> CostMatrix:
    """The matrix for ``labels`` that ``cells`` state: TRUE->PREDICTED=COST, positive = bad.

    TRUE and PREDICTED are labels or patterns; the last cell that fits counts. Right decisions cost
    nothing. A currency may follow the number, the same in all cells (default: USD).

    Raises
    ------
    CostMatrixError
        Naming the text that is none, the label that does not exist, or a mistake without a cost.

    Examples
    --------
    >>> stated_matrix(["yes->no=5000", "no->yes=120"], ("no", "yes")).costs.tolist()
    [[0.0, 120.0], [5000.0, 0.0]]
    """
    rules, units = [], set()
    for text in cells:
        cell, equals, cost = text.rpartition("=")
        truth, arrow, decision = cell.partition("->")
        if not (equals and arrow):
            raise CostMatrixError(
                f'--cost: expected TRUE->PREDICTED=COST, as "yes->no=5000", received "{text}"'
            )
        number, unit = _amount(cost, text)
        units.add(unit)
        rules.append({"true": truth.strip(), "predicted": decision.strip(), "cost": number})
    if len(units) > 1:
        raise CostMatrixError(
            f"--cost: expected one currency for all, received {', '.join(sorted(units))}"
        )
    matrix = {"name": NAME, "labels": list(labels), "rules": rules, "unit": units.pop()}
    try:
        return CostMatrix.from_dict(matrix)
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


def _amount(cost: str, text: str) -> tuple[float, str]:
    """The number and the unit of ``cost``, which is part of ``text``."""
    found = _AMOUNT.fullmatch(cost.strip())
    if found is None or (number := as_number(found[1])) is None:
        raise CostMatrixError(
            f'--cost "{text}": expected a number as 5000 or 0.5, perhaps with a currency as 5000 EUR, '
            f'received "{cost.strip()}"'
        )
    if _THOUSANDS.fullmatch(found[1]):
        raise CostMatrixError(
            f'--cost "{text}": {found[1]} may mean {found[1].replace(".", "")} or '
            f"{number:g}; write it so"
        )
    return number, found[2] or "USD"
