"""``fw sagemaker transform``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from framework.cli.options import print_json, refuse_to_overwrite
from framework.cli.sagemaker import options
from framework.cli.verbosity import tell


@click.command()
@click.argument("what", metavar="JOB|RUN_DIR")
@click.argument("cases", metavar="FILE|S3-ADDRESS")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Default: FILE.out")
@options.model_of_folder
@options.with_options(options.ROLE, options.instances("ml.m5.large"), options.WAIT, options.ACCOUNT)
def transform(
    what: str,
    cases: str,
    out: Path | None,
    model: str | None,
    name: str | None,
    wait: bool,
    **given: Any,
) -> None:
    """Decide the cases in a file with a batch transform job; its answers come back as a file."""
    from framework.sagemaker import endpoint
    from framework.sagemaker.waiting import TRANSFORM
    from framework.sagemaker.waiting import wait as wait_for

    launch = options.launch_of(given)
    name = name or options.name_for(what)
    out = out or Path(f"{Path(cases).name}.out")
    refuse_to_overwrite(out, "--out")
    with tempfile.TemporaryDirectory() as scratch:
        source = endpoint.source(what, model, launch, name, Path(scratch))
        requests = endpoint.transform_requests(source, launch, name, cases)
        if launch.dry_run:
            return print_json(requests.to_json())
        requests.send(launch.aws, tell)
    if not wait:
        return click.echo(f"started {name}; its answers: {launch.place / name / 'output'}")
    answer = wait_for(launch.aws, TRANSFORM, [name], tell)[name]
    endpoint.fetch_transformed(launch.aws, answer, out)
    launch.aws.send(endpoint.deletions(name)[-1])
    click.echo(f"Answers: {out}")
