"""``fw sagemaker deploy``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from framework.cli.options import print_json
from framework.cli.sagemaker import options
from framework.cli.verbosity import tell


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
@options.with_options(options.ROLE, options.instances("ml.m5.large"), options.WAIT, options.ACCOUNT)
def deploy(
    what: str,
    model: str | None,
    serverless: bool,
    memory: str,
    concurrency: int,
    name: str | None,
    wait: bool,
    **given: Any,
) -> None:
    """Serve the model of a training JOB, or one in a run folder here, at an endpoint."""
    from framework.sagemaker import endpoint
    from framework.sagemaker.waiting import ENDPOINT
    from framework.sagemaker.waiting import wait as wait_for

    launch = options.launch_of(given)
    name = name or options.name_for(what)
    with tempfile.TemporaryDirectory() as scratch:
        source = endpoint.source(what, model, launch, Path(scratch))
        size = (int(memory), concurrency) if serverless else None
        requests = endpoint.endpoint_requests(source, launch, name, size)
        if launch.dry_run:
            return print_json(requests.to_json())
        requests.send(launch.aws, tell)
    if wait:
        wait_for(launch.aws, ENDPOINT, [name], tell)
    click.echo(f"Endpoint: {name}\nIt costs until: fw sagemaker delete {name}")
