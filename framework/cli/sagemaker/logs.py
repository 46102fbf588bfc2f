"""``fw sagemaker logs``."""

from __future__ import annotations

from typing import Any

import click

from framework.cli.options import print_json
from framework.cli.output import say
from framework.cli.sagemaker.options import ACCOUNT, launch_of, with_options


@click.command()
@click.argument("name", metavar="JOB|ENDPOINT")
@click.option(
    "--kind", type=click.Choice(["training", "transform", "endpoint"]), default="training"
)
@click.option("--follow", is_flag=True, help="Go on until the job ends.")
@with_options(ACCOUNT)
def logs(name: str, kind: str, follow: bool, **given: Any) -> None:
    """Print what a job or endpoint has written."""
    from framework.sagemaker.aws.logs import lines, request

    launch = launch_of(given)
    if launch.dry_run:
        return print_json([request(name, kind).to_json()])
    for line in lines(launch.aws, name, kind, follow):
        say(line)
