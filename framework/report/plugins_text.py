"""Installed plugins as a table for the terminal."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from framework.plugins.registry import KINDS, Registry


def plugins_report(registry: Registry) -> RenderableType:
    """What is offered, by kind, with its distribution; then what failed, with the reason."""
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("kind", "name", "from", "version", "description"):
        table.add_column(column)
    for kind in KINDS:
        offers = registry.of_kind(kind)
        for position, offer in enumerate(offers):
            table.add_row(
                kind,
                offer.spec.name,
                offer.plugin.distribution,
                offer.plugin.version,
                offer.spec.description,
                end_section=position == len(offers) - 1,
            )
    failures = [
        Text(f"Failed: {failure.plugin.name} ({failure.plugin}): {failure.reason}", style="red")
        for failure in registry.failures
    ]
    return Group(table, *failures)
