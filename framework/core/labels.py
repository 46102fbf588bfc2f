"""Labels of cases as class indices."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from framework.core.arrays import IntArray
from framework.core.errors import DataError


def class_indices(y: Any, labels: tuple[str, ...], n: int) -> IntArray:
    """The position in ``labels`` of each of ``n`` cases, from names or from positions.

    Raises
    ------
    DataError
        For another number of cases, an unknown label, or one that may mean two things.
    """
    y = np.asarray(y)
    if y.shape != (n,):
        raise DataError(f"expected one label per case, shape ({n},), received {y.shape}")
    if y.dtype.kind in "OUS":
        index = {label: k for k, label in enumerate(labels)}
        unknown = sorted({str(label) for label in y} - set(index))
        if unknown:
            raise DataError(f"labels {unknown} in the data; expected one of {list(labels)}")
        return np.array([index[str(label)] for label in y], dtype=np.int64)
    if all(_is_integer(label) for label in labels) and labels != tuple(
        map(str, range(len(labels)))
    ):
        raise DataError(
            f"the labels are numbers themselves ({list(labels)}) and y holds numbers: is {y[0]} the "
            f'label "{y[0]}", or the position of a label? Give y as text (y.astype(int).astype(str)), '
            "or labels other names"
        )
    indices = y.astype(np.int64)
    if not np.array_equal(indices, y) or indices.min() < 0 or indices.max() >= len(labels):
        wrong = y[(indices != y) | (indices < 0) | (indices >= len(labels))][0]
        raise DataError(
            f"expected class indices 0 to {len(labels) - 1} (for {list(labels)}), received {wrong}"
        )
    return indices


def _is_integer(label: str) -> bool:
    return re.fullmatch("[+-]?[0-9]+", label.strip()) is not None
