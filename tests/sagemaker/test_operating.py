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


def test_a_shadow_is_asked_the_same_and_all_is_captured(jobs):
    capture = ("--capture", f"s3://{BUCKET}/captured", "--capture-percent", "50")
    given = ("deploy", "first", "--name", "live", "--shadow", "second", *capture)
    *models, configuration, _ = requests(*given)
    assert [one["parameters"]["ModelName"] for one in models] == ["live", "live-second"]
    told = configuration["parameters"]
    (front,), (behind,) = told["ProductionVariants"], told["ShadowProductionVariants"]
    assert (front["VariantName"], front["InitialVariantWeight"]) == ("AllTraffic", 1.0)
    assert (behind["ModelName"], behind["InitialVariantWeight"]) == ("live-second", 1.0)
    assert told["DataCaptureConfig"] == {
        "EnableCapture": True,
        "InitialSamplingPercentage": 50,
        "DestinationS3Uri": f"s3://{BUCKET}/captured",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {
            "CsvContentTypes": ["text/csv"],
            "JsonContentTypes": ["application/json", "application/jsonlines"],
        },
    }
    share = requests("deploy", "first", "--shadow", "second=0.2")[2]["parameters"]
    assert share["ShadowProductionVariants"][0]["InitialVariantWeight"] == 0.2
    ok(*given)
    assert "above 0, and at most 1" in refused("deploy", "first", "--shadow", "second=2")
    both = ("--shadow", "second", "--beside", "second=0.1")
    assert "--shadow stands beside one model" in refused("deploy", "first", *both, "--dry-run")


def test_a_serverless_endpoint_may_keep_some_places_warm(jobs):
    given = ("--serverless", "--memory", "2048", "--concurrency", "20", "--provisioned", "5")
    *_, configuration, _ = requests("deploy", "first", *given)
    (variant,) = configuration["parameters"]["ProductionVariants"]
    assert variant["ServerlessConfig"] == {
        "MemorySizeInMB": 2048,
        "MaxConcurrency": 20,
        "ProvisionedConcurrency": 5,
    }
    ok("deploy", "first", "--name", "now-and-then", *given)
    (variant,) = variants("now-and-then")
    assert variant["ServerlessConfig"]["ProvisionedConcurrency"] == 5
    many = ("--serverless", "--concurrency", "2", "--provisioned", "5", "--dry-run")
    assert "--provisioned 5 is more than --concurrency 2" in refused("deploy", "first", *many)
    captured = ("--serverless", "--capture", f"s3://{BUCKET}/x", "--dry-run")
    assert "--serverless has one model" in refused("deploy", "first", *captured)
    target, policy = requests("autoscale", "now-and-then", "--max", "9", "--utilization", "0.7")
    dimension = "sagemaker:variant:DesiredProvisionedConcurrency"
    assert target["parameters"]["ScalableDimension"] == dimension
    told = policy["parameters"]["TargetTrackingScalingPolicyConfiguration"]
    metric = "SageMakerVariantProvisionedConcurrencyUtilization"
    assert told["PredefinedMetricSpecification"] == {"PredefinedMetricType": metric}
    two = ("--utilization", "0.7", "--invocations", "9")
    assert "give one of them" in refused("autoscale", "now-and-then", *two)


def test_an_update_shifts_traffic_and_clears_up(jobs):
    ok("deploy", "first", "--name", "live")
    shift = ("--canary", "10", "--bake", "120", "--alarm", "dearer", "--alarm", "slower")
    *made, update = requests("update", "live", "second", "--name", "live-2", *shift)
    assert [step["operation"] for step in made] == ["CreateModel", "CreateEndpointConfig"]
    # As many instances as auto scaling has found right.
    assert update["parameters"]["RetainAllVariantProperties"] is True
    *_, counted = requests("update", "live", "second", "--instance-count", "2")
    assert "RetainAllVariantProperties" not in counted["parameters"]
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


def described(updated, **others):
    """What DescribeEndpointConfig tells of the endpoint before its update."""
    (_, told), *_ = updated["DescribeEndpointConfig"]
    updated["DescribeEndpointConfig"] = [(200, {**told, **others}), MISSING, (200, told)]
    updated["DescribeEndpoint"] = [
        endpoint("live"),
        endpoint("live", "Updating"),
        *2 * [endpoint("live-2")],
    ]


def made_configuration(updated):
    return next(told for asked, told in updated.asked if asked == "CreateEndpointConfig")


def test_all_but_the_model_stays_as_it_is(updated):
    answers = {"OutputConfig": {"S3OutputPath": f"s3://{BUCKET}/answers"}}
    answers["OutputConfig"]["NotificationConfig"] = {"ErrorTopic": TOPIC}
    captured = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 20,
        "DestinationS3Uri": f"s3://{BUCKET}/captured",
        "CaptureOptions": [{"CaptureMode": "Output"}],
    }
    variant = {"VariantName": "AllTraffic", "ModelName": "live"}
    variant |= {"InstanceType": "ml.c5.xlarge", "InitialInstanceCount": 3}
    described(
        updated,
        ProductionVariants=[variant],
        AsyncInferenceConfig=answers,
        DataCaptureConfig=captured,
    )
    ok("update", "live", "second", "--name", "live-2")
    told = made_configuration(updated)
    assert told["ProductionVariants"] == [{**variant, "ModelName": "live-2"}]
    assert told["AsyncInferenceConfig"] == answers
    assert told["DataCaptureConfig"]["DestinationS3Uri"] == f"s3://{BUCKET}/captured"
    assert told["DataCaptureConfig"]["InitialSamplingPercentage"] == 20


def test_a_serverless_endpoint_stays_one(updated):
    lone = {"MemorySizeInMB": 2048, "MaxConcurrency": 7}
    variant = {"VariantName": "AllTraffic", "ModelName": "live", "ServerlessConfig": lone}
    described(updated, ProductionVariants=[variant])
    ok("update", "live", "second", "--name", "live-2")
    assert made_configuration(updated)["ProductionVariants"][0]["ServerlessConfig"] == lone


def test_one_model_takes_the_place_of_all_variants(updated):
    front = {"VariantName": "AllTraffic", "ModelName": "live", "InstanceType": "ml.m5.large"}
    behind = {**front, "VariantName": "second", "ModelName": "live-second"}
    two = {"ProductionVariants": [front], "ShadowProductionVariants": [behind]}
    described(updated, **two)
    told = refused("update", "live", "second", "--name", "live-2", "--canary", "10")
    assert "live has the variants AllTraffic, second, and traffic is shifted slowly only" in told
    described(updated, **two)
    ok("update", "live", "second", "--name", "live-2")
    update = next(told for asked, told in updated.asked if asked == "UpdateEndpoint")
    assert "DeploymentConfig" not in update
    gone = [told["ModelName"] for asked, told in updated.asked if asked == "DeleteModel"]
    assert gone == ["live", "live-second"]


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
    other = requests("autoscale", "live", "--variant", "second")[0]["parameters"]
    assert other["ResourceId"] == "endpoint/live/variant/second"
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
