"""``fw sagemaker delete``."""

from __future__ import annotations

from typing import Any

import click

from framework.cli.options import print_json
from framework.cli.output import say
from framework.cli.sagemaker.options import ACCOUNT, launch_of, with_options


@click.command()
@click.argument("name")
@with_options(ACCOUNT)
def delete(name: str, **given: Any) -> None:
    """Delete the endpoint NAME, its configuration and its model."""
    from framework.sagemaker.endpoints import endpoint

    launch = launch_of(given)
    if launch.dry_run:
        return print_json([call.to_json() for call in endpoint.deletions(name)])
    endpoint.delete(launch.aws, name, say)
