"""``fw sagemaker policy``."""

from __future__ import annotations

from typing import Any

import click

from framework.cli.options import print_json
from framework.cli.sagemaker.options import ACCOUNT, ROLE, launch_of, with_options


@click.command()
@click.argument("commands", metavar="[COMMAND]...", nargs=-1)
@click.option("--of-role", is_flag=True, help="Those of the role that SageMaker works in.")
@with_options([ROLE[0], ROLE[2]], ACCOUNT)
def policy(commands: tuple[str, ...], of_role: bool, **given: Any) -> None:
    """Print the IAM policy that COMMANDs of fw sagemaker need (default: all), and no more."""
    from framework.sagemaker.policy import policy_of, role_policies

    launch = launch_of(given)
    place = {
        "account": launch.account,
        "region": launch.aws.region,
        "bucket": launch.place.bucket,
    }
    if of_role:
        return print_json(role_policies(**place))
    print_json(policy_of(commands, role=launch.role, **place))
