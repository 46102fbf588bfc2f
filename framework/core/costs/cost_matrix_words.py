"""What a matrix says, in sentences: so that a transposed one is seen by whoever reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from framework.core.arrays import IntArray
from framework.core.costs.actions import best_actions
from framework.core.costs.cost_matrix_columns import AFTERWARDS, ColumnCost
from framework.core.costs.cost_matrix_fields import CostMatrixFields
from framework.core.shown import listed

# Mistakes told of a matrix of more than two classes.
DEAREST = 3


def mistakes_in_words(
    matrix: CostMatrixFields, counts: Sequence[int] | IntArray | None = None
) -> tuple[str, ...]:
    """The dearest mistakes and the commonest, in money.

    Of two classes both mistakes, the dearer first. Of more, the dearest mistake of each of the
    truths where mistakes cost the most (above the right decision), at most three; then what
    mistakes on the commonest class cost. With actions, the dearest one for each of these truths,
    beside the best.

    Parameters
    ----------
    matrix : CostMatrix
    counts : sequence of int, length N, optional
        Cases of each class; without, nothing is told of the commonest one.

    Examples
    --------
    >>> from framework import CostMatrix
    >>> mistakes_in_words(CostMatrix("m", ("benign", "malignant"), [[0, 1300], [252000, 0]]))[0]
    'calling a "malignant" case "benign" costs 252,000 USD'
    """
    if matrix.actions:
        told = [_acted(matrix, i, j) for i, j in _worst_actions(matrix)[:DEAREST]]
    else:
        told = [_sentence(matrix, i, j) for i, j in _worst_of_each_truth(matrix)[:DEAREST]]
    if matrix.n_classes > 2 and counts is not None:
        told.append(_of_class(matrix, int(np.argmax(counts))))
    if matrix.refer is not None:
        told.append(f"referring a case {_range(matrix, matrix.refer)}")
    return tuple(told)


def best_actions_in_words(matrix: CostMatrixFields) -> tuple[str, ...]:
    """Which action is the best for which labels; nothing where labels are decided.

    Truths whose costs depend on the case have no one best action, and are left out.
    """
    if not matrix.actions:
        return ()
    best = best_actions(matrix.costs, matrix.n_actions)
    known = ~matrix.of_the_case.any(axis=1)
    return tuple(
        f'"{matrix.actions[action]}" is the best action for '
        + listed([matrix.labels[i] for i in np.flatnonzero(known & (best == action))])
        for action in dict.fromkeys(best[known].tolist())
    )


def plain(amount: float) -> str:
    """An amount with all its digits: 252,000."""
    return f"{amount:,.10g}"


def cell_name(matrix: CostMatrixFields, i: int, j: int) -> str:
    """A cell for the head of a row: ``malignant as benign``; of an action, ``biopsy if benign``."""
    return (
        f"{matrix.acts[j]} if {matrix.labels[i]}"
        if matrix.actions
        else (f"{matrix.labels[i]} as {matrix.labels[j]}")
    )


def cell_in_words(
    matrix: CostMatrixFields,
    i: int,
    j: int,
    *,
    sign: float = 1.0,
    say: Callable[[float], str] = plain,
) -> str:
    """What a cell costs, with what it takes from the data: ``20 + 0.75 x amount``.

    ``sign`` -1: what it brings instead. ``say`` tells an amount in the matrix's currency.
    """
    cell = _of_the_case(matrix, i, j)
    worth = sign * matrix.dollars_per_unit
    constant = say(matrix.costs[i, j] * worth + 0.0)
    if cell is None:
        return constant + ends_in_words(
            matrix, matrix.labels[i], matrix.acts[j], sign=sign, say=say
        )
    later = " (known afterwards)" if cell.known == AFTERWARDS else ""
    term = f"{say(cell.factor * worth)} x {cell.column}{later}"
    return term if matrix.costs[i, j] == 0 else f"{constant} + {term}"


def ends_in_words(
    matrix: CostMatrixFields,
    true: str,
    decision: str,
    *,
    sign: float = 1.0,
    say: Callable[[float], str] = plain,
) -> str:
    """Of a cell that is a range `` (800 to 4,000)``, what is plausible; of others nothing."""
    for cell in matrix.ranges:
        if (cell.true, cell.predicted) == (true, decision):
            low, high = sorted(sign * end * matrix.dollars_per_unit for end in cell.range.ends)
            return f" ({say(low + 0.0)} to {say(high + 0.0)})"
    return ""


def _worst_of_each_truth(matrix: CostMatrixFields) -> list[tuple[int, int]]:
    """The dearest mistake of every truth, dearest first; those that depend on the case lead."""
    above = matrix.costs - np.diagonal(matrix.costs)[:, None]
    growth = np.zeros_like(above)
    for cell in matrix.column_costs:
        growth[matrix.position(cell)] = abs(cell.factor)
    above = np.where(matrix.of_the_case, np.inf, above)
    np.fill_diagonal(above, -np.inf)
    worst = [(i, int(np.lexsort((growth[i], above[i]))[-1])) for i in range(matrix.n_classes)]
    return sorted(worst, key=lambda cell: (-above[cell], -growth[cell]))


def _worst_actions(matrix: CostMatrixFields) -> list[tuple[int, int]]:
    """The dearest action of every truth, dearest above the best first."""
    above = np.where(matrix.of_the_case, np.inf, matrix.regret)
    worst = [(i, int(row.argmax())) for i, row in enumerate(above)]
    return sorted(worst, key=lambda cell: -above[cell])


def _acted(matrix: CostMatrixFields, i: int, j: int) -> str:
    def cost(k: int) -> str:
        if _of_the_case(matrix, i, k) is None:
            return _range(matrix, matrix.costs[i, [k]])
        amount = cell_in_words(matrix, i, k, say=lambda said: f"{plain(said)} {matrix.currency}")
        return f"costs {amount}"

    told = f'"{matrix.acts[j]}" for a "{matrix.labels[i]}" case {cost(j)}'
    if matrix.of_the_case[i].any():
        return told
    best = int(matrix.costs[i].argmin())
    return f'{told} ("{matrix.acts[best]}", the best action, {cost(best)})'


def _of_the_case(matrix: CostMatrixFields, i: int, j: int) -> ColumnCost | None:
    cells = [cell for cell in matrix.column_costs if matrix.position(cell) == (i, j)]
    return cells[0] if cells else None


def _sentence(matrix: CostMatrixFields, i: int, j: int) -> str:
    others = np.delete(matrix.costs[i], i)
    alike = len(others) > 1 and (others == others[0]).all() and not matrix.of_the_case[i].any()
    called = "anything else" if alike else f'"{matrix.labels[j]}"'
    mistake = f'calling a "{matrix.labels[i]}" case {called}'
    if _of_the_case(matrix, i, j) is None:
        ends = ends_in_words(matrix, matrix.labels[i], matrix.labels[j])
        return f"{mistake} {_range(matrix, matrix.costs[i, [j]])}{ends}"
    cost = cell_in_words(matrix, i, j, say=lambda amount: f"{plain(amount)} {matrix.currency}")
    return f"{mistake} costs {cost}"


def _of_class(matrix: CostMatrixFields, k: int) -> str:
    """What all mistakes on the commonest class cost, or all actions."""
    if matrix.actions:
        start = f'what is done with a "{matrix.labels[k]}" case, the commonest,'
        if matrix.of_the_case[k].any():
            return f"{start} costs what depends on the case"
        return f"{start} {_range(matrix, matrix.costs[k])}"
    start = f'calling a "{matrix.labels[k]}" case, the commonest, anything else'
    others = np.arange(matrix.n_classes) != k
    if matrix.of_the_case[k][others].any():
        return f"{start} costs what depends on the case"
    return f"{start} {_range(matrix, matrix.costs[k, others])}"


def _range(matrix: CostMatrixFields, costs: np.ndarray) -> str:
    """``costs 1 to 7 USD``; a negative cost is money that comes in."""
    low, high = (float(end) * matrix.dollars_per_unit for end in (costs.min(), costs.max()))
    verb = "costs"
    if high < 0:
        verb, low, high = "brings", -high, -low
    amount = plain(low + 0.0) if low == high else f"{plain(low + 0.0)} to {plain(high + 0.0)}"
    return f"{verb} {amount} {matrix.currency}"
