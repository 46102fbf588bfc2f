"""Installed plugins for the terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from framework.plugins.registry import KINDS, Registry
from framework.report.console import terminal_table
from framework.report.tables import Table


def plugins_text(registry: Registry) -> RenderableType:
    """What is offered, by kind, with its distribution; then what failed, with the reason."""
    rows = []
    sections = []
    for kind in KINDS:
        for offer in registry.of_kind(kind):
            source = offer.plugin
            rows.append(
                (kind, offer.spec.name, source.distribution, source.version, offer.spec.description)
            )
        sections.append(len(rows) - 1)
    offers = Table(
        ("kind", "name", "from", "version", "description"),
        tuple(rows),
        words=5,
        sections=tuple(sections),
    )
    failures = [
        Text(f"Failed: {failure.plugin.name} ({failure.plugin}): {failure.reason}", style="red")
        for failure in registry.failures
    ]
    return Group(terminal_table(offers), *failures)
