"""``fw sagemaker autoscale``."""

from __future__ import annotations

from typing import Any

import click

from framework.cli.options import print_json
from framework.cli.output import say
from framework.cli.sagemaker.options import ACCOUNT, launch_of, with_options
from framework.core.errors import ConfigError


@click.command()
@click.argument("endpoint")
@click.option("--min", "fewest", metavar="N", type=click.IntRange(0), default=1, show_default=True)
@click.option("--max", "most", metavar="N", type=click.IntRange(1), default=4, show_default=True)
@click.option(
    "--invocations",
    metavar="N",
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    help="A minute, for each instance (default: 600).",
)
@click.option("--off", is_flag=True, help="Leave it as many instances as it has.")
@with_options(ACCOUNT)
def autoscale(
    endpoint: str, fewest: int, most: int, invocations: float, off: bool, **given: Any
) -> None:
    """Give ENDPOINT as many instances as its traffic needs."""
    from framework.sagemaker.request_check import check
    from framework.sagemaker.scaling import scaling_requests, unscaling_requests

    if fewest > most:
        raise ConfigError(f"--min {fewest} is more than --max {most}")
    launch = launch_of(given)
    scaled = scaling_requests(endpoint, fewest, most, invocations)
    calls = unscaling_requests(endpoint) if off else scaled
    check(calls)
    if launch.dry_run:
        return print_json([call.to_json() for call in calls])
    for call in calls:
        launch.aws.send(call, endpoint)
    say(
        f"{endpoint}: scaled no more"
        if off
        else f"{endpoint}: {fewest} to {most} instances, for "
        f"{invocations:g} invocations a minute each"
    )
