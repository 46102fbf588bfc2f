"""Monitors as processing jobs: requests that AWS takes, and the command they run."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.datasets import load_breast_cancer

from framework import load
from framework.cli.main import main

from .conftest import BUCKET, ROLE, check, client, fw, ok, requests

CAPTURE, TABLE = f"s3://{BUCKET}/capture/cancer", f"s3://{BUCKET}/truths/outcomes.csv"
SCHEDULER = ROLE.replace("/fw", "/scheduler")


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "cancer"
    arguments = ["run", "breast_cancer", "--cost-matrix", "medical.json", "--epochs", "2"]
    done = CliRunner().invoke(main, [*arguments, "--no-report", "--out", str(out)])
    assert done.exit_code == 0, done.output
    return out


def test_a_job_is_one_that_aws_takes_and_runs_fw_monitor(account, run_dir):
    options = ("--wait-days", "30", "--promise", "15000")
    *uploads, job = requests("monitor", run_dir, CAPTURE, TABLE, *options, "--name", "m-1")
    told = job["parameters"]
    assert job["operation"] == "CreateProcessingJob"
    assert told["AppSpecification"]["ContainerEntrypoint"] == ["fw", "monitor"]
    root = "/opt/ml/processing"
    assert told["AppSpecification"]["ContainerArguments"] == [
        *(f"{root}/run", f"{root}/decisions", f"{root}/outcomes/outcomes.csv"),
        *("--promise", "15000", "--wait", "30", "--out", f"{root}/output"),
    ]
    places = {one["InputName"]: one["S3Input"]["S3Uri"] for one in told["ProcessingInputs"]}
    assert (places["decisions"], places["outcomes"]) == (CAPTURE, TABLE)
    assert all(one["upload"].endswith((".json", ".csv")) for one in uploads if "upload" in one)


def test_what_is_uploaded_is_enough_and_an_alarm_is_a_failed_job(account, run_dir, tmp_path):
    """The job, played: its inputs lie where SageMaker puts them, and its command runs."""
    model, data = load(run_dir), load_breast_cancer()
    answers = model.answer(data.data[:300])
    capture, truths = [], ["id,outcome"]
    for k, record in enumerate(answers.records()):
        output = json.dumps({"model": "m", "predictions": [record]})
        sides = {
            "endpointInput": {"data": ",".join(map(str, data.data[k])), "encoding": "CSV"},
            "endpointOutput": {"data": output, "encoding": "JSON"},
        }
        sides["endpointInput"]["observedContentType"] = "text/csv"
        sides["endpointOutput"]["observedContentType"] = "application/json"
        about = {"eventId": f"e{k}", "inferenceTime": "2026-01-05T12:00:00Z"}
        capture.append(json.dumps({"captureData": sides, "eventMetadata": about}))
        truths.append(f"e{k},{np.array(['benign', 'malignant'])[k % 2]}")  # nothing the model knows
    ok("monitor", run_dir, CAPTURE, TABLE, "--name", "m-2")
    (told,) = [client("sagemaker").describe_processing_job(ProcessingJobName="m-2")]
    root = tmp_path / "processing"
    contents = {
        "capture/cancer/AllTraffic/2026/01/05/12/a.jsonl": "\n".join(capture) + "\n",
        "truths/outcomes.csv": "\n".join(truths) + "\n",
    }
    for key, content in contents.items():
        client("s3").put_object(Bucket=BUCKET, Key=key, Body=content.encode())
    for one in told["ProcessingInputs"]:
        fetch(one["S3Input"], root)
    words = told["AppSpecification"]["ContainerArguments"]
    words = [word.replace("/opt/ml/processing", str(root)) for word in words]
    done = CliRunner().invoke(main, ["monitor", *words])
    assert done.exit_code == 3, done.output
    assert "Alarm since 2026-01-05" in done.output
    assert (root / "output" / "monitor.html").is_file()
    assert json.loads((root / "output" / "monitor.json").read_text())["known"] == 300


def fetch(source, root):
    """As SageMaker does: all objects below a prefix, by what follows it; of one object its name."""
    prefix = source["S3Uri"].partition(f"{BUCKET}/")[2]
    target = root / source["LocalPath"].rpartition("/")[2]
    for item in client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]:
        rest = item["Key"].removeprefix(prefix).strip("/") or prefix.rpartition("/")[2]
        path = target / rest
        path.parent.mkdir(parents=True, exist_ok=True)
        client("s3").download_file(BUCKET, item["Key"], str(path))


def test_a_schedule_makes_a_job_of_another_name_each_time(account, run_dir):
    words = ("--schedule", "rate(1 day)", "--scheduler-role", SCHEDULER, "--name", "daily")
    *_, schedule = requests("monitor", run_dir, CAPTURE, TABLE, *words)
    assert (schedule["service"], schedule["operation"]) == ("scheduler", "CreateSchedule")
    target = schedule["parameters"]["Target"]
    assert target["Arn"] == "arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob"
    job = json.loads(target["Input"])
    assert job["ProcessingJobName"] == "daily-<aws.scheduler.execution-id>"
    told = json.loads(target["Input"].replace("<aws.scheduler.execution-id>", "d32c5kddcf5bb8c3"))
    check("sagemaker", "CreateProcessingJob", told)
    printed = ok("monitor", run_dir, CAPTURE, TABLE, *words)
    assert "Scheduled daily, rate(1 day)" in printed
    kept = client("scheduler").get_schedule(Name="daily")
    assert kept["ScheduleExpression"] == "rate(1 day)"
    kept_job = json.loads(kept["Target"]["Input"])
    for key in ("ProcessingJobName", "ProcessingInputs", "ProcessingOutputConfig"):
        assert kept_job[key] == job[key]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--schedule", "rate(1 day)"), "give --scheduler-role ARN"),
        (
            ("--schedule", "rate(1 day)", "--scheduler-role", SCHEDULER, "--name", "x" * 40),
            "--name",
        ),
        (("--instance-count", "2"), "works on one instance"),
        (("--instance-type", "ml.g5.xlarge"), "GPU"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(account, run_dir, words, told):
    done = fw("monitor", run_dir, CAPTURE, *words)
    assert done.exit_code == 2
    assert told in done.stderr


def test_what_is_not_in_s3_or_no_run_is_refused(account, run_dir, tmp_path):
    assert "expected s3://BUCKET/PREFIX" in fw("monitor", run_dir, "here.jsonl").stderr
    assert "expected the folder of a run" in fw("monitor", tmp_path, CAPTURE).stderr
