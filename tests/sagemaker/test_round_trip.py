"""From ``fw sagemaker run`` to the table and the served model, with the container's own code.

moto keeps the jobs but runs none. Here SageMaker's part is played by copying files: what a job's
request names goes where a container finds it, the real entry point runs in a process of its own,
and what it leaves goes where SageMaker would put it.
"""

import json
import re
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from framework.cli.main import main
from framework.core.errors import ConfigError
from framework.experiment.stored_runs.merging import merged
from framework.experiment.stored_runs.stored_run import read_run
from framework.inference.model_folder import load
from framework.sagemaker.jobs.metric_lines import METRICS
from tests.processes import python

from ..conftest import FIVE
from .conftest import BUCKET, client, fw, ok, open_account, pinned_image

pytestmark = pytest.mark.slow

RUN = ("run", "breast_cancer", "--cost-matrix", "medical.json", "--cost-matrix", "mine.json")
RUN += ("--epochs", "5")
# The entry point for one job after the other, and a line between what they print.
TRAIN = """
import os, sys
from framework.container.__main__ import main
for os.environ["FW_ML_ROOT"] in sys.argv[1:]:
    assert main(["train"]) == 0
    print("end of job", flush=True)
"""


def play_sagemaker(names, folder):
    """Do what the training jobs say, in a process; store what they leave, return what they print."""
    for name in names:
        bring_what_it_needs(name, folder / name)
    done = subprocess.run(
        python(TRAIN, *(folder / name for name in names)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name in names:
        store_what_it_left(name, folder / name)
    return dict(zip(names, done.stdout.split("end of job\n"), strict=False))


def bring_what_it_needs(name, root):
    job = client("sagemaker").describe_training_job(TrainingJobName=name)
    for channel in job["InputDataConfig"]:
        prefix = channel["DataSource"]["S3DataSource"]["S3Uri"].removeprefix(f"s3://{BUCKET}/")
        listed = client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
        for item in listed:
            relative = item["Key"].removeprefix(prefix)
            file = root / "input" / "data" / channel["ChannelName"] / relative
            file.parent.mkdir(parents=True, exist_ok=True)
            client("s3").download_file(BUCKET, item["Key"], str(file))
    (root / "input" / "config").mkdir(parents=True)
    told = root / "input" / "config" / "hyperparameters.json"
    told.write_text(json.dumps(job["HyperParameters"]))


def store_what_it_left(name, root):
    job = client("sagemaker").describe_training_job(TrainingJobName=name)
    for folder, archive in (("model", "model.tar.gz"), ("output/data", "output.tar.gz")):
        with tarfile.open(root / archive, "w:gz") as tar:
            tar.add(root / folder, arcname=".")
        place = job["OutputDataConfig"]["S3OutputPath"].removeprefix(f"s3://{BUCKET}/")
        client("s3").upload_file(str(root / archive), BUCKET, f"{place}/{name}/output/{archive}")


@pytest.fixture(scope="module")
def two_jobs(moto, tmp_path_factory):
    """Two jobs that have run, and what each has printed."""
    folder = tmp_path_factory.mktemp("account")
    with pytest.MonkeyPatch.context() as patch:
        work = open_account(moto, patch, folder)
        matrix = {"name": "mine", "labels": ["malignant", "benign"], "costs": [[0, 90], [1, 0]]}
        (work / "mine.json").write_text(json.dumps(matrix))
        ok(*RUN, "--name", "two", "--no-wait")
        yield play_sagemaker(("two-medical", "two-mine"), folder)


def test_jobs_are_fetched_and_compared_as_fw_run_compares(two_jobs):
    fetched = ok("fetch", "two-medical", "two-mine")
    here = CliRunner().invoke(main, [*RUN, "--out", "here", "--no-report"])
    assert here.exit_code == 0, here.output

    def tables(text):
        start, end = text.index("Dollars on the 143 test cases"), text.index("Served: ")
        return text[start:end]

    assert tables(fetched) == tables(here.stdout)
    assert fetched.endswith("Run folder: runs/two-medical\nRun folder: runs/two-mine\n")
    for name in two_jobs:
        assert Path("runs", name, "report.html").is_file()
    model = load("runs/two-mine", "mine")
    assert model.labels == ("benign", "malignant")

    # All of it in one command: sent, waited for, fetched.
    for item in client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]:
        if "/output/" in item["Key"]:
            copy = {"Bucket": BUCKET, "Key": item["Key"]}
            key = item["Key"].replace("/two-", "/again-")
            client("s3").copy_object(Bucket=BUCKET, Key=key, CopySource=copy)
    waited = ok(*RUN, "--name", "again", "--out", "all")
    assert tables(waited) == tables(here.stdout)

    # SageMaker reads the figures it shows from what the job prints.
    regex = next(metric["Regex"] for metric in METRICS if metric["Name"] == "dollars_per_case")
    metrics = json.loads(Path("runs/two-mine/metrics.json").read_text())
    left = metrics["served"]["model"]
    served = next(entry for entry in metrics["models"] if entry["name"] == left)
    (dollars,) = re.findall(regex, two_jobs["two-mine"], re.MULTILINE)
    assert float(dollars) == pytest.approx(served["dollars_per_case"])

    run = read_run(Path("runs/two-mine"))
    with pytest.raises(ConfigError, match="different test cases"):
        merged([run, replace(run, cases=run.cases[::-1])], ("a", "b"))
    with pytest.raises(ConfigError, match='judged by "medical", another by "five"'):
        merged([run, replace(run, matrix=FIVE)], ("a", "b"))

    done = fw("fetch", "two-medical", "--out", "here")
    assert done.exit_code == 2
    assert "here holds something already; name a new folder with --out" in done.stderr
    one = json.loads(ok("fetch", "two-mine", "--json", "--out", "again"))
    assert one["run_dir"] == "again"
    assert one["served"] == metrics["served"]


def test_the_model_of_a_job_is_served_as_the_job_left_it(two_jobs):
    """An endpoint's archive is unpacked into the folder that the server in the image loads."""
    ok("deploy", "two-mine", "--name", "live")
    container = client("sagemaker").describe_model(ModelName="live")["PrimaryContainer"]
    assert container["Image"] == pinned_image()
    key = container["ModelDataUrl"].removeprefix(f"s3://{BUCKET}/")
    client("s3").download_file(BUCKET, key, "model.tar.gz")
    with tarfile.open("model.tar.gz") as tar:
        tar.extractall("model", filter="data")
    assert load("model").artifact.cost_matrix.name == "medical"  # the one that judges

    X = np.full((2, 30), 1.0)

    # The same from a run folder, without a job.
    ok("fetch", "two-mine", "--out", "fetched")
    ok("deploy", "fetched", "--model", "mine", "--name", "own")
    container = client("sagemaker").describe_model(ModelName="own")["PrimaryContainer"]
    key = container["ModelDataUrl"].removeprefix(f"s3://{BUCKET}/")
    client("s3").download_file(BUCKET, key, "own.tar.gz")
    with tarfile.open("own.tar.gz") as tar:
        tar.extractall("own", filter="data")
    assert load("own").predict_proba(X) == pytest.approx(load("model").predict_proba(X))
