"""``fw sagemaker update``."""

from __future__ import annotations

import tempfile
from dataclasses import replace
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
@options.with_options(options.ROLE, options.instances(None), options.WAIT, options.ACCOUNT)
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
    meanwhile, SageMaker goes back to the old ones. All else stays as it is; of several models, which
    share the traffic or shadow another, this one takes the place of all.
    """
    from framework.sagemaker.aws.waiting import ENDPOINT
    from framework.sagemaker.aws.waiting import wait as wait_for
    from framework.sagemaker.endpoints.endpoint import configuration_deletions, in_use, remove
    from framework.sagemaker.endpoints.updating import Before, Shift, update_requests
    from framework.sagemaker.errors import AwsError
    from framework.sagemaker.launching.launch import job_name
    from framework.sagemaker.launching.model import source

    kind, count = given.pop("instance_type"), given.pop("instance_count")
    launch = options.launch_of(given)
    used = None if launch.dry_run else in_use(launch.aws, endpoint)
    if used is None and not launch.dry_run:
        raise AwsError(f"there is no endpoint {endpoint}; make it with: fw sagemaker deploy")
    before = Before.of(used.told) if used is not None and used.told else Before()
    launch = replace(
        launch,
        instance_type=kind or before.instance_type or "ml.m5.large",
        instance_count=count or before.instance_count,
    )
    version = name or job_name(endpoint, options.now())
    shift = Shift(canary, seconds, seconds, alarms)
    with tempfile.TemporaryDirectory() as scratch:
        trained = source(what, model, launch, Path(scratch))
        names = (endpoint, version)
        requests = update_requests(trained, launch, names, shift, before, count is None)
        if used is None:
            return print_json(requests.to_json())
        requests.send(launch.aws, tell)
    if not wait:
        return say(f"{endpoint}: on its way to {version}; see: fw sagemaker status {endpoint}")
    wait_for(launch.aws, ENDPOINT, [endpoint], tell)
    now = in_use(launch.aws, endpoint)
    if now is None or now.configuration != version:
        what = "nothing" if now is None else now.configuration
        raise AwsError(
            f"the update of {endpoint} was taken back: it serves {what}; the log of the new model: "
            f"fw sagemaker logs {endpoint} --kind endpoint"
        )
    remove(launch.aws, configuration_deletions(used.configuration, used.models), tell)
    say(f"{endpoint} serves {version}")
