"""``fw sagemaker``: the group of its commands."""

from __future__ import annotations

import click

from framework.cli.sagemaker.autoscale import autoscale
from framework.cli.sagemaker.build import build
from framework.cli.sagemaker.compare import compare
from framework.cli.sagemaker.delete import delete
from framework.cli.sagemaker.deploy import deploy
from framework.cli.sagemaker.fetch import fetch
from framework.cli.sagemaker.logs import logs
from framework.cli.sagemaker.monitor import monitor
from framework.cli.sagemaker.pipeline import pipeline
from framework.cli.sagemaker.policy import policy
from framework.cli.sagemaker.push import push
from framework.cli.sagemaker.register import register
from framework.cli.sagemaker.run import run
from framework.cli.sagemaker.status import status
from framework.cli.sagemaker.stop import stop
from framework.cli.sagemaker.transform import transform
from framework.cli.sagemaker.tune import tune
from framework.cli.sagemaker.update import update


@click.group()
def sagemaker() -> None:
    """Train, tune and serve on Amazon SageMaker."""


for command in (
    build,
    push,
    run,
    tune,
    fetch,
    deploy,
    transform,
    register,
    pipeline,
    monitor,
    logs,
    stop,
    update,
    autoscale,
    status,
    compare,
    policy,
    delete,
):
    sagemaker.add_command(command)
