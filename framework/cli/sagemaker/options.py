"""Options that several ``fw sagemaker`` commands share, what they mean, and how the commands speak."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from framework.core.errors import ConfigError
from framework.sagemaker.aws.calls import Aws
from framework.sagemaker.launching.launch import Launch, checked_name, job_name

F = TypeVar("F", bound=Callable[..., Any])

ACCOUNT = (
    click.option("--region", metavar="NAME", help="AWS region (default: as configured)."),
    click.option("--profile", metavar="NAME", help="AWS profile (default: as configured)."),
    click.option("--dry-run", is_flag=True, help="Print the requests as JSON; send nothing."),
)
ROLE = (
    click.option(
        "--role",
        metavar="ARN",
        envvar="FW_SAGEMAKER_ROLE",
        help="Role that SageMaker works in (or FW_SAGEMAKER_ROLE).",
    ),
    click.option(
        "--image",
        metavar="ADDRESS",
        envvar="FW_SAGEMAKER_IMAGE",
        help="The image in ECR (default: where fw sagemaker push puts it).",
    ),
    click.option(
        "--s3",
        metavar="S3-ADDRESS",
        envvar="FW_SAGEMAKER_S3",
        help="Where files go (default: s3://sagemaker-REGION-ACCOUNT/cost-matrix-framework).",
    ),
    click.option(
        "--name",
        metavar="NAME",
        callback=lambda _context, _option, name: checked_name(name),
        help="Instead of a name with the time in it.",
    ),
    click.option(
        "--tag", "tags", metavar="KEY=VALUE", multiple=True, help="Tag what is made; repeatable."
    ),
    click.option("--subnet", "subnets", metavar="ID", multiple=True, help="VPC; repeatable."),
    click.option("--security-group", "security_groups", metavar="ID", multiple=True, help="VPC."),
    click.option("--kms-key", metavar="ID", help="Encrypt files and volumes with this key."),
    click.option(
        "--network-isolation",
        is_flag=True,
        help="No network in the container: plugins must come with all they depend on.",
    ),
)
model_of_folder = click.option(
    "--model", metavar="NAME", help="Of a run folder: which model (default: the served one)."
)
WAIT = (click.option("--wait/--no-wait", default=True, help="Wait for the end (default: yes)."),)
JOB = (
    click.option(
        "--volume-size",
        metavar="GB",
        type=click.IntRange(1, 16384),
        default=30,
        help="Disk of an instance (default: 30).",
    ),
    click.option(
        "--max-runtime",
        metavar="SECONDS",
        type=click.IntRange(1, 28 * 86400),
        default=4 * 3600,
        help="Stop the job after that (default: 4 hours).",
    ),
    click.option(
        "--sharded",
        is_flag=True,
        help="Each instance gets its share of the files in --data instead of all of them; for tables that "
        "are streamed.",
    ),
    click.option(
        "--fast-file",
        is_flag=True,
        help="Channels are read from S3 as the job goes, and not copied before it starts.",
    ),
    click.option("--spot", is_flag=True, help="Cheaper instances that may be taken away."),
    click.option(
        "--max-wait",
        metavar="SECONDS",
        type=click.IntRange(1),
        help="With --spot: give up after that, waiting and run (default: twice --max-runtime).",
    ),
    click.option(
        "--plugin",
        "plugins",
        metavar="PATH",
        multiple=True,
        help="Wheel or source folder to send along; repeatable (default: the plugins that offer "
        "what the run names).",
    ),
    click.option("--plugins-in-image", is_flag=True, help="Send none: the image has them."),
)


def instances(kind: str | None) -> tuple[Callable[[F], F], ...]:
    """``kind`` is the default type; None: as it is now."""
    return (
        click.option(
            "--instance-type", metavar="TYPE", default=kind, help=f"(default: {kind or 'as it is'})"
        ),
        click.option(
            "--instance-count",
            metavar="N",
            type=click.IntRange(1),
            default=1 if kind else None,
            help=f"(default: {1 if kind else 'as it is'})",
        ),
    )


def with_options(*groups: Sequence[Callable[[F], F]]) -> Callable[[F], F]:
    """All options of ``groups`` on a command, in their order."""

    def decorate(command: F) -> F:
        for option in reversed([option for group in groups for option in group]):
            command = option(command)
        return command

    return decorate


def launch_of(given: dict[str, Any]) -> Launch:
    """The Launch that the options mean; they are taken out of ``given``."""
    aws = Aws(given.pop("region"), given.pop("profile"))
    tags = tuple(_tag(text) for text in given.pop("tags", ()))
    known = {name: given.pop(name) for name in (*Launch.__dataclass_fields__,) if name in given}
    return Launch(
        aws,
        role_given=given.pop("role", None),
        image_given=given.pop("image", None),
        tags=tags,
        **known,
    )


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ConfigError(f"--tag: expected KEY=VALUE, received {text!r}")
    return key, value


def now() -> str:
    """What makes names unique."""
    return time.strftime("%Y%m%d-%H%M%S")


def name_for(what: str) -> str:
    """A new name for what is made of ``what``, a job or a run folder here."""
    name = Path(what).resolve().name if Path(what).is_dir() else what
    return job_name(re.sub(r"-\d{8}-\d{6}$", "", name), now())
