"""Estimated shares of classes, for the terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from framework.core.words import quoted
from framework.core.words import share as share_of
from framework.experiment.stored_runs.unlabelled_cases import PrevalenceEstimate
from framework.report.console import terminal_table
from framework.report.tables import Table


def prevalence_text(found: PrevalenceEstimate) -> RenderableType:
    """The shares with their intervals, what they cannot tell, and the options to copy."""
    warnings = [Text(f"WARNING: {warning}.", style="bold red") for warning in found.warnings]
    said = Text(f"To train, decide and judge for these shares:\n{found.option}")
    return Group(terminal_table(prevalence_table(found)), *warnings, said)


def prevalence_table(found: PrevalenceEstimate) -> Table:
    """A row for each class."""
    rows = [
        (label, share_of(training), share_of(share), f"{share_of(low)} to {share_of(high)}")
        for label, training, share, low, high in zip(
            found.labels, found.training, found.shares, found.low, found.high, strict=True
        )
    ]
    return Table(
        ("class", "training part", f"{found.n:,} new cases", "95% interval"),
        tuple(rows),
        caption=f"Estimated by {quoted(found.model)} from the cases without labels, supposing that cases "
        "of a class look as they did in training (docs/prevalence.md).",
        title="Shares of the classes",
    )
