"""``fw sagemaker status``."""

from __future__ import annotations

from typing import Any

import click

from framework.cli.options import print_json
from framework.cli.output import say
from framework.cli.sagemaker.options import ACCOUNT, launch_of, with_options


@click.command()
@click.argument("names", metavar="JOB|ENDPOINT...", nargs=-1, required=True)
@with_options(ACCOUNT)
def status(names: tuple[str, ...], **given: Any) -> None:
    """Tell how far jobs and endpoints are, what they were made of, and what they came to."""
    from framework.sagemaker.aws import statuses

    launch = launch_of(given)
    if launch.dry_run:
        calls = [call for name in names for call in statuses.requests(name)]
        return print_json([call.to_json() for call in calls])
    for name in names:
        for line in statuses.status(launch.aws, name):
            say(line)
