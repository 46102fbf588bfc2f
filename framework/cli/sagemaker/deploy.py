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
from framework.core.plain_numbers import number_in


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
    "--provisioned",
    "warm",
    metavar="N",
    type=click.IntRange(1, 200),
    help="With --serverless: this many are kept warm, which costs by the hour (default: none).",
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
@click.option(
    "--shadow",
    metavar="JOB[=SHARE]",
    help="Ask this job's model the same, of all requests or a share; its answers are for --capture alone.",
)
@click.option(
    "--capture",
    metavar="S3-ADDRESS",
    help="Write requests and replies there, for fw sagemaker compare.",
)
@click.option(
    "--capture-percent",
    metavar="PERCENT",
    type=click.IntRange(1, 100),
    default=100,
    help="With --capture: of the requests (default: 100).",
)
@options.with_options(options.ROLE, options.instances("ml.m5.large"), options.WAIT, options.ACCOUNT)
def deploy(
    what: str,
    model: str | None,
    serverless: bool,
    memory: str,
    concurrency: int,
    warm: int | None,
    answers: str | None,
    notify_success: str | None,
    notify_failure: str | None,
    beside: tuple[str, ...],
    shadow: str | None,
    capture: str | None,
    capture_percent: int,
    name: str | None,
    wait: bool,
    **given: Any,
) -> None:
    """Serve the model of a training JOB, or one in a run folder here, at an endpoint."""
    from framework.sagemaker.aws.calls import Place
    from framework.sagemaker.aws.waiting import ENDPOINT
    from framework.sagemaker.aws.waiting import wait as wait_for
    from framework.sagemaker.endpoints.endpoint import endpoint_requests
    from framework.sagemaker.endpoints.endpoint_config import Capture, Serverless, Serving
    from framework.sagemaker.launching.launch import job_name
    from framework.sagemaker.launching.model import Source
    from framework.sagemaker.launching.model import source as source_of

    launch = options.launch_of(given)
    name = name or options.name_for(what)
    with tempfile.TemporaryDirectory() as scratch:

        def variant(job: str, share: float) -> tuple[str, Source, float]:
            return job_name(job), source_of(job, None, launch, Path(scratch)), share

        source = source_of(what, model, launch, Path(scratch))
        copied = None if shadow is None else _share(shadow if "=" in shadow else f"{shadow}=1")
        serving = Serving(
            Serverless(int(memory), concurrency, warm) if serverless else None,
            Place.parse(answers, "--async") if answers else None,
            (notify_success, notify_failure),
            tuple(variant(*_share(text)) for text in beside),
            None if copied is None else variant(*copied),
            Capture(Place.parse(capture, "--capture"), capture_percent) if capture else None,
        )
        requests = endpoint_requests(source, launch, name, serving)
        if launch.dry_run:
            return print_json(requests.to_json())
        requests.send(launch.aws, tell)
    if wait:
        wait_for(launch.aws, ENDPOINT, [name], tell)
    say(f"Endpoint: {name}\nIt costs until: fw sagemaker delete {name}")


def _share(text: str) -> tuple[str, float]:
    job, equals, share = text.rpartition("=")
    number = number_in(share) if equals and job else None
    if number is None:
        raise ConfigError(
            f"--beside and --shadow: expected JOB=SHARE, as second=0.1, received {text!r}"
        )
    return job, number
