"""The role that SageMaker works in: who may assume it, for whom, and what it may do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from framework.sagemaker.aws.policy import check_commands

# What the plugin fw-mlflow asks of a tracking server.
TRACKING = (
    *("GetExperimentByName", "CreateExperiment", "CreateRun", "GetRun", "UpdateRun"),
    *("LogBatch", "LogMetric", "LogParam", "SetTag", "ListArtifacts"),
)
# What a pipeline's execution asks of SageMaker, step by step.
STEPS = (
    *("CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob"),
    *("CreateProcessingJob", "DescribeProcessingJob", "StopProcessingJob"),
    *("CreateModelPackage", "DescribeModelPackage", "CreateModel", "DescribeModel", "AddTags"),
    *("CreateEndpointConfig", "DescribeEndpointConfig", "CreateEndpoint", "DescribeEndpoint"),
)


def role_policies(
    commands: Sequence[str], *, account: str, region: str, role: str, bucket: str
) -> dict[str, Any]:
    """``trust`` and ``permissions`` of the role for what ``commands`` (none: all of them) start.

    Raises
    ------
    ConfigError
        When there is no such command.
    """
    check_commands(commands)
    mine = {"StringEquals": {"aws:SourceAccount": account}}
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": mine,
    }
    of_region = f"{region}:{account}"
    pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    write = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams"]
    may: list[tuple[list[str], str]] = [
        (["s3:ListBucket"], f"arn:aws:s3:::{bucket}"),
        (["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{bucket}/*"),
        (pull, f"arn:aws:ecr:{of_region}:repository/*"),
        ([*write, "logs:PutLogEvents"], f"arn:aws:logs:{of_region}:log-group:/aws/sagemaker/*"),
        (["ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"], "*"),
    ]

    def started(*names: str) -> bool:
        return not commands or bool(set(names) & set(commands))

    if started("deploy"):  # asynchronous, with --notify-success and --notify-failure
        may.append((["sns:Publish"], f"arn:aws:sns:{of_region}:*"))
    if started("update"):
        may.append((["cloudwatch:DescribeAlarms"], f"arn:aws:cloudwatch:{of_region}:alarm:*"))
    if started("run", "tune", "pipeline"):  # with --mlflow
        servers = f"arn:aws:sagemaker:{of_region}:mlflow-tracking-server/*"
        may.append(([f"sagemaker-mlflow:{one}" for one in TRACKING], servers))
    if started("pipeline"):
        may.append(([f"sagemaker:{one}" for one in STEPS], f"arn:aws:sagemaker:{of_region}:*"))
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": actions, "Resource": resource} for actions, resource in may
    ]
    if started("pipeline"):  # its steps work in the same role
        passed = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
        statements.append(
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": role, "Condition": passed}
        )
    return {
        "trust": {"Version": "2012-10-17", "Statement": [trust]},
        "permissions": {"Version": "2012-10-17", "Statement": statements},
    }
