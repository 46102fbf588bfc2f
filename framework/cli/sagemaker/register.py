"""``fw sagemaker register``."""

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
@click.argument("what", metavar="JOB|RUN_DIR")
@options.model_of_folder
@click.option("--group", metavar="NAME", required=True, help="The model package group.")
@click.option("--approve", is_flag=True, help="Approved at once (default: a person approves).")
@options.with_options(options.ROLE, options.ACCOUNT)
def register(
    what: str, model: str | None, group: str, approve: bool, name: str | None, **given: Any
) -> None:
    """Register the model of a training JOB, or one in a run folder here, with its dollars.

    The package has validation and test dollars with their intervals, the matrix, the image's digest,
    metrics.json and a model card.
    """
    from framework.core.files import read_json
    from framework.sagemaker.aws.calls import Upload
    from framework.sagemaker.aws.sending import Requests
    from framework.sagemaker.aws.waiting import TRAINING
    from framework.sagemaker.jobs import package
    from framework.sagemaker.launching.fetching import fetch_run
    from framework.sagemaker.launching.inputs import addressed
    from framework.sagemaker.launching.model import source

    launch = options.launch_of(given)
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        trained = source(what, model, launch, scratch)
        run: Path | None = Path(what) if Path(what).is_dir() else None
        if run is None and not launch.dry_run:
            run = fetch_run(launch.aws, TRAINING.describe(launch.aws, what), scratch / "run")
        figures: dict[str, str] = {}
        metrics: str | None = None
        uploads: list[Upload] = []
        if run is not None and (run / "metrics.json").is_file():
            file = run / "metrics.json"
            figures = package.figures_of(read_json(file), model)
            at, uploads = addressed("metrics", [(file, file.name)], launch.place, launch.kms_key)
            metrics = f"{at}/{file.name}"
        status = "Approved" if approve else "PendingManualApproval"
        asked = package.Package(group, status, metrics)
        requests = package.register_requests(trained, launch, asked, figures)
        requests = Requests(requests.names, (*requests.uploads, *uploads), requests.calls)
        if launch.dry_run:
            first = package.group_request(launch, group)
            return print_json([first.to_json(), *requests.to_json()])
        package.ensure_group(launch, group)
        requests.send(launch.aws, tell)
    say(f"Registered in {group}: {status}")
