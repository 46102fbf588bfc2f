"""``fw sagemaker deploy``, ``transform`` and ``delete``."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import click

from framework.cli import sagemaker_options as options
from framework.cli.sagemaker_options import now, print_json, tell, with_options
from framework.core.errors import ConfigError


@click.command()
@click.argument("what", metavar="JOB|RUN_DIR")
@click.option(
    "--model", metavar="NAME", help="Of a run folder: which model (default: the served one)."
)
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
@with_options(options.ROLE, options.instances("ml.m5.large"), options.WAIT, options.ACCOUNT)
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
    from framework.sagemaker import endpoint, image
    from framework.sagemaker.waiting import ENDPOINT
    from framework.sagemaker.waiting import wait as wait_for

    launch = options.launch(given)
    name = name or _name_for(what)
    with tempfile.TemporaryDirectory() as scratch:
        source = endpoint.source(what, model, launch, name, Path(scratch))
        size = (int(memory), concurrency) if serverless else None
        plan = endpoint.plan_endpoint(source, launch, name, size)
        if launch.dry_run:
            return print_json(plan.to_json())
        image.check_in_ecr(launch.aws, source.image)
        plan.send(launch.aws, tell)
    if wait:
        wait_for(launch.aws, ENDPOINT, [name])
    click.echo(f"Endpoint: {name}\nIt costs until: fw sagemaker delete {name}")


@click.command()
@click.argument("what", metavar="JOB|RUN_DIR")
@click.argument("cases", metavar="FILE|S3-ADDRESS")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Default: FILE.out")
@click.option(
    "--model", metavar="NAME", help="Of a run folder: which model (default: the served one)."
)
@with_options(options.ROLE, options.instances("ml.m5.large"), options.WAIT, options.ACCOUNT)
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
    from framework.sagemaker import endpoint, image
    from framework.sagemaker.waiting import TRANSFORM
    from framework.sagemaker.waiting import wait as wait_for

    launch = options.launch(given)
    name = name or _name_for(what)
    out = out or Path(f"{Path(cases).name}.out")
    if out.exists():
        raise ConfigError(f"{out} exists already; name another file with --out")
    with tempfile.TemporaryDirectory() as scratch:
        source = endpoint.source(what, model, launch, name, Path(scratch))
        plan = endpoint.plan_transform(source, launch, name, cases)
        if launch.dry_run:
            return print_json(plan.to_json())
        image.check_in_ecr(launch.aws, source.image)
        plan.send(launch.aws, tell)
    if not wait:
        return click.echo(f"started {name}; its answers: {launch.place / name / 'output'}")
    answer = wait_for(launch.aws, TRANSFORM, [name])[name]
    endpoint.fetch_transformed(launch.aws, answer, out)
    launch.aws.send(endpoint.deletions(name)[-1])
    click.echo(f"Answers: {out}")


@click.command()
@click.argument("name")
@with_options(options.ACCOUNT)
def delete(name: str, **given: Any) -> None:
    """Delete the endpoint NAME, its configuration and its model."""
    from framework.sagemaker import endpoint

    launch = options.launch(given)
    if launch.dry_run:
        return print_json([call.to_json() for call in endpoint.deletions(name)])
    endpoint.delete(launch.aws, name, click.echo)


def _name_for(what: str) -> str:
    from framework.sagemaker.settings import job_name

    name = Path(what).resolve().name if Path(what).is_dir() else what
    return job_name(re.sub(r"-\d{8}-\d{6}$", "", name), now())
