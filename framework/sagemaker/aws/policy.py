"""What a command may do, and no more: an IAM policy, of the requests that its code makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from framework.core.errors import ConfigError

_SAGEMAKER, _S3 = "sagemaker", "s3"
# Groups of requests that several commands make.
IMAGE = ("ecr:DescribeImages",)
ROLE = ("iam:GetRole", "iam:PassRole")
UPLOAD = ("s3:ListObjectsV2", "s3:PutObject", "s3:AbortMultipartUpload")
DOWNLOAD = ("s3:GetObject",)
TRAINING = ("sagemaker:DescribeTrainingJob",)
TUNING = (
    "sagemaker:DescribeHyperParameterTuningJob",
    "sagemaker:ListTrainingJobsForHyperParameterTuningJob",
)
TRANSFORM = ("sagemaker:DescribeTransformJob",)
ENDPOINT = ("sagemaker:DescribeEndpoint",)
MODEL = (
    *("sagemaker:DescribeModel", "sagemaker:CreateModel", "sagemaker:DeleteModel"),
    *TRAINING,
    *IMAGE,
    *ROLE,
    *UPLOAD,
    "sagemaker:AddTags",
)
CONFIGURATION = (
    "sagemaker:DescribeEndpointConfig",
    "sagemaker:CreateEndpointConfig",
    "sagemaker:DeleteEndpointConfig",
)
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "push": (
        *("ecr:DescribeRepositories", "ecr:CreateRepository", "ecr:GetAuthorizationToken"),
        *("ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart"),
        *("ecr:CompleteLayerUpload", "ecr:PutImage", "sts:GetCallerIdentity"),
    ),
    "run": (
        *("sagemaker:CreateTrainingJob", "sagemaker:AddTags", *TRAINING),
        *(*IMAGE, *ROLE, *UPLOAD, *DOWNLOAD),
    ),
    "tune": (
        *("sagemaker:CreateHyperParameterTuningJob", "sagemaker:AddTags", *TUNING, *TRAINING),
        *(*IMAGE, *ROLE, *UPLOAD, *DOWNLOAD),
    ),
    "fetch": (*TRAINING, *TUNING, *DOWNLOAD),
    "deploy": (*MODEL, *CONFIGURATION, "sagemaker:CreateEndpoint", *ENDPOINT),
    "update": (
        *(*MODEL, *CONFIGURATION, "sagemaker:UpdateEndpoint", *ENDPOINT),
        "cloudwatch:DescribeAlarms",
    ),
    "transform": (*MODEL, "sagemaker:CreateTransformJob", *TRANSFORM, *DOWNLOAD),
    "register": (
        *("sagemaker:CreateModelPackage", "sagemaker:CreateModelPackageGroup"),
        *("sagemaker:DescribeModelPackageGroup", "sagemaker:AddTags"),
        *(*TRAINING, *IMAGE, *ROLE, *UPLOAD, *DOWNLOAD),
    ),
    "pipeline": (
        *("sagemaker:CreatePipeline", "sagemaker:CreateModelPackageGroup"),
        *("sagemaker:DescribeModelPackageGroup", "sagemaker:AddTags"),
        *(*IMAGE, *ROLE, *UPLOAD),
    ),
    "monitor": (
        *("sagemaker:CreateProcessingJob", "sagemaker:DescribeProcessingJob", "sagemaker:AddTags"),
        *("scheduler:CreateSchedule", *IMAGE, *ROLE, *UPLOAD),
    ),
    "logs": ("logs:FilterLogEvents", *TRAINING, *TRANSFORM, *ENDPOINT),
    "status": (*TRAINING, TUNING[0], *TRANSFORM, *ENDPOINT),
    "stop": (
        *("sagemaker:StopTrainingJob", "sagemaker:StopHyperParameterTuningJob"),
        *("sagemaker:StopTransformJob", *TRAINING, TUNING[0], *TRANSFORM),
    ),
    "compare": (
        *(*ENDPOINT, "sagemaker:DescribeEndpointConfig", "sagemaker:DescribeModel"),
        *("s3:ListObjectsV2", *DOWNLOAD),
    ),
    "autoscale": (
        "application-autoscaling:RegisterScalableTarget",
        "application-autoscaling:PutScalingPolicy",
        "application-autoscaling:DeregisterScalableTarget",
        # What Application Auto Scaling does in the name of who asks for it.
        *("cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms", "cloudwatch:DeleteAlarms"),
        *(*ENDPOINT, "sagemaker:DescribeEndpointConfig"),
        *("sagemaker:UpdateEndpointWeightsAndCapacities", "iam:CreateServiceLinkedRole"),
    ),
    "delete": (
        *("sagemaker:DeleteEndpoint", "sagemaker:DeleteEndpointConfig", "sagemaker:DeleteModel"),
        *(*ENDPOINT, "sagemaker:DescribeEndpointConfig"),
    ),
}
# IAM has other names for some requests.
ACTIONS = {"s3:ListObjectsV2": "s3:ListBucket"}
# Of the role that scales endpoints, which AWS makes with the first of them.
SERVICE_ROLE = "iam:CreateServiceLinkedRole"
SCALING = "sagemaker.application-autoscaling.amazonaws.com"
# Requests that know no resource.
OF_ANY = ("ecr:GetAuthorizationToken", "sts:GetCallerIdentity")


def check_commands(commands: Sequence[str]) -> None:
    """ConfigError for the first that is none."""
    unknown = sorted(set(commands) - set(COMMANDS))
    if unknown:
        raise ConfigError(
            f"policy: expected commands among {', '.join(COMMANDS)}, received {unknown[0]}"
        )


def policy_of(
    commands: Sequence[str], *, account: str, region: str, role: str, bucket: str
) -> dict[str, Any]:
    """The policy for who gives ``commands`` (none: all of them) of this account.

    ``role`` is the ARN of the role that SageMaker works in, or a pattern.

    Raises
    ------
    ConfigError
        When there is no such command.
    """
    check_commands(commands)
    requests = {one for name in (commands or COMMANDS) for one in COMMANDS[name]}
    actions: dict[str, list[str]] = {}
    for one in sorted({ACTIONS.get(request, request) for request in requests}):
        actions.setdefault("any" if one in OF_ANY else one.partition(":")[0], []).append(one)
    if "s3:ListBucket" in actions.get(_S3, ()):
        actions[_S3].remove("s3:ListBucket")
        actions["bucket"] = ["s3:ListBucket"]
    of_region = f"{region}:{account}"
    resources = {
        "any": "*",
        "application-autoscaling": f"arn:aws:application-autoscaling:{of_region}:scalable-target/*",
        "bucket": f"arn:aws:s3:::{bucket}",
        "cloudwatch": f"arn:aws:cloudwatch:{of_region}:alarm:*",
        "ecr": f"arn:aws:ecr:{of_region}:repository/*",
        "iam": role,
        "logs": f"arn:aws:logs:{of_region}:log-group:/aws/sagemaker/*",
        "scheduler": f"arn:aws:scheduler:{of_region}:schedule/default/*",
        _S3: f"arn:aws:s3:::{bucket}/*",
        _SAGEMAKER: f"arn:aws:sagemaker:{of_region}:*",
    }
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": names, "Resource": resources[service]}
        for service, names in sorted(actions.items())
        if service != "iam"
    ]
    if "iam:PassRole" in actions.get("iam", ()):
        sagemaker, scheduler = "sagemaker.amazonaws.com", "scheduler.amazonaws.com"
        services = [sagemaker, scheduler] if "scheduler" in actions else sagemaker
        passed = {"StringEquals": {"iam:PassedToService": services}}
        statements += [
            {"Effect": "Allow", "Action": "iam:GetRole", "Resource": role},
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": role, "Condition": passed},
        ]
    if SERVICE_ROLE in actions.get("iam", ()):
        asked = {"StringEquals": {"iam:AWSServiceName": SCALING}}
        place = f"arn:aws:iam::{account}:role/aws-service-role/{SCALING}/*"
        statements.append(
            {"Effect": "Allow", "Action": SERVICE_ROLE, "Resource": place, "Condition": asked}
        )
    return {"Version": "2012-10-17", "Statement": statements}
