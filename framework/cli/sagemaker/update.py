"""``fw sagemaker update``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from framework.cli.options import print_json
from framework.cli.output import say
from framework.cli.sagemaker import options
from framework.cli.verbosity import tell


@click.command()
@click.argument("endpoint")
@click.argument("what", metavar="JOB|RUN_DIR")
@options.model_of_folder
@click.option(
    "--canary", metavar="PERCENT", type=int, help="Of the capacity, first (default: all at once)."
)
@click.option(
    "--bake",
    "seconds",
    metavar="SECONDS",
    type=click.IntRange(0, 3600),
    default=300,
    help="Until the rest follows, and then until the old instances end (default: 300).",
)
@click.option(
    "--alarm",
    "alarms",
    metavar="NAME",
    multiple=True,
    help="A CloudWatch alarm that takes the update back when it rings; repeatable.",
)
@options.with_options(options.ROLE, options.instances("ml.m5.large"), options.WAIT, options.ACCOUNT)
def update(
    endpoint: str,
    what: str,
    model: str | None,
    canary: int | None,
    seconds: int,
    alarms: tuple[str, ...],
    name: str | None,
    wait: bool,
    **given: Any,
) -> None:
    """Serve the model of a JOB, or of a run folder here, at an ENDPOINT that is there.

    New instances are started beside the old ones, which serve until the new ones do; when an alarm rings
    meanwhile, SageMaker goes back to the old ones.
    """
    from framework.sagemaker.endpoint import configuration_deletions, in_use, remove, source
    from framework.sagemaker.errors import AwsError
    from framework.sagemaker.launch import job_name
    from framework.sagemaker.updating import Shift, update_requests
    from framework.sagemaker.waiting import ENDPOINT
    from framework.sagemaker.waiting import wait as wait_for

    launch = options.launch_of(given)
    version = name or job_name(endpoint, options.now())
    shift = Shift(canary, seconds, seconds, alarms)
    with tempfile.TemporaryDirectory() as scratch:
        trained = source(what, model, launch, Path(scratch))
        requests = update_requests(trained, launch, endpoint, version, shift)
        if launch.dry_run:
            return print_json(requests.to_json())
        before, models = in_use(launch.aws, endpoint)
        if before is None:
            raise AwsError(f"there is no endpoint {endpoint}; make it with: fw sagemaker deploy")
        requests.send(launch.aws, tell)
    if not wait:
        return say(f"{endpoint}: on its way to {version}; see: fw sagemaker status {endpoint}")
    wait_for(launch.aws, ENDPOINT, [endpoint], tell)
    now, _ = in_use(launch.aws, endpoint)
    if now != version:
        raise AwsError(
            f"the update of {endpoint} was taken back: it serves {now}; the log of the new model: "
            f"fw sagemaker logs {endpoint} --kind endpoint"
        )
    remove(launch.aws, configuration_deletions(before, models), tell)
    say(f"{endpoint} serves {version}")
