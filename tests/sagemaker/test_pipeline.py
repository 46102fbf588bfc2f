"""Pipelines: the SDK's own objects, whose steps ask SageMaker what the commands ask."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from ..tickets import tickets
from .conftest import BUCKET, IMAGE, ROLE, check, client, fw, needs_sdk, ok, requests

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


SCRIPT = """
import csv, pathlib, sys
here, there = map(pathlib.Path, sys.argv[1:])
(file,) = here.glob("*.csv")
rows = list(csv.DictReader(file.open()))
with (there / "tickets.csv").open("w", newline="") as out:
    writer = csv.DictWriter(out, [name for name in rows[0] if name != "note"])
    writer.writeheader()
    for row in rows:
        del row["note"]
        writer.writerow(row)
"""


@pytest.fixture
def prepared(account):
    """The steps of a pipeline whose script comes first."""
    with (account / "tickets.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(tickets(120)[0]))
        writer.writeheader()
        writer.writerows(tickets(120))
    (account / "clean.py").write_text(SCRIPT)
    table = (
        "pipeline",
        "tickets.csv",
        "--target",
        "priority",
        "--cost",
        "*->*=1",
        "--name",
        "gated",
    )
    options = ("--epochs", "2", "--folds", "1", "--group", "tickets", "--prepare", "clean.py")
    *uploads, step = requests(*table, *options)
    return uploads, json.loads(step["parameters"]["PipelineDefinition"])["Steps"]


def test_a_script_comes_first_and_all_jobs_train_on_what_it_has_written(prepared):
    uploads, (prepare, train, _) = prepared
    keys = [upload["parameters"]["Key"] for upload in uploads]
    assert [key for key in keys if key.endswith("/clean.py")]
    assert (prepare["Name"], prepare["Type"]) == ("prepare-gated", "Processing")
    (output,) = prepare["Arguments"]["ProcessingOutputConfig"]["Outputs"]
    place = {"Std:Join": {"On": "/", "Values": [f"s3://{BUCKET}/cost-matrix-framework", "gated"]}}
    place["Std:Join"]["Values"] += [{"Get": "Execution.PipelineExecutionId"}, "prepared"]
    assert output["S3Output"]["S3Uri"] == place
    (channel,) = train["Arguments"]["InputDataConfig"]
    written = "Steps.prepare-gated.ProcessingOutputConfig.Outputs['data'].S3Output.S3Uri"
    assert channel["DataSource"]["S3DataSource"]["S3Uri"] == {"Get": written}
    asked = as_in_an_execution(prepare["Arguments"])
    check("sagemaker", "CreateProcessingJob", {**asked, "ProcessingJobName": "x"})
    asked = as_in_an_execution(train["Arguments"])
    check("sagemaker", "CreateTrainingJob", {**asked, "TrainingJobName": "x"})


def test_what_the_script_writes_is_what_the_container_trains_on(prepared, account, tmp_path):
    """Both steps here: the script as the request calls it, then the image's entry point."""
    _, (prepare, train, _) = prepared
    here, there = tmp_path / "input", tmp_path / "ml" / "input" / "data" / "train"
    here.mkdir()
    there.mkdir(parents=True)
    shutil.copy(account / "tickets.csv", here)
    command = prepare["Arguments"]["AppSpecification"]["ContainerEntrypoint"]
    places = {"python3": sys.executable, "/opt/ml/processing/code/clean.py": account / "clean.py"}
    places |= {"/opt/ml/processing/input": here, "/opt/ml/processing/output": there}
    subprocess.run([str(places[word]) for word in command], check=True)
    config = tmp_path / "ml" / "input" / "config"
    config.mkdir()
    (config / "hyperparameters.json").write_text(json.dumps(train["Arguments"]["HyperParameters"]))
    done = subprocess.run(
        [sys.executable, "-m", "framework.container", "train"],
        cwd=tmp_path,  # where no table lies, as in a container
        env={**os.environ, "FW_ML_ROOT": str(tmp_path / "ml")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    schema = (tmp_path / "ml" / "model" / "schema.json").read_text()
    assert '"size"' in schema
    assert '"note"' not in schema


def test_a_preparation_has_a_script_and_data(account):
    (account / "clean.py").write_text(SCRIPT)
    told = fw(*PIPELINE, "--prepare", "clean.py", "--dry-run").stderr
    assert "--prepare: which data is it to prepare? Give --data" in told
    told = fw(*PIPELINE, "--prepare", "none.py", "--dry-run").stderr
    assert "--prepare none.py: expected a Python file (.py), and found none" in told


def as_in_an_execution(value):
    """With what a pipeline fills in, for what it refers to."""
    if isinstance(value, dict) and set(value) == {"Get"}:
        return "s3://b/m.tar.gz" if re.search("Artifacts|S3Uri", value["Get"]) else "name"
    if isinstance(value, dict) and set(value) == {"Std:Join"}:
        joined = value["Std:Join"]
        return joined["On"].join(as_in_an_execution(joined["Values"]))
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
