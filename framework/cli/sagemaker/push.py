"""``fw sagemaker push``."""

from __future__ import annotations

from typing import Any

import click

from framework.cli.options import print_json
from framework.cli.output import say
from framework.cli.sagemaker.options import ACCOUNT, launch_of, with_options
from framework.cli.verbosity import tell
from framework.core.errors import ConfigError


@click.command()
@click.argument("tag", default="cost-matrix-framework:latest")
@click.option("--repository", metavar="NAME", default="cost-matrix-framework", show_default=True)
@click.option("--account", metavar="NUMBER", help="(default: that of the credentials)")
@with_options(ACCOUNT)
def push(tag: str, repository: str, account: str | None, **given: Any) -> None:
    """Push the local image TAG to ECR; the repository is created where it is missing."""
    from framework.sagemaker.launching.image import Push

    launch = launch_of(given)
    if account is None and launch.dry_run:
        raise ConfigError("--dry-run asks nobody, not even for your account: add --account NUMBER")
    step = Push(tag, account or launch.aws.account, launch.aws.region, repository)
    if launch.dry_run:
        return print_json(step.to_json())
    say(f"Pushed {step.send(launch.aws, tell)}")
