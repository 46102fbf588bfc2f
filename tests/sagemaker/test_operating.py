"""Endpoints that live: several models, answers later, another model, more instances, how far they are."""

import pytest

from .conftest import BUCKET, IMAGE, MISSING, client, fw, ok, requests

TOPIC = "arn:aws:sns:eu-west-1:123456789012:answers"


@pytest.fixture
def jobs(account):
    """Two training jobs that have ended."""
    for name in ("first", "second"):
        ok("run", "breast_cancer", "--plugins-in-image", "--no-wait", "--name", name)


def refused(*arguments):
    done = fw(*arguments)
    assert done.exit_code == 2, done.output
    return done.stderr


def variants(configuration):
    told = client("sagemaker").describe_endpoint_config(EndpointConfigName=configuration)
    return told["ProductionVariants"]


def test_two_models_share_the_traffic_and_go_together(jobs):
    ok("deploy", "first", "--name", "live", "--beside", "second=0.1")
    shares = {one["ModelName"]: one["InitialVariantWeight"] for one in variants("live")}
    assert shares == {"live": 0.9, "live-second": 0.1}
    model = client("sagemaker").describe_model(ModelName="live-second")
    assert "/second/output/model.tar.gz" in model["PrimaryContainer"]["ModelDataUrl"]
    assert ok("delete", "live").splitlines() == [
        "deleted: Endpoint live",
        "deleted: EndpointConfig live",
        "deleted: Model live",
        "deleted: Model live-second",
    ]
    assert "expected JOB=SHARE" in refused("deploy", "first", "--beside", "second")
    many = ("--beside", "second=0.6", "--beside", "third=0.6", "--dry-run")
    assert "together less than 1" in refused("deploy", "first", *many)
    one = ("--serverless", "--beside", "second=0.1", "--dry-run")
    assert "--serverless has one model" in refused("deploy", "first", *one)


def test_an_asynchronous_endpoint_writes_its_answers_and_tells(jobs):
    given = ("--async", f"s3://{BUCKET}/answers", "--notify-success", TOPIC, "--name", "later")
    (_, configuration, _) = requests("deploy", "first", *given)
    assert configuration["parameters"]["AsyncInferenceConfig"] == {
        "OutputConfig": {
            "S3OutputPath": f"s3://{BUCKET}/answers",
            "NotificationConfig": {"SuccessTopic": TOPIC},
        }
    }
    ok("deploy", "first", *given)
    assert "go with --async" in refused("deploy", "first", "--notify-failure", TOPIC, "--dry-run")


def test_an_update_shifts_traffic_and_clears_up(jobs):
    ok("deploy", "first", "--name", "live")
    shift = ("--canary", "10", "--bake", "120", "--alarm", "dearer", "--alarm", "slower")
    *made, update = requests("update", "live", "second", "--name", "live-2", *shift)
    assert [step["operation"] for step in made] == ["CreateModel", "CreateEndpointConfig"]
    assert update["parameters"]["DeploymentConfig"] == {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {
                "Type": "CANARY",
                "WaitIntervalInSeconds": 120,
                "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
            },
            "TerminationWaitInSeconds": 120,
        },
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "dearer"}, {"AlarmName": "slower"}]},
    }
    assert "--canary: expected 1 to 50" in refused("update", "live", "second", "--canary", "60")
    assert "there is no endpoint gone" in refused("update", "gone", "second")


def endpoint(serving, status="InService"):
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/live"
    return (
        200,
        {
            "EndpointName": "live",
            "EndpointArn": arn,
            "EndpointConfigName": serving,
            "EndpointStatus": status,
            "CreationTime": 1.0,
            "LastModifiedTime": 1.0,
        },
    )


@pytest.fixture
def updated(wire):
    """Answers of a service whose endpoint "live" is updated."""
    arn = "arn:aws:sagemaker:eu-west-1:123456789012"
    variant = {"VariantName": "AllTraffic", "ModelName": "live"}
    configuration = {
        "EndpointConfigName": "live",
        "EndpointConfigArn": f"{arn}:endpoint-config/live",
        "ProductionVariants": [variant],
        "CreationTime": 1.0,
    }
    image = {"TrainingImage": IMAGE, "TrainingInputMode": "File"}
    job = {
        "TrainingJobName": "second",
        "TrainingJobStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": f"s3://{BUCKET}/p/second/output/model.tar.gz"},
        "AlgorithmSpecification": image,
        "CreationTime": 1.0,
    }
    wire["DescribeTrainingJob"] = (200, job)
    # What serves is described; the names of what is to be made are free.
    wire["DescribeEndpointConfig"] = [(200, configuration), MISSING, (200, configuration)]
    wire["CreateModel"] = (200, {"ModelArn": f"{arn}:model/x"})
    wire["CreateEndpointConfig"] = (200, {"EndpointConfigArn": f"{arn}:endpoint-config/x"})
    wire["UpdateEndpoint"] = (200, {"EndpointArn": f"{arn}:endpoint/live"})
    wire["DeleteEndpointConfig"] = wire["DeleteModel"] = (200, {})
    return wire


def test_an_update_that_has_come_through_clears_up(updated):
    before, after = endpoint("live"), endpoint("live-2")
    updated["DescribeEndpoint"] = [before, endpoint("live", "Updating"), after, after]
    out = ok("update", "live", "second", "--name", "live-2")
    assert out.endswith("live serves live-2\n")
    assert [asked for asked in updated.asked if "Delete" in asked[0]] == [
        ("DeleteEndpointConfig", {"EndpointConfigName": "live"}),
        ("DeleteModel", {"ModelName": "live"}),
    ]


def test_an_update_that_alarms_have_taken_back_is_told_and_leaves_what_serves(updated):
    before = endpoint("live")
    updated["DescribeEndpoint"] = [before, endpoint("live", "Updating"), before, before]
    told = refused("update", "live", "second", "--name", "live-2", "--alarm", "dearer")
    assert "the update of live was taken back: it serves live" in told
    assert not [asked for asked in updated.asked if "Delete" in asked[0]]


def test_a_refused_update_takes_its_model_and_configuration_back(updated):
    updated["DescribeEndpoint"] = endpoint("live")
    busy = {"__type": "ValidationException", "message": "Cannot update in-progress endpoint."}
    updated["UpdateEndpoint"] = (400, busy)
    assert "Cannot update in-progress" in refused("update", "live", "second", "--name", "live-2")
    assert [asked for asked in updated.asked if "Delete" in asked[0]] == [
        ("DeleteEndpointConfig", {"EndpointConfigName": "live-2"}),
        ("DeleteModel", {"ModelName": "live-2"}),
    ]


def test_instances_follow_the_traffic(jobs):
    ok("deploy", "first", "--name", "live")
    out = ok("autoscale", "live", "--min", "1", "--max", "3", "--invocations", "250")
    assert out == "live: 1 to 3 instances, for 250 invocations a minute each\n"
    scaling = client("application-autoscaling")
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 3)
    assert target["ResourceId"] == "endpoint/live/variant/AllTraffic"
    (policy,) = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 250
    ok("autoscale", "live", "--off")
    assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []
    assert requests("autoscale", "live")
    assert requests("autoscale", "live", "--off")
    assert "--min 5 is more than --max 4" in refused("autoscale", "live", "--min", "5")


def test_how_far_things_are(jobs):
    ok("deploy", "first", "--name", "live")
    told = ok("status", "first", "live")
    assert "training job first: Completed" in told
    assert "  image: " in told
    assert "endpoint live: InService" in told
    assert "  AllTraffic: " in told
    assert "no endpoint, called gone" in refused("status", "gone")
    assert len(requests("status", "x")) == 4
