"""``fw sagemaker run``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from framework.cli.help import GroupedCommand
from framework.cli.options import as_json, config_file, dataset, print_json, takes
from framework.cli.output import say
from framework.cli.sagemaker import options
from framework.cli.sagemaker.fetch import fetch_and_show, show_runs
from framework.cli.sagemaker.order import order_of, sent


@takes()
@click.command(cls=GroupedCommand)
@dataset
@config_file
@as_json
@options.with_options(options.ROLE, options.instances("ml.m5.xlarge"), options.JOB, options.WAIT)
@click.option("--local", is_flag=True, help="In a container on this machine, through the SDK.")
@options.with_options(options.ACCOUNT)
def run(
    name: str | None,
    wait: bool,
    local: bool,
    out: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Train DATASET as fw run does, in a training job; one job per --cost-matrix."""
    from framework.sagemaker.jobs.training_job import job_requests

    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        order = order_of(given, scratch)
        if local:
            from framework.sagemaker.jobs.local import request_here, run_here

            if order.launch.dry_run:
                return print_json([request_here(order, scratch)])
            return show_runs([run_here(order, scratch, out)], as_json)
        requests = job_requests(order, options.now(), name)
        if not sent(requests, order):
            return
    if not wait:
        return say(f"Later: fw sagemaker fetch {' '.join(requests.names)}")
    fetch_and_show(order.launch.aws, requests.names, out, as_json)
