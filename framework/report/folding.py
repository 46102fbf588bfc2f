"""A matrix of very many classes as one of their groups, the dearest first to be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from framework.core.arrays import FloatArray

MANY = 60  # classes, or decisions: of more, groups are shown
KEPT = 40  # groups; all others are one


def folded(
    cells: FloatArray,
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    groups: Mapping[str, Sequence[str]],
    mean: bool = False,
) -> tuple[FloatArray, tuple[str, ...], tuple[str, ...]]:
    """Cells (N, M) summed, or with their ``mean``, by groups of rows and columns, and their names.

    A label is in the first of the ``groups`` that has it, or a group of its own. Kept are the groups whose
    positive cells make up the most; a class that is also a column is in the same group there.

    Examples
    --------
    >>> cells, labels = np.array([[0.0, 1.0, 5.0], [1.0, 0.0, 5.0], [9.0, 9.0, 0.0]]), ("ash", "oak", "car")
    >>> found, names, _ = folded(cells, labels, labels, {"tree": ["ash", "oak"]})
    >>> names, found.tolist()
    (('tree', 'car'), [[2.0, 10.0], [18.0, 0.0]])
    """
    group_of = {label: name for name, of in reversed(list(groups.items())) for label in of}
    of_rows = [group_of.get(name, name) for name in rows]
    of_columns = [group_of.get(name, name) for name in columns]
    lost = np.maximum(np.nan_to_num(cells), 0.0)
    size: dict[str, float] = {}
    for names, totals in ((of_rows, lost.sum(axis=1)), (of_columns, lost.sum(axis=0))):
        for name, total in zip(names, totals.tolist(), strict=True):
            size[name] = size.get(name, 0.0) + total
    kept = set(sorted(size, key=lambda name: -size[name])[:KEPT])
    others = f"({len(size) - len(kept):,} others)"
    first, row_names = _membership([name if name in kept else others for name in of_rows])
    second, column_names = _membership([name if name in kept else others for name in of_columns])
    found = first @ np.nan_to_num(cells) @ second.T
    if mean:
        found /= np.outer(first.sum(axis=1), second.sum(axis=1))
    return found, row_names, column_names


def _membership(names: list[str]) -> tuple[FloatArray, tuple[str, ...]]:
    """Who is in which group (G, N), and the groups in their order, others last."""
    different = sorted(dict.fromkeys(names), key=lambda name: name.endswith(" others)"))
    place = {name: k for k, name in enumerate(different)}
    found = np.zeros((len(different), len(names)))
    found[[place[name] for name in names], np.arange(len(names))] = 1.0
    return found, tuple(different)
