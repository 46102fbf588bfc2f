"""A cost matrix as tables and as a picture, and what ``fw matrix show`` prints of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from framework.core.arrays import FloatArray
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_cells import REFER
from framework.core.costs.cost_matrix_words import (
    best_actions_in_words,
    cell_in_words,
    ends_in_words,
    mistakes_in_words,
    plain,
)
from framework.core.costs.prevalence import shares_in_words
from framework.core.words import currency, money, money_word, quoted
from framework.report.console import terminal_table
from framework.report.tables import Table, heat_table

if TYPE_CHECKING:
    from framework.report.figures import Chart


def costs_table(matrix: CostMatrix, say: Callable[[float], str] = money) -> Table:
    """What every decision brings, rows the truth, with what it takes from the data."""
    n, m = map(range, matrix.costs.shape)
    texts = [[cell_in_words(matrix, i, j, sign=-1.0, say=say) for j in m] for i in n]
    if matrix.refer is not None:
        for label, row, cost in zip(matrix.labels, texts, matrix.refer, strict=True):
            ends = ends_in_words(matrix, label, REFER, sign=-1.0, say=say)
            row.append(say(-cost * matrix.dollars_per_unit + 0.0) + ends)
    caption = f"{quoted(matrix.name)}: {money_word()} per case (negative = a loss)"
    return heat_table(_dollars(matrix), matrix.labels, matrix.decision_labels, texts, caption)


def induced_costs_table(matrix: CostMatrix, say: Callable[[float], str] = money) -> Table:
    """What acting by the best action for each class brings, rows the truth: (N, N), for training.

    Of a class whose costs depend on the case there is no one number.
    """
    costs = matrix.induced_costs * matrix.dollars_per_unit
    varying = np.any(matrix.of_the_case, axis=1).tolist()
    texts = [
        [
            "of the case" if varying[i] or varying[j] else say(0.0 - cost)
            for j, cost in enumerate(row)
        ]
        for i, row in enumerate(costs)
    ]
    caption = (
        f"{quoted(matrix.name)}: {money_word()} per case where one acts as if a class were true, by its "
        "best action: what training goes by"
    )
    return heat_table(costs, matrix.labels, matrix.labels, texts, caption)


def training_costs_table(
    labels: tuple[str, ...], weights: FloatArray, caption: str, of_the_case: Collection[int] = ()
) -> Table:
    """Relative costs (N, N) that a loss is given; rows ``of_the_case`` have no one number."""
    texts = [
        ["of the case"] * len(labels) if i in of_the_case else [f"{weight:,.6g}" for weight in row]
        for i, row in enumerate(weights)
    ]
    return heat_table(weights, labels, labels, texts, caption)


def costs_chart(matrix: CostMatrix, groups: Mapping[str, Sequence[str]] | None = None) -> Chart:
    """The same as a picture, where a table would not fit; of very many classes by ``groups`` of them
    (default: those of its rules).

    Cells that depend on the case are hatched: their constants alone would look like costs.
    """
    from framework.report.heat_map import HeatMap

    cells = _dollars(matrix)
    hatched = np.zeros(cells.shape, dtype=bool)
    hatched[:, : len(matrix.acts)] = matrix.of_the_case
    caption = "What each decision costs, rows the truth; empty: nothing, or a gain."
    if hatched.any():
        caption += " Hatched: by a column of the data."
    return HeatMap(
        cells,
        matrix.labels,
        matrix.decision_labels,
        True,
        hatched,
        groups or matrix.groups,
        mean=True,
    ).chart("cost-matrix", f"{quoted(matrix.name)}: {money_word()} lost per case", caption)


def induced_costs_chart(matrix: CostMatrix) -> Chart:
    """``induced_costs_table`` as a picture: what acting by the best action for each class costs."""
    from framework.report.heat_map import HeatMap

    cells = matrix.induced_costs * matrix.dollars_per_unit
    varying = np.any(matrix.of_the_case, axis=1)
    hatched = varying[:, None] | varying[None, :]
    caption = (
        "What it costs to act as if a class were true (columns), by its best action, rows the truth: "
        "what training goes by; empty: nothing, or a gain."
    )
    return HeatMap(
        cells, matrix.labels, matrix.labels, True, hatched, matrix.groups, mean=True
    ).chart("cost-matrix-by-class", f"{quoted(matrix.name)}: {money_word()} lost per case", caption)


def matrix_text(matrix: CostMatrix, origin: str) -> RenderableType:
    """Dollars per case, what that means in sentences, and the training costs; rows the truth.

    With actions: which is the best for which label, and the costs (N, N) that follow for training.
    """
    about = [f'"{matrix.name}": {origin}']
    if matrix.currency != matrix.unit:
        about.append(f"1 {matrix.unit} = {matrix.dollars_per_unit:,g} USD")
    about.append(matrix.description)
    if matrix.source:
        about.append(f"Source: {matrix.source}")
    if matrix.prevalence:
        about.append(f"For a prevalence of {shares_in_words(matrix.prevalence)}")
    given = "as given" if matrix.training_costs is not None else "derived: regret over the best"
    of_the_case = np.flatnonzero(matrix.of_the_case.any(axis=1))
    training = training_costs_table(
        matrix.labels,
        matrix.loss_weights,
        f"Training costs ({given})",
        of_the_case.tolist() if matrix.training_costs is None else (),
    )
    with currency(*matrix.money):
        costs = costs_table(matrix, plain)
        induced = [terminal_table(induced_costs_table(matrix, plain))] if matrix.actions else []
    return Group(
        Text("\n".join(line for line in about if line)),
        terminal_table(costs),
        Text("\n".join((*mistakes_in_words(matrix), *best_actions_in_words(matrix)))),
        *induced,
        terminal_table(training),
    )


def _dollars(matrix: CostMatrix) -> FloatArray:
    """What every decision costs (N, M), but for what depends on the case."""
    costs = matrix.costs
    if matrix.refer is not None:
        costs = np.column_stack([costs, matrix.refer])
    return costs * matrix.dollars_per_unit
