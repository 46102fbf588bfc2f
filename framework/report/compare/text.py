"""The models of several runs for the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from framework.core.words import currency
from framework.experiment.stored_runs.compared_models import Comparison
from framework.report.compare.tables import models_table
from framework.report.console import terminal_table


def comparison_text(comparison: Comparison, page: Path) -> RenderableType:
    """One table, what its differences rest on, and where the page is."""
    with currency(*comparison.judge.money):
        table = terminal_table(models_table(comparison))
    return Group(
        table,
        Text(comparison.statement),
        Text(f"Page: {page}"),
    )
