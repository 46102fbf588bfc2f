"""``fw plugins``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from framework.cli.options import as_json, print_json

if TYPE_CHECKING:
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
    from framework.report.plugins_text import plugins_text

    show(plugins_text(registry))


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
