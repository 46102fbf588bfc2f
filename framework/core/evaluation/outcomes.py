"""Truths, probabilities and decisions as people have them, as indices and arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.costs.actions import acted_on
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_forms import is_bare
from framework.core.errors import DataError
from framework.core.frames import checked_names, is_frame
from framework.core.labels import is_number, label_name
from framework.core.shown import listed

OFF = 0.02  # what the probabilities of a case, rounded, may sum to beside 1


def positions(values: Any, names: Sequence[str], what: str) -> IntArray:
    """The position in ``names`` of each of ``values`` (n,), labels of any type.

    Raises
    ------
    DataError
        For one that is none of them; ``what`` says whose it is.
    """
    values = np.asarray(values)
    if values.ndim != 1:
        raise DataError(f"{what}: expected one label per case, (n,), received {values.shape}")
    index = {name: k for k, name in enumerate(names)}
    kinds, of_case = _different(values)
    unknown = [k for k, kind in enumerate(kinds) if label_name(kind) not in index]
    if unknown:
        case = int(np.argmax(np.isin(of_case, unknown)))
        nothing = values[case] is None or values[case] != values[case]
        told = "no label" if nothing else f'"{label_name(values[case])}"'
        raise DataError(
            f"{what}: case {case} (counting from 0) has {told}; expected one of {listed(names)}"
        )
    found = np.array([index[label_name(kind)] for kind in kinds], dtype=np.int64)
    return found[of_case]


def labels_of(cost_matrix: Any, y_true: Any = None, n_classes: int | None = None) -> list[Any]:
    """Labels in scikit-learn's order, which is sorted: those of the matrix, else of ``y_true``.

    Text as the numbers it stands for where the truths are numbers. Without either, the numbers
    from 0 to ``n_classes`` - 1.
    """
    truths = None if y_true is None else np.asarray(y_true)
    if not is_bare(cost_matrix):
        names = CostMatrix.of(cost_matrix).labels
        numbers = truths is None or truths.dtype.kind in "iufb"
        return sorted(names, key=float) if numbers and all(map(is_number, names)) else sorted(names)
    if truths is None:
        return list(range(len(cost_matrix) if n_classes is None else n_classes))
    return list(_different(truths)[0])


def probabilities_of(given: Any, labels: Sequence[Any]) -> FloatArray:
    """Probabilities (n, N) in the order of ``labels``: an array, or a frame with their names.

    One number a case is that of the second of two classes.

    Raises
    ------
    DataError
        When a column is missing, or a case's are no probabilities.
    """
    names = [label_name(label) for label in labels]
    if is_frame(given):
        own = [label_name(name) for name in given.columns]
        if sorted(own) != sorted(names):
            raise DataError(
                f"probabilities: their columns are {listed(checked_names(own))}; expected one for each "
                f"class: {listed(names)}"
            )
        columns = list(given.columns)
        given = np.column_stack([np.asarray(given[columns[own.index(name)]]) for name in names])
    try:
        p = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError("probabilities: expected numbers, received text among them") from None
    if p.ndim == 1 and len(names) == 2:
        p = np.column_stack([1 - p, p])
    if p.ndim != 2 or p.shape[1] != len(names):
        raise DataError(
            f"probabilities: expected {len(names)} a case, (n, {len(names)}) for the classes "
            f"{listed(names)}, received {p.shape}"
        )
    sums = p.sum(axis=1)
    wrong = ~((p >= 0).all(axis=1) & (p <= 1).all(axis=1) & (np.abs(sums - 1) <= OFF))
    if wrong.any():
        case = int(wrong.argmax())
        raise DataError(
            f"probabilities: those of case {case} (counting from 0) are {p[case].tolist()}; expected "
            "numbers from 0 to 1 that sum to 1"
        )
    return p / sums[:, None]


def decisions_of(matrix: CostMatrix, classes: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
    """What may be decided (M,): ``classes`` as they are, then what is none of them, as text.

    Where the matrix has actions, these.
    """
    if matrix.actions:
        return np.array(matrix.decision_labels)
    further = matrix.decision_labels[len(classes) :]
    plain = np.asarray(classes)
    if not further or plain.dtype.kind in "US":
        return np.array([*plain, *further]) if further else plain
    decisions = np.empty(len(plain) + len(further), dtype=object)
    decisions[:] = [*plain.tolist(), *further]
    return decisions


def decided(given: Any, matrix: CostMatrix, costs: FloatArray, what: str) -> IntArray:
    """The place among the matrix's decisions of each of ``given`` (n,): labels, actions or "refer".

    Where the matrix has actions and all of ``given`` are labels, these are acted upon by the best
    action for each. ``costs`` as ``CostMatrix.dollar_costs``; ``what`` says whose they are.

    Raises
    ------
    DataError
        For one that is none of them.
    """
    names = {label_name(kind) for kind in _different(np.asarray(given))[0]}
    if matrix.actions and names <= set(matrix.labels) and not names <= set(matrix.decision_labels):
        return acted_on(positions(given, matrix.labels, what), costs, matrix.n_actions)
    return positions(given, matrix.decision_labels, what)


def are_probabilities(given: Any) -> bool:
    """Whether ``given`` are probabilities, and not a decision for each case."""
    if is_frame(given):
        return True
    values = np.asarray(given)
    return values.ndim > 1 or (values.dtype.kind == "f" and bool((values % 1 != 0).any()))


def _different(values: np.ndarray) -> tuple[Iterable[Any], IntArray]:
    """The sorted values that occur, and which of them each is; of mixed types, by their names."""
    if values.dtype.kind == "O":
        values = np.array([label_name(value) for value in values])
    kinds, of_case = np.unique(values, return_inverse=True)
    return kinds.tolist(), of_case
