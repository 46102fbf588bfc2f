"""Policies: every request that the code makes is allowed, and none that it does not make.

That a command makes no request beyond its own policy is held wherever one is given
(``fw`` of conftest.py).
"""

import inspect
import json
import re
from pathlib import Path

import framework.sagemaker
from framework.sagemaker.aws import sending, waiting
from framework.sagemaker.aws.policy import COMMANDS

from .conftest import ACCOUNT, BUCKET, REGION, ROLE, fw, ok

CODE = re.compile(r'Call\(\s*"(\w+)",\s*"(\w+)"')
# What docker, multipart uploads, tags and roles need is asked for by no call of ours.
BEYOND = re.compile(r"iam:PassRole|sagemaker:AddTags|s3:AbortMultipartUpload|s3:\w+Object|ecr:\w+")
# What AWS does in the name of who scales an endpoint, or updates one with alarms.
IN_OUR_NAME = re.compile(r"cloudwatch:\w+|iam:CreateServiceLinkedRole|sagemaker:UpdateEndpointW\w+")
STOPPED = {"Training", "HyperParameterTuning", "Transform"}


def calls_in_code():
    folder = Path(inspect.getfile(framework.sagemaker)).parent
    found = {
        f"{service}:{operation}"
        for file in folder.rglob("*.py")
        for service, operation in CODE.findall(file.read_text())
    }
    found |= {
        f"sagemaker:{kind.operation}"
        for kind in vars(waiting).values()
        if isinstance(kind, waiting.Watched)
    }
    found |= {f"sagemaker:Stop{kind}Job" for kind in STOPPED}
    for operation in sending.DESCRIBED:
        found.add(f"sagemaker:{operation.replace('Create', 'Describe')}")
    scaling = ("RegisterScalableTarget", "PutScalingPolicy", "DeregisterScalableTarget")
    listing = "sagemaker:ListTrainingJobsForHyperParameterTuningJob"
    return found | {f"application-autoscaling:{one}" for one in scaling} | {listing}


def test_all_requests_are_allowed_and_no_others():
    allowed = {action for actions in COMMANDS.values() for action in actions}
    needed = calls_in_code()
    assert needed <= allowed
    left = [one for one in allowed - needed if not BEYOND.fullmatch(one)]
    assert not [one for one in left if not IN_OUR_NAME.fullmatch(one)]


def test_a_policy_of_one_command_is_of_its_resources_alone(account):
    told = json.loads(ok("policy", "deploy"))
    by_action = {}
    for statement in told["Statement"]:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            by_action[action] = statement
    assert "sagemaker:CreateEndpoint" in by_action
    assert "sagemaker:CreateTrainingJob" not in by_action
    assert by_action["s3:PutObject"]["Resource"] == f"arn:aws:s3:::{BUCKET}/*"
    assert by_action["s3:ListBucket"]["Resource"] == f"arn:aws:s3:::{BUCKET}"
    everything = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:*"
    assert by_action["sagemaker:CreateEndpoint"]["Resource"] == everything
    passing = by_action["iam:PassRole"]
    assert passing["Resource"] == ROLE
    assert passing["Condition"]["StringEquals"]["iam:PassedToService"] == "sagemaker.amazonaws.com"
    done = fw("policy", "dance")
    assert "policy: expected commands among push, run, " in done.stderr


def test_the_role_may_be_assumed_for_this_account_alone(account):
    told = json.loads(ok("policy", "--of-role"))
    (trust,) = told["trust"]["Statement"]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    anywhere = [one["Action"] for one in told["permissions"]["Statement"] if one["Resource"] == "*"]
    assert anywhere == [["ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"]]


def actions_of_role(*commands):
    told = json.loads(ok("policy", *commands, "--of-role"))
    return {
        action: statement["Resource"]
        for statement in told["permissions"]["Statement"]
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    }


def test_the_role_may_do_what_the_commands_start(account):
    plain = actions_of_role("fetch")
    assert "s3:PutObject" in plain
    further = {
        "deploy": ("sns:Publish", f"arn:aws:sns:{REGION}:{ACCOUNT}:*"),
        "update": (
            "cloudwatch:DescribeAlarms",
            f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:*",
        ),
        "run": (
            "sagemaker-mlflow:LogMetric",
            f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:mlflow-tracking-server/*",
        ),
        "pipeline": ("sagemaker:CreateTrainingJob", f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:*"),
    }
    everything = actions_of_role()
    for command, (action, resource) in further.items():
        assert action not in plain
        assert actions_of_role(command)[action] == everything[action] == resource
    assert everything["iam:PassRole"] == ROLE
    assert "expected commands among push" in fw("policy", "dance", "--of-role").stderr


def test_scaling_may_make_the_role_of_aws_that_scales(account):
    told = json.loads(ok("policy", "autoscale"))
    (made,) = [one for one in told["Statement"] if one["Action"] == "iam:CreateServiceLinkedRole"]
    name = "sagemaker.application-autoscaling.amazonaws.com"
    assert made["Condition"] == {"StringEquals": {"iam:AWSServiceName": name}}
    assert made["Resource"].startswith(f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{name}/")
    assert not [one for one in told["Statement"] if one["Action"] == "iam:PassRole"]
