"""What stands for a cost matrix in settings, before the data are there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_forms import is_bare


@dataclass(frozen=True, eq=False)
class BareCosts:
    """Rows of costs without labels, kept until those of the data are known."""

    cells: list[Any]
    name: str = "costs"


# A matrix, numbers that wait for their labels, or the name of a file.
GivenMatrix = CostMatrix | BareCosts | str


def given_matrix(value: Any) -> GivenMatrix:
    """Of any of the forms that ``CostMatrix.of`` takes; the name of a file stays one.

    Raises
    ------
    CostMatrixError
        When it is none of them.
    """
    if isinstance(value, (str, Path)):
        return str(value)
    if isinstance(value, BareCosts):
        return value
    if is_bare(value):
        return BareCosts(value.tolist() if isinstance(value, np.ndarray) else list(value))
    return CostMatrix.of(value)


def given_matrices(value: Any) -> tuple[GivenMatrix, ...]:
    """Of one of them, or of a list of several."""
    several = isinstance(value, (list, tuple)) and not is_bare(value)
    return tuple(given_matrix(one) for one in (value if several else [value]))
