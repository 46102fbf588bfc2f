"""Endpoints, batch transforms and their end, in the order a person goes through them."""

import json
import re
import shlex
import time

import pytest
from botocore.exceptions import ClientError

from .conftest import BUCKET, ROLE, client, fw, ok, pinned_image, requests, tag_image

TRAIN = ("run", "breast_cancer", "--plugins-in-image", "--no-wait", "--name", "job")
MODEL = f"s3://{BUCKET}/cost-matrix-framework/job/output/model.tar.gz"


@pytest.fixture
def job(account):
    """A training job that has ended."""
    ok(*TRAIN)
    return "job"


def test_an_endpoint_is_made_of_a_jobs_model_and_taken_away_again(job):
    tag_image("0.1.0-abc")
    image = pinned_image()
    out = ok("deploy", job, "--name", "live", "--instance-type", "ml.c5.large", "--tag", "a=b")
    assert out == "Endpoint: live\nIt costs until: fw sagemaker delete live\n"
    sagemaker = client("sagemaker")
    model = sagemaker.describe_model(ModelName="live")
    assert model["PrimaryContainer"] == {"Image": image, "ModelDataUrl": MODEL}
    tags = sagemaker.list_tags(ResourceArn=model["ModelArn"])["Tags"]
    assert {"Key": "fw:image", "Value": image.replace("@", ":0.1.0-abc@")} in tags
    assert model["ExecutionRoleArn"] == ROLE
    assert sagemaker.describe_endpoint(EndpointName="live")["EndpointConfigName"] == "live"
    (variant,) = sagemaker.describe_endpoint_config(EndpointConfigName="live")["ProductionVariants"]
    assert (variant["InstanceType"], variant["InitialInstanceCount"]) == ("ml.c5.large", 1)

    assert ok("delete", "live").splitlines() == [
        "deleted: Endpoint live",
        "deleted: EndpointConfig live",
        "deleted: Model live",
    ]
    for describe in (sagemaker.describe_endpoint, sagemaker.describe_model):
        key = "EndpointName" if describe == sagemaker.describe_endpoint else "ModelName"
        with pytest.raises(ClientError):
            describe(**{key: "live"})
    done = fw("delete", "live")
    assert done.exit_code == 2
    assert "there is no endpoint, endpoint configuration or model called live" in done.stderr


def test_a_dry_run_of_a_deployment_names_where_run_puts_the_model(job):
    steps = requests("deploy", job, "--name", "live", "--serverless", "--memory", "2048")
    assert [step["operation"] for step in steps] == [
        "CreateModel",
        "CreateEndpointConfig",
        "CreateEndpoint",
    ]
    assert steps[0]["parameters"]["PrimaryContainer"]["ModelDataUrl"] == MODEL
    (variant,) = steps[1]["parameters"]["ProductionVariants"]
    assert variant["ServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    assert "InstanceType" not in variant
    assert [step["operation"] for step in requests("delete", "live")] == [
        "DeleteEndpoint",
        "DeleteEndpointConfig",
        "DeleteModel",
    ]
    done = fw("deploy", job, "--serverless", "--network-isolation")
    assert "--serverless knows neither a VPC nor --network-isolation" in done.stderr


def test_a_job_that_is_not_there(account):
    for arguments in (("deploy", "nope"), ("fetch", "nope"), ("logs", "nope")):
        done = fw(*arguments)
        assert done.exit_code == 2
        assert "nope" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_the_log_of_a_job_is_printed_in_the_order_of_time(job):
    logs = client("logs")
    group = "/aws/sagemaker/TrainingJobs"
    logs.create_log_group(logGroupName=group)
    now = int(time.time() * 1000) - 60_000
    where = {"logGroupName": group, "logStreamName": "job/algo-1"}
    logs.create_log_stream(**where)
    # More than one answer of CloudWatch holds.
    for start in range(0, 12_000, 6_000):
        events = [
            {"timestamp": now + k, "message": f"epoch={k}"} for k in range(start, start + 6000)
        ]
        logs.put_log_events(**where, logEvents=events)
    out = ok("logs", "job", "--follow").splitlines()
    assert out == [f"epoch={k}" for k in range(12_000)]
    (step,) = requests("logs", "job")
    assert step["parameters"] == {"logGroupName": group, "logStreamNamePrefix": "job/"}
    (step,) = requests("logs", "live", "--kind", "endpoint")
    assert step["parameters"] == {"logGroupName": "/aws/sagemaker/Endpoints/live"}
    done = fw("logs", "job", "--kind", "transform")
    assert done.exit_code == 2


def test_a_log_is_followed_until_the_job_has_ended(wire):
    logs = client("logs")
    where = {"logGroupName": "/aws/sagemaker/TrainingJobs", "logStreamName": "job/algo-1"}
    logs.create_log_group(logGroupName=where["logGroupName"])
    logs.create_log_stream(**where)
    now = int(time.time() * 1000) - 60_000

    class Job(list):
        """Its answers to "how far is it?", before each of which it writes a line."""

        def pop(self, _):
            event = {"timestamp": now + len(self), "message": f"{len(self)} to go"}
            logs.put_log_events(**where, logEvents=[event])
            return 200, {"TrainingJobStatus": list.pop(self, 0)}

    wire["DescribeTrainingJob"] = Job(["InProgress", "InProgress", "Completed"])
    assert ok("logs", "job", "--follow").splitlines() == ["3 to go", "2 to go", "1 to go"]


def test_what_is_fetched_may_be_asked_for_without_asking(account):
    assert [s["parameters"] for s in requests("fetch", "a", "b")] == [
        {"TrainingJobName": "a"},
        {"TrainingJobName": "b"},
    ]
    (step,) = requests("fetch", "--best-of", "t")
    assert step["operation"] == "DescribeHyperParameterTuningJob"
    assert "one tuning job with --best-of" in fw("fetch").stderr
    assert json.loads(ok("fetch", "a", "--dry-run"))


@pytest.mark.parametrize(
    "told",
    [
        ("run", "breast_cancer", "--plugins-in-image", "--no-wait"),
        ("tune", "breast_cancer", "--plugins-in-image", "--no-wait", "--range", "l2=0..0.1"),
        ("deploy", "job", "--name", "live"),
    ],
    ids=lambda told: told[0],
)
def test_the_command_that_is_printed_for_later_is_one_to_give(told, job):
    (command,) = re.findall("fw sagemaker (.*)", ok(*told))
    assert requests(*shlex.split(command))
