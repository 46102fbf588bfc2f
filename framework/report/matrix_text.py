"""A cost matrix as tables for the terminal."""

from __future__ import annotations

import numpy as np
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from framework.core.cost_matrix import CostMatrix


def matrix_report(matrix: CostMatrix, origin: str) -> RenderableType:
    """Dollars per case, and the training costs, rows the truth."""
    unit = f"1 {matrix.unit} = {matrix.dollars_per_unit:,g} USD"
    about = [f'"{matrix.name}": {origin}', unit, matrix.description, f"Source: {matrix.source}"]
    if not matrix.source:
        about.pop()
    given = "as given" if matrix.training_costs is not None else "derived: regret over the best"
    return Group(
        Text("\n".join(line for line in about if line)),
        _cells("Dollars per case (negative = a loss)", matrix, matrix.cell_dollars),
        _cells(f"Training costs ({given})", matrix, matrix.loss_weights),
    )


def _cells(title: str, matrix: CostMatrix, cells: np.ndarray) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    table.add_column("truth", no_wrap=True)
    for label in matrix.labels:
        table.add_column(f"as {label}", justify="right")
    for label, row in zip(matrix.labels, cells, strict=True):
        table.add_row(label, *(f"{cell + 0.0:,.6g}" for cell in row))
    return table
