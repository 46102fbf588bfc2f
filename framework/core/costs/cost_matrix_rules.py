"""A cost matrix written as rules: for N classes where nobody writes N x N cells.

    "default": 10,
    "groups": {"limits": ["speed_*"]},
    "rules": [{"true": "stop", "predicted": "limits", "cost": 5000, "reason": "..."}]

Later rules win. A rule speaks of mistakes only: a right decision costs 0. A cost may be a range; all cells
of the rule are then one number.

With actions a rule says "action" in place of "predicted", and speaks of every cell it names: which
action is the right one for a truth is what the costs are to tell.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from framework.core.costs.cost_matrix_cells import amount, check_size, expected_amount
from framework.core.costs.cost_matrix_ranges import RangedCell, read_range
from framework.core.costs.cost_range import CostRange, is_range
from framework.core.errors import CostMatrixError
from framework.core.shown import listed, short

MOST_COMPARISONS = 20_000_000  # of a pattern with a name: 20 s
PREDICTED, ACTION = "predicted", "action"


def expand(
    labels: tuple[str, ...],
    default: Any,
    groups: Any,
    rules: Any,
    actions: tuple[str, ...] = (),
) -> tuple[list[list[float]], tuple[str, ...], dict[str, tuple[str, ...]], tuple[RangedCell, ...]]:
    """The N x N costs, the labels that no rule speaks of, the labels of every group, and ranges.

    With M ``actions`` N x M costs.

    Raises
    ------
    CostMatrixError
        Naming the rule (counting from 1) and the key.
    """
    members = _groups(groups, labels)
    if not isinstance(rules, list):
        raise CostMatrixError(f'"rules": expected a list of objects, received {short(rules)}')
    decided = ACTION if actions else PREDICTED
    _check_amount_of_work(rules, groups, labels, actions)
    costs = np.full((len(labels), len(actions or labels)), np.nan)
    of_rule = np.zeros(costs.shape, dtype=np.int64)  # which rule a cell is by; 0: the default
    ranges: dict[int, tuple[CostRange, str]] = {}
    if default is not None:
        costs[:] = _cost(default, '"default"', 0, ranges)
    touched = np.zeros(len(labels), dtype=bool)
    for number, rule in enumerate(rules, start=1):
        where = f'"rules", rule {number}'
        _check_keys(rule, where, decided)
        rows = select(rule["true"], labels, members, f'{where}, "true"')
        columns = select_decisions(rule[decided], labels, actions, members, f'{where}, "{decided}"')
        costs[np.ix_(rows, columns)] = _cost(rule["cost"], f'{where}, "cost"', number, ranges)
        of_rule[np.ix_(rows, columns)] = number
        touched |= rows if actions else rows | columns
    if not actions:
        np.fill_diagonal(costs, 0.0)
        np.fill_diagonal(of_rule, -1)
    if np.isnan(costs).any():
        i, j = np.argwhere(np.isnan(costs))[0]
        cell = f'"{actions[j]}" where' if actions else f'"{labels[i]}" (truth) taken for'
        of = f'"{labels[i]}" is true' if actions else f'"{labels[j]}"'
        raise CostMatrixError(f'no rule gives a cost to {cell} {of}; add a rule, or a "default"')
    untouched = tuple(label for label, seen in zip(labels, touched, strict=True) if not seen)
    named = {name: tuple(np.array(labels)[mask].tolist()) for name, mask in members.items()}
    ranged = tuple(
        RangedCell(labels[i], (actions or labels)[j], *ranges[int(of_rule[i, j])])
        for i, j in np.argwhere(np.isin(of_rule, list(ranges)))
    )
    return costs.tolist(), untouched, named, ranged


def _check_amount_of_work(
    rules: list[Any], groups: Any, labels: tuple[str, ...], actions: tuple[str, ...]
) -> None:
    """Every pattern is held against every name."""
    check_size(len(labels), len(actions or labels))
    patterns = sum(len(rule) for rule in rules if isinstance(rule, dict)) + len(groups)
    names = len(labels) + len(actions)
    if patterns * names > MOST_COMPARISONS:
        raise CostMatrixError(
            f'"rules": {len(rules):,} rules for {names:,} names are more than is worked through '
            f"({MOST_COMPARISONS:,} comparisons); give the cells themselves"
        )


def _groups(groups: Any, labels: tuple[str, ...]) -> dict[str, np.ndarray]:
    if not isinstance(groups, dict):
        raise CostMatrixError(
            f'"groups": expected an object of name -> list of patterns, received {short(groups)}'
        )
    members: dict[str, np.ndarray] = {}
    for name, patterns in groups.items():
        if name in labels:
            raise CostMatrixError(f'"groups": the name "{name}" is also a label; rename the group')
        # A group may be made of groups named before it.
        members[name] = select(patterns, labels, members, f'"groups", "{name}"')
    return members


def select_decisions(
    patterns: Any,
    labels: tuple[str, ...],
    actions: tuple[str, ...],
    members: dict[str, np.ndarray],
    where: str,
) -> np.ndarray:
    """Which columns are meant, as a mask: labels as ``select`` has them, or ``actions``.

    Actions go by their names and patterns alone; groups are of labels.
    """
    if not actions:
        return select(patterns, labels, members, where)
    try:
        return select(patterns, actions, {}, where)
    except CostMatrixError as error:
        raise CostMatrixError(f"{error}; expected one of the actions {listed(actions)}") from None


def select(
    patterns: Any, labels: tuple[str, ...], members: dict[str, np.ndarray], where: str
) -> np.ndarray:
    """Which labels are meant, as a mask: a group's name, a glob over labels, or a list of those."""
    chosen = np.zeros(len(labels), dtype=bool)
    for pattern in patterns if isinstance(patterns, list) else [patterns]:
        if not isinstance(pattern, str):
            raise CostMatrixError(
                f"{where}: expected a label, a pattern or a group, received {short(pattern)}"
            )
        mask = members.get(pattern)
        if mask is None:
            mask = np.array([fnmatchcase(label, pattern) for label in labels])
        if not mask.any():
            raise CostMatrixError(f'{where}: "{pattern}" matches no label and is no group')
        chosen |= mask
    return chosen


def _check_keys(rule: Any, where: str, decided: str) -> None:
    if not isinstance(rule, dict):
        raise CostMatrixError(f"{where}: expected an object, received {short(rule)}")
    known = ("true", decided, "cost", "reason")
    for key in rule:
        if key not in known:
            told = {PREDICTED: ' (the matrix has "actions")', ACTION: ' (it has no "actions")'}
            raise CostMatrixError(
                f'{where}: unknown key "{key}"{told.get(key, "")}; expected {", ".join(known)}'
            )
    for key in ("true", decided, "cost"):
        if key not in rule:
            raise CostMatrixError(f'{where}: the key "{key}" is missing')


def _cost(value: Any, where: str, number: int, ranges: dict[int, tuple[CostRange, str]]) -> float:
    """The number of a cost; a range is added to ``ranges`` as that of rule ``number``."""
    if is_range(value):
        likely, found, name = read_range(value, where, f"rule {number}" if number else "default")
        ranges[number] = found, name
        return likely
    cost = amount(value)
    if cost is None:
        raise CostMatrixError(f"{where}: {expected_amount(value)}")
    return cost
