"""Pipelines: the SDK's own objects, whose steps ask SageMaker what the commands ask."""

import json

from .conftest import IMAGE, ROLE, check, client, fw, needs_sdk, ok, requests

pytestmark = needs_sdk

PIPELINE = ("pipeline", "breast_cancer", "--cost-matrix", "medical.json", "--name", "gated")
PIPELINE += ("--group", "cancer")


def definition(*arguments):
    *_, step = requests(*PIPELINE, *arguments)
    assert step["operation"] == "CreatePipeline"
    return json.loads(step["parameters"]["PipelineDefinition"])


def test_a_job_a_gate_in_dollars_and_what_follows_it(account):
    told = definition("--least-saving", "2.5", "--deploy", "live")
    assert told["Parameters"] == [
        {"Name": "LeastSavingPerCase", "Type": "Float", "DefaultValue": 2.5}
    ]
    train, gate = told["Steps"]
    # The job is that of fw sagemaker run, but for the name.
    *_, run = requests("run", "breast_cancer", "--cost-matrix", "medical.json", "--name", "gated")
    job = run["parameters"]
    assert {**train["Arguments"], "TrainingJobName": "gated"} == job
    assert train["Type"] == "Training"
    saved = "Steps.train-gated.FinalMetricDataList['saved_per_case_at_least'].Value"
    assert gate["Arguments"]["Conditions"] == [
        {
            "Type": "GreaterThanOrEqualTo",
            "LeftValue": {"Get": saved},
            "RightValue": {"Get": "Parameters.LeastSavingPerCase"},
        }
    ]
    metrics = train["Arguments"]["AlgorithmSpecification"]["MetricDefinitions"]
    assert "saved_per_case_at_least" in {metric["Name"] for metric in metrics}
    after = {step["Type"]: step["Arguments"] for step in gate["Arguments"]["IfSteps"]}
    assert list(after) == ["RegisterModel", "Model", "EndpointConfig", "Endpoint"]
    model = {"Get": "Steps.train-gated.ModelArtifacts.S3ModelArtifacts"}
    (container,) = after["RegisterModel"]["InferenceSpecification"]["Containers"]
    assert (
        container == after["Model"]["PrimaryContainer"] == {"Image": IMAGE, "ModelDataUrl": model}
    )
    assert after["Model"]["ExecutionRoleArn"] == ROLE
    assert after["Endpoint"]["EndpointName"] == "live"
    (refused,) = gate["Arguments"]["ElseSteps"]
    assert refused["Type"] == "Fail"
    assert (
        "saves a case over the strongest rival may be less" in refused["Arguments"]["ErrorMessage"]
    )


def test_every_step_is_a_request_that_sagemaker_takes(account):
    told = definition("--deploy", "live")
    train, gate = told["Steps"]
    asked = {"Training": ("CreateTrainingJob", {"TrainingJobName": "x"})}
    asked["RegisterModel"] = ("CreateModelPackage", {})
    asked["Model"] = ("CreateModel", {"ModelName": "x"})
    asked["EndpointConfig"] = ("CreateEndpointConfig", {"EndpointConfigName": "x"})
    asked["Endpoint"] = ("CreateEndpoint", {})
    for step in (train, *gate["Arguments"]["IfSteps"]):
        operation, name = asked[step["Type"]]
        check("sagemaker", operation, {**as_in_an_execution(step["Arguments"]), **name})


def as_in_an_execution(value):
    """With what a pipeline fills in, for what it refers to."""
    if isinstance(value, dict) and set(value) == {"Get"}:
        return "s3://b/m.tar.gz" if "Artifacts" in value["Get"] else "name"
    if isinstance(value, dict):
        return {key: as_in_an_execution(inner) for key, inner in value.items()}
    return [as_in_an_execution(one) for one in value] if isinstance(value, list) else value


def test_every_matrix_has_a_gate_of_its_own(account):
    steps = definition("--cost-matrix", "five_to_one.json")["Steps"]
    assert [step["Name"] for step in steps] == [
        "train-gated-medical",
        "gate-gated-medical",
        "train-gated-five-to-one",
        "gate-gated-five-to-one",
    ]
    two = ("--cost-matrix", "five_to_one.json", "--deploy", "live")
    assert "--deploy live: 2 jobs would be served there" in fw(*PIPELINE, *two, "--dry-run").stderr


def test_a_pipeline_is_made_with_its_inputs(account):
    assert ok(*PIPELINE).startswith("Pipeline: gated\n")
    made = client("sagemaker").describe_pipeline(PipelineName="gated")
    assert json.loads(made["PipelineDefinition"])["Steps"][0]["Name"] == "train-gated"
    groups = client("sagemaker").list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert [group["ModelPackageGroupName"] for group in groups] == ["cancer"]
