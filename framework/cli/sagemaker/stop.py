"""``fw sagemaker stop``."""

from __future__ import annotations

from typing import Any

import click

from framework.cli.options import print_json
from framework.cli.output import say
from framework.cli.sagemaker.options import ACCOUNT, launch_of, with_options


@click.command()
@click.argument("names", metavar="JOB...", nargs=-1, required=True)
@click.option(
    "--kind",
    type=click.Choice(["training", "tuning", "transform"]),
    help="What they are (default: it is found out).",
)
@with_options(ACCOUNT)
def stop(names: tuple[str, ...], kind: str | None, **given: Any) -> None:
    """End training, tuning or transform JOBs that run.

    A training that is stopped saves what it has reached, if it has --checkpoints or --spot.
    """
    from framework.sagemaker.aws import stopping

    launch = launch_of(given)
    if launch.dry_run:
        calls = [stopping.request(name, kind or "training") for name in names]
        return print_json([call.to_json() for call in calls])
    for name in names:
        say(stopping.stop(launch.aws, name, kind))
