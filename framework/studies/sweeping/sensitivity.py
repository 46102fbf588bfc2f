"""How far each cost may be wrong before another model is the cheaper one.

For the model that is recommended at the costs as they stand, on the validation cases it was chosen
by: with every other cost held, the dollars of all models are straight lines in one cost. Each end is
where another model is clearly ahead (``selection.margin``), and names it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.costs.cost_matrix_words import cell_name
from framework.core.uncertainty.multiple_comparisons import margin
from framework.studies.sweeping.analysis import Analysis
from framework.studies.sweeping.break_even import Lines, envelope, positive_from, reach_along

# Up to this many classes every cost is varied; beyond, those the model loses most by.
ALL_CELLS_UP_TO = 3
DEAREST_CELLS = 8


def sensitivity(analysis: Analysis) -> list[dict[str, Any]]:
    """The axis itself where the matrix has a place on it, then single cells."""
    found = []
    present = analysis.axis.present(analysis.judge)
    if present is not None:
        lines = analysis.lines["validation"]
        farthest = reach_along(*analysis.validation.ends(analysis.axis, analysis.judge))
        found.append(
            {
                "cost": analysis.axis.name,
                "kind": analysis.axis.kind,
                "unit": analysis.axis.unit,
                "present": present,
            }
            | _range(analysis, lines, farthest, present, floor=0.0)
        )
    judge = analysis.judge
    for i, j in _cells(analysis):
        present = float(judge.costs[i, j])
        lines, farthest = _cell_lines(analysis, i, j, present)
        found.append(
            {
                "cost": cell_name(judge, i, j),
                "kind": "cost",
                "unit": judge.unit,
                "present": present,
            }
            | _range(analysis, lines, farthest, present, 0.0 if present > 0 else -np.inf)
        )
    return found


def _cells(analysis: Analysis) -> list[tuple[int, int]]:
    judge = analysis.judge
    varying = {judge.position(cell) for cell in judge.column_costs}
    n, m = judge.costs.shape
    right = judge.right_decisions[:, :m]
    if n <= ALL_CELLS_UP_TO:
        looked_at = ~right | (judge.costs != 0)
        cells = [(int(i), int(j)) for i, j in np.argwhere(looked_at)]
    else:
        part = analysis.validation
        made = part.decisions[analysis.now]
        lost = np.zeros((n, len(judge.decision_labels)))
        np.add.at(lost, (part.y, made), -part.dollars(judge)[:, analysis.now])
        lost = np.where(right, 0.0, lost[:, :m])
        order = np.argsort(-lost, axis=None, kind="stable")[:DEAREST_CELLS]
        cells = [divmod(int(k), m) for k in order if lost.flat[k] > 0]
    return [cell for cell in cells if cell not in varying]


def _cell_lines(
    analysis: Analysis, i: int, j: int, present: float
) -> tuple[Lines, Callable[[float], float]]:
    """Dollars of all models on the validation cases as lines in the cost of one cell, and the
    most that two decisions can differ by along them."""
    part, judge = analysis.validation, analysis.judge
    hit = ((part.y == i) & (part.decisions == j)).T
    slope = -judge.dollars_per_unit * hit.astype(np.float64)
    at_zero: FloatArray = judge.dollar_costs(part.columns)
    at_zero[..., i, j] -= judge.dollars_per_unit * present
    at_one = at_zero.copy()
    at_one[..., i, j] += judge.dollars_per_unit
    return Lines(part.dollars(judge) - slope * present, slope), reach_along(at_zero, at_one)


def _range(
    analysis: Analysis,
    lines: Lines,
    farthest: Callable[[float], float],
    present: float,
    floor: float,
) -> dict[str, Any]:
    """Down to where and up to where no model is clearly ahead; None: there is no such end."""
    ends: dict[str, Any] = {}
    for name, sign, end in (("low", -1, -floor), ("high", 1, np.inf)):
        found = _overtaken(analysis, lines, farthest, sign, sign * present, end)
        ends[name] = found and {"at": sign * found[0], "model": analysis.models[found[1]].name}
    return ends


def _overtaken(
    analysis: Analysis,
    lines: Lines,
    farthest: Callable[[float], float],
    sign: int,
    start: float,
    end: float,
) -> tuple[float, int] | None:
    """From which value, times ``sign``, the cheapest model is clearly ahead, and which one."""
    k, groups = analysis.now, analysis.validation.groups
    constant, slope = lines.means
    for segment in envelope(constant, sign * slope, start, end):
        rival = segment.model
        if rival == k:
            continue

        def ahead(value: float, rival: int = rival) -> float:
            dollars = lines.constant + lines.slope * (sign * value)
            best, own = dollars[:, rival], dollars[:, k]
            return margin(best, own, len(analysis.models), farthest(sign * value), groups)

        step = max(abs(segment.low), 1.0)
        at = positive_from(ahead, segment.low, step, segment.high)
        if at < segment.high:
            return at, rival
    return None
