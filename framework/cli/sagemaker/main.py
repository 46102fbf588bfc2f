"""``fw sagemaker``: the group of its commands."""

from __future__ import annotations

import click

from framework.cli.lazy_commands import LazyCommands

COMMANDS = (
    *("build", "push", "run", "tune", "fetch", "deploy", "transform", "register", "pipeline"),
    *("monitor", "logs", "stop", "update", "autoscale", "status", "compare", "policy", "delete"),
)


@click.group(commands=LazyCommands({name: f"framework.cli.sagemaker.{name}" for name in COMMANDS}))
def sagemaker() -> None:
    """Train, tune and serve on Amazon SageMaker."""
