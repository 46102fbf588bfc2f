"""``fw plugins``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from framework.cli.options import as_json, print_json

if TYPE_CHECKING:
    from rich.console import RenderableType

    from framework.plugins.registry import Registry


@click.command(short_help="List what is installed: datasets, models, losses, rules.")
@as_json
def plugins(as_json: bool) -> None:
    """List datasets, models, losses and decision rules, and plugins that failed."""
    from framework.plugins.registry import Registry

    registry = Registry()
    if as_json:
        return print_json(_plain(registry))
    from framework.report.console import show

    show(_text(registry))


def _text(registry: Registry) -> RenderableType:
    """What is offered, by kind, with its distribution; then what failed, with the reason."""
    from rich.console import Group
    from rich.text import Text

    from framework.plugins.registry import KINDS
    from framework.report.console import terminal_table
    from framework.report.tables import Table

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


def _plain(registry: Registry) -> dict[str, Any]:
    return {
        "offers": [
            {
                "kind": offer.kind,
                "name": offer.spec.name,
                "description": offer.spec.description,
                "distribution": offer.plugin.distribution,
                "version": offer.plugin.version,
            }
            for offer in registry.offers
        ],
        "failures": [
            {
                "plugin": failure.plugin.name,
                "distribution": failure.plugin.distribution,
                "version": failure.plugin.version,
                "reason": failure.reason,
            }
            for failure in registry.failures
        ],
    }
