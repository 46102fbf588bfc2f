"""The registry: a package says in dollars what its model came to, and by which matrix."""

import json

import pytest
from click.testing import CliRunner

from framework.cli.main import main

from .conftest import BUCKET, client, fw, ok, pinned_image, requests


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained") / "run"
    arguments = ["run", "breast_cancer", "--epochs", "3", "--no-report", "--out", str(folder)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return folder


def test_a_package_has_the_figures_of_its_run(account, run):
    group, package = [
        step["parameters"] for step in requests("register", run, "--group", "cancer")
    ][:: len(requests("register", run, "--group", "cancer")) - 1]
    assert group["ModelPackageGroupName"] == package["ModelPackageGroupName"] == "cancer"
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    metrics = json.loads((run / "metrics.json").read_text())
    served = next(m for m in metrics["models"] if m["name"] == metrics["served"]["model"])
    told = package["CustomerMetadataProperties"]
    assert told["model"] == served["name"]
    assert told["cost_matrix"] == metrics["evaluation_matrix"] == "medical"
    assert float(told["test_dollars_per_case"]) == pytest.approx(served["dollars_per_case"], 1e-4)
    low, high = map(float, told["test_dollars_per_case_interval"].split(" to "))
    assert [low, high] == pytest.approx(served["dollars_per_case_interval"], 1e-4)
    assert float(told["validation_dollars_per_case"]) == pytest.approx(
        served["validation"]["dollars_per_case"], 1e-4
    )
    assert told["verdict"] == metrics["verdict"][:256]
    card = json.loads(package["ModelCard"]["ModelCardContent"])
    assert card["evaluation_details"][0]["evaluation_observation"] == metrics["verdict"]


def test_a_model_is_registered_once_its_group_is_there(account, run):
    for status in ("PendingManualApproval", "Approved"):
        approve = ("--approve",) if status == "Approved" else ()
        out = ok("register", run, "--group", "cancer", *approve)
        assert out == f"Registered in cancer: {status}\n"
    listed = client("sagemaker").list_model_packages(ModelPackageGroupName="cancer")
    found = [one["ModelPackageArn"] for one in listed["ModelPackageSummaryList"]]
    assert len(found) == 2
    described = client("sagemaker").describe_model_package(ModelPackageName=found[0])
    (container,) = described["InferenceSpecification"]["Containers"]
    assert container["Image"] == pinned_image()
    for address in (container["ModelDataUrl"], metrics_of(described)):
        key = address.removeprefix(f"s3://{BUCKET}/")
        assert client("s3").head_object(Bucket=BUCKET, Key=key)["ContentLength"] > 0


def metrics_of(described):
    return described["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]


def test_a_job_that_is_not_there(account):
    assert "the training job nope does not exist" in fw("register", "nope", "--group", "g").stderr
