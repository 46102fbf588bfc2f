"""The cost matrix that came with a request."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_cells import check_same_labels
from framework.core.costs.cost_matrix_file import NAMES
from framework.core.errors import CostMatrixError
from framework.core.shown import SHORT
from framework.serving.limits import CACHED_MATRICES, LARGEST_CACHED

MOST_ACTIONS = 1000  # of a request's matrix


class RequestMatrices:
    """Reads the matrices of requests to a model with these ``labels``, which tend to repeat a few of them."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.labels = labels
        self._cached = lru_cache(CACHED_MATRICES)(self._matrix)

    def read(self, data: Any) -> CostMatrix:
        """The matrix of parsed JSON, in the order of the labels.

        Raises
        ------
        CostMatrixError
            Naming the cell.
        """
        try:
            self._check_sides(data)
            text = json.dumps(data)
            return self._cached(text) if len(text) <= LARGEST_CACHED else self._matrix(text)
        except CostMatrixError as error:
            raise CostMatrixError(f'"cost_matrix": {error}') from error

    def _check_sides(self, data: Any) -> None:
        """Before anything is made of it: a few rules may mean as many cells as there is memory."""
        labels, actions = (data.get(key) if isinstance(data, dict) else None for key in NAMES)
        if isinstance(labels, list) and labels:
            names = tuple(map(str, labels))
            check_same_labels(_short_name(data.get("name")), names, self.labels)
        most = max(MOST_ACTIONS, 2 * len(self.labels))
        if isinstance(actions, list) and len(actions) > most:
            raise CostMatrixError(
                f'"actions": expected at most {most:,} names, received {len(actions):,}'
            )

    def _matrix(self, text: str) -> CostMatrix:
        matrix = CostMatrix.from_dict(json.loads(text)).aligned(self.labels)
        later = matrix.columns_known_afterwards
        if later:
            raise CostMatrixError(
                f'the column "{later[0]}" is known only afterwards, and a request is decided now; '
                "give those cells as numbers"
            )
        return matrix


def _short_name(name: Any) -> str:
    """A matrix's, for a message; "?" where it is no text."""
    return name[:SHORT] if isinstance(name, str) else "?"
