"""Labels of cases as class indices."""

from __future__ import annotations

from typing import Any

import numpy as np

from framework.core.arrays import IntArray
from framework.core.errors import DataError

UNSEEN_CLASSES = "unseen_classes"  # what a cost matrix allows where a label has no case in training


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
    if y.dtype.kind not in "biuf":
        raise DataError(f"expected class indices or names of {list(labels)}, received {y.dtype}")
    with np.errstate(invalid="ignore"):  # of NaN, told below
        whole = y.astype(np.int64)
    if not np.array_equal(whole, y):
        wrong = y[whole != y][0]
        raise DataError(f"expected class indices or names of {list(labels)}, received {wrong}")
    seen = np.unique(whole).tolist()
    by_position = seen[0] >= 0 and seen[-1] < len(labels)
    by_name = all(str(value) in labels for value in seen)
    if by_name and not by_position:
        return np.array([labels.index(str(value)) for value in whole.tolist()], dtype=np.int64)
    if by_name and any(labels[value] != str(value) for value in seen):
        raise DataError(
            f"the labels are numbers themselves ({list(labels)}) and y holds numbers: is {y[0]} the "
            f'label "{y[0]}", or the position of a label? Give y as text (y.astype(int).astype(str)), '
            "or labels other names"
        )
    if not by_position:
        wrong = next(value for value in seen if not 0 <= value < len(labels))
        raise DataError(
            f"expected class indices 0 to {len(labels) - 1} (for {list(labels)}), received {wrong}"
        )
    return whole


def label_name(value: Any) -> str:
    """A class as people write it: 1 for 1.0, which is what a column with a gap makes of it.

    Examples
    --------
    >>> [label_name(value) for value in (1, 1.0, np.int8(1), "1", True)]
    ['1', '1', '1', '1', 'True']
    """
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def is_number(text: str) -> bool:
    """Whether ``text`` is what Python reads as a number, NaN and infinity included."""
    try:
        float(text)
    except ValueError:
        return False
    return True
