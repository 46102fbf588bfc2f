"""``fw new``."""

from __future__ import annotations

from pathlib import Path

import click

from framework.cli.check import KINDS
from framework.cli.output import say


@click.command(short_help="Write a plugin: a package to put your own in.")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("name")
@click.option(
    "--out", metavar="FOLDER", type=click.Path(path_type=Path), help="Default: fw-NAME, here."
)
def new(kind: str, name: str, out: Path | None) -> None:
    """Write a plugin: a package that offers a KIND called NAME, for you to put your own in."""
    from framework.plugins.new_plugin import write_new_plugin
    from framework.plugins.registry import Registry

    folder = write_new_plugin(kind.replace("-", " "), name, Registry(), out)
    say(f"Wrote {folder}, which works as it is. Install it, and check it as you edit it:")
    say(f"  pip install --editable {folder}\n  fw check {name}")
