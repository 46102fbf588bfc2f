"""What a job on SageMaker is told beside its RunConfig: where, on what, as whom, for how long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from framework.sagemaker.aws.calls import Aws, Call, Place
from framework.sagemaker.aws.ecr import MOVING_TAG, REPOSITORY, Image, pinned, registry_of, unpinned
from framework.sagemaker.errors import AwsError

# What an endpoint's only variant is called, as the SageMaker SDK does. Here, because command lines show it.
VARIANT = "AllTraffic"
PREFIX = "cost-matrix-framework"
ROLE = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/.+")
NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")
# Of a job or endpoint, and of a tuning job.
LONGEST_NAME = 63
LONGEST_TUNING_NAME = 32


@dataclass(frozen=True)
class Launch:
    """The AWS side of a job; None: SageMaker's default, or derived as the properties say."""

    aws: Aws
    role_given: str | None = None
    image_given: str | None = None
    s3: str | None = None
    instance_type: str = "ml.m5.xlarge"
    instance_count: int = 1
    volume_size: int = 30
    max_runtime: int = 4 * 3600
    sharded: bool = False
    fast_file: bool = False
    spot: bool = False
    max_wait: int | None = None
    checkpoints: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    kms_key: str | None = None
    network_isolation: bool = False
    dry_run: bool = False

    def __post_init__(self) -> None:
        if bool(self.subnets) != bool(self.security_groups):
            raise AwsError(
                "a VPC is given by --subnet and --security-group together, "
                f"received only --{'subnet' if self.subnets else 'security-group'}"
            )
        if self.sharded and self.instance_count == 1:
            raise AwsError("--sharded goes with several instances: give --instance-count")
        if self.max_wait is not None and not self.spot:
            raise AwsError("--max-wait goes with --spot: other instances are not waited for")
        if self.max_wait is not None and self.max_wait < self.max_runtime:
            raise AwsError(
                f"--max-wait {self.max_wait} is shorter than --max-runtime {self.max_runtime}; "
                "it covers both the waiting for a spot instance and the run"
            )

    @cached_property
    def role(self) -> str:
        """The role's ARN; a name is looked up."""
        given = self.role_given
        if not given:
            raise AwsError(
                "no role: give --role ARN (or FW_SAGEMAKER_ROLE), one that SageMaker may assume "
                "(docs/sagemaker.md, The role)"
            )
        if ROLE.fullmatch(given):
            return given
        if given.startswith("arn:") or self.dry_run:
            raise AwsError(f"--role: expected arn:aws:iam::ACCOUNT:role/NAME, received {given!r}")
        answer = self.aws.send(Call("iam", "GetRole", {"RoleName": given}))
        return str(answer["Role"]["Arn"])

    @property
    def account(self) -> str:
        """The role's account: no need to ask."""
        found = ROLE.fullmatch(self.role)
        assert found is not None
        return found[1]

    @property
    def place(self) -> Place:
        """Where in S3 everything of this framework goes; default: the SDK's usual bucket."""
        if self.s3 is not None:
            return Place.parse(self.s3, "--s3")
        return Place(f"sagemaker-{self.aws.region}-{self.account}", PREFIX)

    @cached_property
    def image(self) -> Image:
        """The image, by its digest; default: where ``fw sagemaker push`` puts it."""
        registry = registry_of(self.account, self.aws.region)
        return self.pinned(self.image_given or f"{registry}/{REPOSITORY}:{MOVING_TAG}")

    def pinned(self, address: str) -> Image:
        """The image that ``address`` means now; as it was given in a dry run, which asks nobody."""
        return unpinned(address) if self.dry_run else pinned(self.aws, address)

    @property
    def vpc(self) -> dict[str, Any]:
        if not self.subnets:
            return {}
        groups, subnets = list(self.security_groups), list(self.subnets)
        return {"VpcConfig": {"SecurityGroupIds": groups, "Subnets": subnets}}

    @property
    def stopping(self) -> dict[str, int]:
        """How long a job may take; waiting for a spot instance is granted as long again."""
        if not self.spot:
            return {"MaxRuntimeInSeconds": self.max_runtime}
        most = self.max_wait or 2 * self.max_runtime
        return {"MaxRuntimeInSeconds": self.max_runtime, "MaxWaitTimeInSeconds": most}

    @property
    def encrypted(self) -> dict[str, str]:
        """Of what is written to S3, and of an endpoint's disks."""
        return {"KmsKeyId": self.kms_key} if self.kms_key else {}

    @property
    def volume_encrypted(self) -> dict[str, str]:
        """Of a job's disks."""
        return {"VolumeKmsKeyId": self.kms_key} if self.kms_key else {}

    @property
    def isolation(self) -> dict[str, Any]:
        return {"EnableNetworkIsolation": True} if self.network_isolation else {}

    def tags_with(self, **own: str) -> list[dict[str, str]]:
        """The user's tags and ours, which say later, and elsewhere, what a resource was."""
        ours = {f"fw:{name}": _taggable(value) for name, value in own.items()}
        return [{"Key": key, "Value": value} for key, value in {**ours, **dict(self.tags)}.items()]


def job_name(*parts: str, longest: int = LONGEST_NAME) -> str:
    """Letters, digits and single hyphens; the last part (a time) is never cut."""
    *words, last = (re.sub(r"[^a-zA-Z0-9]+", "-", part).strip("-") for part in parts)
    start = "-".join(word for word in words if word)[: longest - len(last) - 1].strip("-")
    return f"{start}-{last}" if start else last


def checked_name(name: str | None, longest: int = LONGEST_NAME) -> str | None:
    """``name`` if SageMaker takes it; AwsError otherwise."""
    if name is None or (NAME.fullmatch(name) and len(name) <= longest):
        return name
    raise AwsError(
        f"--name: expected letters, digits and hyphens, at most {longest} of them, received {name!r}"
    )


def _taggable(value: str) -> str:
    return re.sub(r"[^\w\s.:/=+\-@]", "-", value)[:256]
