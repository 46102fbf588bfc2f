"""A cost matrix as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from framework.core.cost_matrix import CostMatrix
from framework.core.cost_matrix_words import cell_in_words, mistakes_in_words
from framework.core.words import currency, money_word


def matrix_report(matrix: CostMatrix, origin: str) -> RenderableType:
    """Dollars per case, what that means in sentences, and the training costs; rows the truth."""
    about = [f'"{matrix.name}": {origin}']
    if matrix.currency != matrix.unit:
        about.append(f"1 {matrix.unit} = {matrix.dollars_per_unit:,g} USD")
    about.append(matrix.description)
    if matrix.source:
        about.append(f"Source: {matrix.source}")
    with currency(matrix.currency):
        title = f"{money_word(True)} per case (negative = a loss)"
    return Group(
        Text("\n".join(line for line in about if line)),
        _table(title, matrix, matrix.decision_labels, _worth(matrix)),
        Text("\n".join(mistakes_in_words(matrix))),
        _table(*_training(matrix)),
    )


def _worth(matrix: CostMatrix) -> list[list[str]]:
    """What every decision brings, with what it takes from the data."""
    n = range(matrix.n_classes)
    cells = [[cell_in_words(matrix, i, j, sign=-1.0) for j in n] for i in n]
    if matrix.refer is not None:
        for row, cost in zip(cells, matrix.refer, strict=True):
            row.append(f"{-cost * matrix.dollars_per_unit + 0.0:,.6g}")
    return cells


def _training(matrix: CostMatrix) -> tuple[str, CostMatrix, Sequence[str], list[list[str]]]:
    cells = [[f"{weight:,.6g}" for weight in row] for row in matrix.loss_weights]
    given = "as given" if matrix.training_costs is not None else "derived: regret over the best"
    if matrix.training_costs is None:
        for i in np.flatnonzero(matrix.of_the_case.any(axis=1)):
            cells[i] = ["of the case"] * matrix.n_classes
    return f"Training costs ({given})", matrix, matrix.labels, cells


def _table(
    title: str, matrix: CostMatrix, decisions: Sequence[str], cells: Sequence[Sequence[str]]
) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    table.add_column("truth", no_wrap=True)
    for label in decisions:
        table.add_column(f"as {label}", justify="right", no_wrap=True)
    for label, row in zip(matrix.labels, cells, strict=True):
        table.add_row(label, *row)
    return table
