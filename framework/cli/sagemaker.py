"""``fw sagemaker``: the group, and ``build``, ``push`` and ``logs``."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framework.cli import sagemaker_options as options
from framework.cli.sagemaker_options import print_json, with_options
from framework.cli.sagemaker_serving import delete, deploy, transform
from framework.cli.sagemaker_training import fetch, run, tune
from framework.core.errors import ConfigError

if TYPE_CHECKING:
    from framework.config import RunConfig

# Of the options of fw run, what a job does not take over as a setting: the folders are channels.
FOLDERS = ("data", "validation_data", "test_data")


def commands(
    cls: type[click.Group],
    run_options: Sequence[click.Parameter],
    config_of: Callable[[dict[str, Any]], RunConfig],
) -> click.Group:
    """The group ``sagemaker``; ``run`` and ``tune`` take the options of ``fw run``.

    ``config_of`` makes a RunConfig of what those options were given.
    """
    group = cls("sagemaker", help="Train, tune and serve on Amazon SageMaker.")
    for command in (build, push, deploy, transform, logs, fetch, delete):
        group.add_command(command)
    for command in (run, tune):
        command.params = [*run_options, *command.params]
        group.add_command(command)
    group.context_settings = {"obj": config_of}
    return group


@click.command()
@click.option("--tag", metavar="NAME", default="cost-matrix-framework:latest", show_default=True)
@click.option("--base-image", metavar="NAME", help="Python image to build on.")
@click.option(
    "--with",
    "plugins",
    metavar="PATH",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Install this plugin (source folder or wheel) as well; repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Print the docker commands; run nothing.")
def build(tag: str, base_image: str | None, plugins: tuple[Path, ...], dry_run: bool) -> None:
    """Build the container image with docker, in a checkout of the framework's source."""
    from framework.sagemaker import image

    with tempfile.TemporaryDirectory() as scratch:
        commands = image.build(tag, base_image, plugins, Path(scratch))
        if dry_run:
            return print_json([command.to_json() for command in commands])
        for command in commands:
            command.run()
    click.echo(f"Built {tag}")


@click.command()
@click.argument("tag", default="cost-matrix-framework:latest")
@click.option("--repository", metavar="NAME", default="cost-matrix-framework", show_default=True)
@click.option("--account", metavar="NUMBER", help="(default: that of the credentials)")
@with_options(options.ACCOUNT)
def push(tag: str, repository: str, account: str | None, **given: Any) -> None:
    """Push the local image TAG to ECR; the repository is created where it is missing."""
    from framework.sagemaker.image import Push

    launch = options.launch(given)
    if account is None and launch.dry_run:
        raise ConfigError("--dry-run asks nobody, not even for your account: add --account NUMBER")
    step = Push(tag, account or launch.aws.account, launch.aws.region, repository)
    if launch.dry_run:
        return print_json(step.to_json())
    click.echo(f"Pushed {step.send(launch.aws)}")


@click.command()
@click.argument("name", metavar="JOB|ENDPOINT")
@click.option(
    "--kind", type=click.Choice(["training", "transform", "endpoint"]), default="training"
)
@click.option("--follow", is_flag=True, help="Go on until the job ends.")
@with_options(options.ACCOUNT)
def logs(name: str, kind: str, follow: bool, **given: Any) -> None:
    """Print what a job or endpoint has written."""
    from framework.sagemaker import logs as log

    launch = options.launch(given)
    if launch.dry_run:
        return print_json([log.request(name, kind).to_json()])
    for line in log.lines(launch.aws, name, kind, follow):
        click.echo(line)
