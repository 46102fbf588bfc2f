"""``fw sagemaker deploy``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from framework.cli.options import print_json
from framework.cli.output import say
from framework.cli.sagemaker import options
from framework.cli.verbosity import tell
from framework.core.errors import ConfigError


@click.command()
@click.argument("what", metavar="JOB|RUN_DIR")
@options.model_of_folder
@click.option("--serverless", is_flag=True, help="No instances: pay by request.")
@click.option(
    "--memory",
    type=click.Choice([str(gb * 1024) for gb in range(1, 7)]),
    default="3072",
    help="MB, with --serverless (default: 3072).",
)
@click.option(
    "--concurrency",
    metavar="N",
    type=click.IntRange(1, 200),
    default=5,
    help="Requests at once, with --serverless (default: 5).",
)
@click.option(
    "--async",
    "answers",
    metavar="S3-ADDRESS",
    help="Asynchronous: bodies of up to 1 GB, taken from S3; answers are written there.",
)
@click.option("--notify-success", metavar="ARN", help="With --async: the SNS topic of answers.")
@click.option("--notify-failure", metavar="ARN", help="With --async: the SNS topic of failures.")
@click.option(
    "--beside",
    metavar="JOB=SHARE",
    multiple=True,
    help="Serve this job's model as well, for a share of the traffic as 0.1; repeatable.",
)
@options.with_options(options.ROLE, options.instances("ml.m5.large"), options.WAIT, options.ACCOUNT)
def deploy(
    what: str,
    model: str | None,
    serverless: bool,
    memory: str,
    concurrency: int,
    answers: str | None,
    notify_success: str | None,
    notify_failure: str | None,
    beside: tuple[str, ...],
    name: str | None,
    wait: bool,
    **given: Any,
) -> None:
    """Serve the model of a training JOB, or one in a run folder here, at an endpoint."""
    from framework.sagemaker import endpoint
    from framework.sagemaker.aws import Place
    from framework.sagemaker.launch import job_name
    from framework.sagemaker.waiting import ENDPOINT
    from framework.sagemaker.waiting import wait as wait_for

    launch = options.launch_of(given)
    name = name or options.name_for(what)
    with tempfile.TemporaryDirectory() as scratch:
        source = endpoint.source(what, model, launch, Path(scratch))
        others = tuple(
            (job_name(job), endpoint.source(job, None, launch, Path(scratch)), share)
            for job, share in map(_share, beside)
        )
        serving = endpoint.Serving(
            (int(memory), concurrency) if serverless else None,
            Place.parse(answers, "--async") if answers else None,
            (notify_success, notify_failure),
            others,
        )
        requests = endpoint.endpoint_requests(source, launch, name, serving)
        if launch.dry_run:
            return print_json(requests.to_json())
        requests.send(launch.aws, tell)
    if wait:
        wait_for(launch.aws, ENDPOINT, [name], tell)
    say(f"Endpoint: {name}\nIt costs until: fw sagemaker delete {name}")


def _share(text: str) -> tuple[str, float]:
    job, equals, share = text.rpartition("=")
    try:
        return job, float(share if equals and job else "")
    except ValueError:
        raise ConfigError(
            f"--beside: expected JOB=SHARE, as second=0.1, received {text!r}"
        ) from None
