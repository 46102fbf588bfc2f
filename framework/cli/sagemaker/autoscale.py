"""``fw sagemaker autoscale``."""

from __future__ import annotations

from typing import Any

import click

from framework.cli.options import print_json
from framework.cli.output import say
from framework.cli.sagemaker.options import ACCOUNT, launch_of, with_options
from framework.core.errors import ConfigError
from framework.sagemaker.launching.launch import VARIANT

INVOCATIONS = 600.0


@click.command()
@click.argument("endpoint")
@click.option("--min", "fewest", metavar="N", type=click.IntRange(0), default=1, show_default=True)
@click.option("--max", "most", metavar="N", type=click.IntRange(1), default=4, show_default=True)
@click.option(
    "--invocations",
    metavar="N",
    type=click.FloatRange(min=0, min_open=True),
    help="A minute, for each instance (default: 600).",
)
@click.option("--variant", metavar="NAME", default=VARIANT, help=f"(default: {VARIANT})")
@click.option(
    "--utilization",
    metavar="SHARE",
    type=click.FloatRange(0.1, 0.9),
    help="Of a serverless endpoint deployed with --provisioned, instead: the share of its warm places that "
    "shall be in use.",
)
@click.option("--off", is_flag=True, help="Leave it as it is now.")
@with_options(ACCOUNT)
def autoscale(
    endpoint: str,
    fewest: int,
    most: int,
    invocations: float | None,
    variant: str,
    utilization: float | None,
    off: bool,
    **given: Any,
) -> None:
    """Give ENDPOINT as many instances, or warm places, as its traffic needs."""
    from framework.sagemaker.aws.request_check import check
    from framework.sagemaker.endpoints.scaling import Scaled, scaling_requests, unscaling_requests

    if fewest > most:
        raise ConfigError(f"--min {fewest} is more than --max {most}")
    if invocations is not None and utilization is not None:
        raise ConfigError("--invocations are of instances, --utilization of none; give one of them")
    launch = launch_of(given)
    scaled = Scaled(endpoint, variant, utilization is not None)
    target = utilization or invocations or INVOCATIONS
    calls = unscaling_requests(scaled) if off else scaling_requests(scaled, fewest, most, target)
    check(calls)
    if launch.dry_run:
        return print_json([call.to_json() for call in calls])
    for call in calls:
        launch.aws.send(call, endpoint)
    if off:
        return say(f"{endpoint}: scaled no more")
    what = f"instances, for {target:g} invocations a minute each"
    if utilization is not None:
        what = f"warm places, {target:g} of them in use"
    say(f"{endpoint}: {fewest} to {most} {what}")
