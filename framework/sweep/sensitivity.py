"""How far each cost may be wrong before another model is the cheaper one.

For the model that is recommended at the costs as they stand, on the validation cases it was chosen
by: with every other cost held, the dollars of all models are straight lines in one cost, so the
range over which the model stays the cheapest is exact. Each end names the model that takes over,
with the bootstrap interval of that break-even point.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from framework.core.bootstrap import mean_replicates
from framework.core.break_even import Lines, break_even_interval
from framework.sweep.analysis import REPLICATES, Analysis

# Up to this many classes every cost is varied; beyond, those the model loses most by.
ALL_CELLS_UP_TO = 3
DEAREST_CELLS = 8


def sensitivity(analysis: Analysis) -> list[dict[str, Any]]:
    """The axis itself where the matrix has a place on it, then single cells."""
    found = []
    present = analysis.axis.present(analysis.judge)
    if present is not None:
        lines = analysis.lines["validation"]
        found.append(
            {
                "cost": analysis.axis.name,
                "kind": analysis.axis.kind,
                "unit": analysis.axis.unit,
                "present": present,
            }
            | _range(analysis, lines, present, floor=0.0)
        )
    judge = analysis.judge
    for i, j in _cells(analysis):
        present = float(judge.costs[i, j])
        lines = _cell_lines(analysis, i, j, present)
        found.append(
            {
                "cost": f"{judge.labels[i]} as {judge.labels[j]}",
                "kind": "cost",
                "unit": judge.unit,
                "present": present,
            }
            | _range(analysis, lines, present, floor=0.0 if present > 0 else -np.inf)
        )
    return found


def _cells(analysis: Analysis) -> list[tuple[int, int]]:
    judge = analysis.judge
    varying = {
        (judge.labels.index(c.true), judge.labels.index(c.predicted)) for c in judge.column_costs
    }
    n = judge.n_classes
    if n <= ALL_CELLS_UP_TO:
        cells = [(i, j) for i in range(n) for j in range(n) if i != j or judge.costs[i, j] != 0]
    else:
        part = analysis.validation
        made = part.decisions[analysis.now]
        lost = np.zeros((n, len(judge.decision_labels)))
        np.add.at(lost, (part.y, made), -part.dollars(judge)[:, analysis.now])
        lost = lost[:, :n]
        np.fill_diagonal(lost, 0.0)
        order = np.argsort(-lost, axis=None, kind="stable")[:DEAREST_CELLS]
        cells = [divmod(int(k), n) for k in order if lost.flat[k] > 0]
    return [cell for cell in cells if cell not in varying]


def _cell_lines(analysis: Analysis, i: int, j: int, present: float) -> Lines:
    """Dollars of all models on the validation cases as lines in the cost of one cell."""
    part, judge = analysis.validation, analysis.judge
    hit = ((part.y == i) & (part.decisions == j)).T
    slope = -judge.dollars_per_unit * hit.astype(np.float64)
    return Lines(part.dollars(judge) - slope * present, slope)


def _range(analysis: Analysis, lines: Lines, present: float, floor: float) -> dict[str, Any]:
    constant, slope = lines.means
    k = analysis.now
    with np.errstate(divide="ignore", invalid="ignore"):
        crossings = (constant[k] - constant) / (slope - slope[k])
    # Rounding must not put a tie on the wrong side of the present cost.
    above = np.where(slope > slope[k], np.maximum(crossings, present), np.inf)
    below = np.where(slope < slope[k], np.minimum(crossings, present), -np.inf)
    ends: dict[str, Any] = {}
    for name, at, rival in (
        ("low", below.max(), int(below.argmax())),
        ("high", above.min(), int(above.argmin())),
    ):
        if not np.isfinite(at) or at < floor:
            ends[name] = None
            continue
        first, second = (k, rival) if name == "low" else (rival, k)
        differences = np.stack(
            [
                lines.constant[:, first] - lines.constant[:, second],
                lines.slope[:, first] - lines.slope[:, second],
            ],
            axis=1,
        )
        drawn = mean_replicates(differences, analysis.validation.groups, replicates=REPLICATES)
        low, high = break_even_interval(drawn[:, 0], drawn[:, 1], floor=floor)
        ends[name] = {
            "at": float(at),
            "interval": [float(end) if np.isfinite(end) else None for end in (low, high)],
            "model": analysis.models[rival].name,
        }
    return ends
