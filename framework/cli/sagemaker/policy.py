"""``fw sagemaker policy``."""

from __future__ import annotations

from typing import Any

import click

from framework.cli.options import print_json
from framework.cli.sagemaker.options import ACCOUNT, ROLE, launch_of, with_options


@click.command()
@click.argument("commands", metavar="[COMMAND]...", nargs=-1)
@click.option("--of-role", is_flag=True, help="Instead, those of the role that SageMaker works in.")
@with_options([ROLE[0], ROLE[2]], ACCOUNT)
def policy(commands: tuple[str, ...], of_role: bool, **given: Any) -> None:
    """Print the IAM policy that COMMANDs of fw sagemaker need (default: all), and no more."""
    from framework.sagemaker.aws.policy import policy_of
    from framework.sagemaker.aws.role_policy import role_policies

    launch = launch_of(given)
    place = {
        "account": launch.account,
        "region": launch.aws.region,
        "role": launch.role,
        "bucket": launch.place.bucket,
    }
    print_json((role_policies if of_role else policy_of)(commands, **place))
