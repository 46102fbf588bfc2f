"""The panel of a run's page whose costs and mix can be moved: what its script starts from.

The page decides all models anew, each case at least expected cost, by the probabilities that their
dollars are stated by. The arithmetic is that of ``framework.core.decisions.decision`` and
``framework.core.costs.prevalence``, in templates/movable_decisions.js.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import case_costs, of_cases
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_columns import AFTERWARDS
from framework.core.costs.prevalence import at_target, shares
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.words import before_digits, least_amount, money_word, quoted
from framework.experiment.stored_runs.run_data import ModelData, RunData
from framework.report.figures import series_color
from framework.report.run.movable_costs import CELLS_UP_TO, FACTOR, PRICE, Movable, movables
from framework.report.run.packed import packed, unpacked

MAX_CASES = 20_000
# Of all probabilities as text; with them the page grows by less than 1 MiB.
MAX_CHARACTERS = 900_000
FILE = "moved.json"
HALF_A_CENT = 0.005


@dataclass(frozen=True)
class Panel:
    """What the template draws, and the ``data`` that the script computes with.

    ``grid`` are the movables of each cell (N, M), by number, where cells can be moved one by one;
    ``others`` are the remaining ones.
    """

    data: Mapping[str, Any]
    movables: tuple[Movable, ...]
    grid: tuple[tuple[tuple[int, ...], ...], ...]
    others: tuple[int, ...]
    decisions: tuple[str, ...]
    unit: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Mix:
    """Shares (N,): ``stated`` of what the probabilities are true for, ``start`` of what the page's
    first figures are for; ``given`` where the run was told which.
    """

    stated: FloatArray
    start: FloatArray
    given: bool


def panel(run: RunData) -> Panel:
    """The panel of ``run``, at its own costs and mix."""
    mix = _mix(run)
    cases, width = _kept(run)
    found = movables(run.matrix)
    grid, others = _layout(run.matrix, found)
    texts = [packed(model.stated[cases], width) for model in run.models]
    start = [_at_start(run, mix, cases, text, width) for text in texts]
    written = replace(run.matrix, ranges=()).to_dict()  # what is moved is a number
    file_columns = len(written["costs"][0])
    data = {
        "labels": run.labels,
        "decisions": run.decision_labels[:file_columns],
        "matrix": written,
        "movables": [movable.to_json() for movable in found],
        "columns": _columns(run, cases),
        "counts": np.bincount(run.y_true[cases], minlength=len(run.labels)).tolist(),
        "stated": mix.stated.tolist(),
        "start": mix.start.tolist(),
        "given": mix.given,
        "models": [
            {"name": model.name, "probabilities": text, "color": series_color(i)}
            for i, (model, text) in enumerate(zip(run.models, texts, strict=True))
        ],
        "served": run.models.index(run.served),
        "width": width,
        "sign": before_digits(),
        "least": least_amount(),
        "dearest": _dearest_class(run.matrix),
        "file": FILE,
        "command": _command(run),
    }
    return Panel(
        data=data,
        movables=found,
        grid=grid,
        others=others,
        decisions=run.decision_labels[: len(grid[0])] if grid else (),
        unit=run.matrix.unit,
        notes=tuple(_notes(run, cases, width, start)),
    )


def _mix(run: RunData) -> _Mix:
    test = shares(run.y_true, len(run.labels))
    if run.mix is None:
        # A folder of old does not tell; its parts have the same shares unless they were given apart.
        return _Mix(test, test, given=False)
    if run.mix.target is not None:
        return _Mix(run.mix.target, run.mix.target, given=True)
    whole = run.mix.judged
    return _Mix(run.mix.training, test if whole is None else whole, given=False)


def _kept(run: RunData) -> tuple[IntArray, int]:
    """The test cases that the page holds, class by class, and the bytes for each probability."""
    for_each = len(run.models) * len(run.labels)
    n = min(len(run.y_true), MAX_CASES)
    width = 3 if n * for_each * 4 <= MAX_CHARACTERS else 2
    n = min(n, int(MAX_CHARACTERS / (for_each * 4 / 3 * width)))
    by_class = [np.flatnonzero(run.y_true == k) for k in range(len(run.labels))]
    if n < len(run.y_true):
        rng = np.random.default_rng(0)  # the same page every time
        by_class = [
            np.sort(rng.choice(of_class, max(1, len(of_class) * n // len(run.y_true)), False))
            for of_class in by_class
            if len(of_class)
        ]
    return np.concatenate(by_class), width


def _layout(
    matrix: CostMatrix, found: Sequence[Movable]
) -> tuple[tuple[tuple[tuple[int, ...], ...], ...], tuple[int, ...]]:
    """Which movables stand in a table of cells, and which beside it."""
    if matrix.n_classes > CELLS_UP_TO:
        return (), tuple(range(len(found)))
    placed: dict[tuple[int, int], list[int]] = {}
    for number, movable in enumerate(found):
        if movable.kind in (PRICE, FACTOR):
            placed.setdefault(movable.cells[0], []).append(number)
    columns = 1 + max(j for _, j in placed)
    grid = tuple(
        tuple(tuple(placed[i, j]) for j in range(columns)) for i in range(matrix.n_classes)
    )
    others = (n for n, movable in enumerate(found) if movable.kind not in (PRICE, FACTOR))
    return grid, tuple(others)


def _columns(run: RunData, cases: IntArray) -> list[dict[str, Any]]:
    """Of each cell that depends on the case: the column's values, and the one that decides.

    ``known`` is the mean by which a case is decided where its value is known only afterwards.
    """
    found = []
    for cell in run.matrix.column_costs:
        i, j = run.matrix.position(cell)
        known = None
        if cell.known == AFTERWARDS:
            above = float(run.deciding.costs[i, j] - run.matrix.costs[i, j])
            known = above / cell.factor if cell.factor else 0.0
        values = [float(f"{value:.7g}") for value in run.columns[cell.column][cases]]
        found.append({"cell": [i, j], "name": cell.column, "values": values, "known": known})
    return found


def _at_start(run: RunData, mix: _Mix, cases: IntArray, text: str, width: int) -> float:
    """Dollars per case of a model as the page first shows them."""
    y = run.y_true[cases]
    p = unpacked(text, width).reshape(len(cases), -1)
    decided = minimum_expected_cost(p, of_cases(run.known, cases))
    dollars = -case_costs(y, decided, of_cases(run.costs, cases))
    return float(at_target(dollars, y, mix.start).mean())


def _dearest_class(matrix: CostMatrix) -> int:
    """Of two classes the second, which is called positive; else the one with the dearest mistake."""
    if matrix.n_classes == 2:
        return 1
    return int((matrix.costs.max(axis=1) - matrix.costs.min(axis=1)).argmax())


def _command(run: RunData) -> str:
    """What trains with the moved costs; the page adds the mix."""
    return run.command(cost_matrix=[FILE], evaluation_matrix=None, prevalence=None)


def _notes(run: RunData, cases: IntArray, width: int, start: Sequence[float]) -> Iterator[str]:
    """What the figures are, and where they differ from the report's own."""
    seeds = " with the first seed's networks," if run.config["seeds"] > 1 else ""
    yield (
        f"Here every model decides each case{seeds} at least expected cost, by its calibrated "
        f"probabilities. Figures are of the test cases, without intervals."
    )
    if len(cases) < len(run.y_true):
        yield (
            f"The page holds {len(cases):,} of the {len(run.y_true):,} test cases, a random sample "
            "of each class; figures differ a little from those of all."
        )
    if run.config["dataset"] == "data frame":
        yield "The table was given in Python: in the command below, put a file of it in its place."
    if run.matrix.column_costs:
        yield "Cells that depend on the case: what does not, and the factor, can be moved."
    differing = [
        f"{quoted(model.name)} ({_why(run, model, cases, width)})"
        for model, dollars in zip(run.models, start, strict=True)
        if abs(dollars - model.dollars_per_case) >= HALF_A_CENT
    ]
    if differing:
        yield (
            f"At the start these show other {money_word()} than the report's table: "
            f"{', '.join(differing)}."
        )


def _why(run: RunData, model: ModelData, cases: IntArray, width: int) -> str:
    if model.rule != "minimum_expected_cost":
        return f"in the run it decides by {model.rule}"
    if model.metrics["calibration"] != model.metrics["reporting"]:
        return "in the run it decides by probabilities that are not calibrated"
    if run.config["seeds"] > 1:
        return "there, the mean over all seeds"
    if len(cases) < len(run.y_true):
        return "there, all cases"
    return f"its probabilities are rounded to {8 * width} bits here"
