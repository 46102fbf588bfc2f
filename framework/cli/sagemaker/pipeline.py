"""``fw sagemaker pipeline``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from framework.cli.help import GroupedCommand
from framework.cli.options import as_json, config_file, dataset, print_json, takes
from framework.cli.output import say
from framework.cli.sagemaker import options
from framework.cli.sagemaker.order import order_of, sent


@takes()
@click.command(cls=GroupedCommand)
@dataset
@config_file
@as_json
@click.option(
    "--prepare",
    "script",
    metavar="SCRIPT",
    type=click.Path(path_type=Path),
    help="A Python file that comes first, as python3 SCRIPT INPUT OUTPUT: makes what jobs train on (in the "
    "folder OUTPUT) of --data (in INPUT).",
)
@click.option("--group", metavar="NAME", required=True, help="Where models are registered.")
@click.option("--approve", is_flag=True, help="Approved at once (default: a person approves).")
@click.option(
    "--least-saving",
    metavar="DOLLARS",
    type=float,
    default=0.0,
    help="What a model must save a case over the strongest rival, at the lower end of the 95% interval "
    "(default: 0).",
)
@click.option("--deploy", metavar="ENDPOINT", help="Serve what has passed at this new endpoint.")
@options.with_options(options.ROLE, options.instances("ml.m5.xlarge"), options.JOB)
@options.with_options(options.ACCOUNT)
def pipeline(
    name: str | None,
    script: Path | None,
    group: str,
    approve: bool,
    least_saving: float,
    deploy: str | None,
    out: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Make a SageMaker Pipeline: prepare, train DATASET, a gate in dollars, registration, an endpoint.

    Every --cost-matrix becomes a training job with a gate of its own. Start it with: aws sagemaker
    start-pipeline-execution --pipeline-name NAME
    """
    from framework.sagemaker.jobs import package
    from framework.sagemaker.jobs.pipeline import Ends, pipeline_requests
    from framework.sagemaker.jobs.prepare import Preparation
    from framework.sagemaker.jobs.training_job import job_requests

    with tempfile.TemporaryDirectory() as temporary:
        order = order_of(given, Path(temporary))
        launch = order.launch
        name = name or f"{order.config.short_name.replace('_', '-')}-pipeline"
        jobs = job_requests(order, options.now(), name)
        status = "Approved" if approve else "PendingManualApproval"
        ends = Ends(package.Package(group, status), least_saving, deploy)
        prepare = None if script is None else Preparation.of(script, launch)
        requests = pipeline_requests(name, jobs, launch, ends, prepare)
        if not launch.dry_run:
            package.ensure_group(launch, group)
        if not sent(requests, order):
            return
    if as_json:
        return print_json({"pipeline": name, "jobs": list(jobs.names), "group": group})
    say(
        f"Pipeline: {name}\nStart it: aws sagemaker start-pipeline-execution --pipeline-name {name}"
    )
