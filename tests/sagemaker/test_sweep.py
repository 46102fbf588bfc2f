"""``fw sweep --sagemaker``: a job for every value of a cost, each the container's own, and the frontier."""

import json
import re
import subprocess
import tarfile

import pytest
from click.testing import CliRunner

from framework.cli.main import main
from framework.sagemaker.jobs.metric_lines import METRICS, OBJECTIVE
from tests.processes import python

from .conftest import BUCKET, IMAGE, check, client, ok

SWEEP = ("sweep", "breast_cancer", "--cost-matrix", "medical.json", "--sagemaker")
# The entry point for one job after the other, and a line between what they print.
TRAIN = """
import os, sys
from framework.container.__main__ import main
for os.environ["FW_ML_ROOT"] in sys.argv[1:]:
    assert main(["train"]) == 0
    print("end of job", flush=True)
"""


def fw(*arguments):
    return CliRunner().invoke(main, list(arguments))


def dry(*arguments):
    done = fw(*SWEEP, *arguments, "--dry-run")
    assert done.exit_code == 0, done.output
    steps = json.loads(done.stdout)
    for step in steps:
        check(step["service"], step["operation"], step["parameters"])
    return steps


def test_every_value_is_a_job_of_a_grid_judged_by_the_matrix_as_it_stands(account):
    *uploads, job = dry("--ratio", "fn:fp=1:1..100:1", "--points", "3", "--parallel", "3")
    told = job["parameters"]["HyperParameterTuningJobConfig"]
    assert told["Strategy"] == "Grid"
    assert told["ResourceLimits"] == {"MaxParallelTrainingJobs": 3}
    names = ["medical-at-1.json", "medical-at-10.json", "medical-at-100.json"]
    (choice,) = told["ParameterRanges"]["CategoricalParameterRanges"]
    assert choice == {"Name": "cost_matrix", "Values": names}
    sent = {step["parameters"]["Key"].rpartition("/")[2] for step in uploads}
    assert set(names) <= sent
    static = job["parameters"]["TrainingJobDefinition"]["StaticHyperParameters"]
    assert static["evaluation_matrix"] == "medical.json"
    assert "cost_matrix" not in static


def test_cells_are_swept_as_here_and_the_scale_stays_a_setting(account):
    (*_, job) = dry("--scale", "cell=malignant->benign:x0.5..x2", "--points", "2", "--scale", "raw")
    (choice,) = job["parameters"]["HyperParameterTuningJobConfig"]["ParameterRanges"][
        "CategoricalParameterRanges"
    ]
    assert choice["Values"] == ["medical-at-0.5.json", "medical-at-2.json"]
    static = job["parameters"]["TrainingJobDefinition"]["StaticHyperParameters"]
    assert static["scale"] == "raw"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--points", "40"], "40 is not in the range"),
        (["--ratio", "fn:fn=1..2"], "--ratio: expected something like fn:fp="),
        (["--prevalence", "malignant=0.1..0.5", "--points", "2"], "prevalence"),
        (["--cost-matrix", "five_to_one.json"], "expected one cost matrix to sweep, received 2"),
    ],
)
def test_a_mistake_is_one_sentence(account, arguments, message):
    done = fw(*SWEEP, *arguments, "--dry-run")
    assert done.exit_code == 2, done.output
    assert message in done.stderr


def test_a_table_has_no_order_of_labels_to_take_a_ratio_of(account):
    (account / "loans.csv").write_text("x,status\n1,good\n2,bad\n")
    done = fw("sweep", "loans.csv", "--target", "status", "--sagemaker", "--dry-run")
    assert "of a table, name the cells: --scale" in done.stderr


@pytest.fixture
def played(account, tmp_path):
    """Both jobs of a sweep as the container trains them: what they print, and what they leave in S3."""
    given = ("--ratio", "fn:fp=1:1..100:1", "--points", "2", "--name", "swept", "--no-wait")
    done = fw(*SWEEP, *given, "--epochs", "3", "--folds", "1", "--plugins-in-image")
    assert done.exit_code == 0, done.output
    assert done.stdout == "Later: fw sagemaker fetch --best-of swept\n"
    job = client("sagemaker").describe_hyper_parameter_tuning_job(
        HyperParameterTuningJobName="swept"
    )
    definition = job["TrainingJobDefinition"]
    (channel,) = definition["InputDataConfig"]
    prefix = channel["DataSource"]["S3DataSource"]["S3Uri"].removeprefix(f"s3://{BUCKET}/")
    ranges = job["HyperParameterTuningJobConfig"]["ParameterRanges"]
    (choice,) = ranges["CategoricalParameterRanges"]
    roots = {}
    for number, value in enumerate(choice["Values"], start=1):
        root = roots[f"swept-00{number}"] = tmp_path / f"job-{number}"
        matrices = root / "input" / "data" / channel["ChannelName"]
        matrices.mkdir(parents=True)
        for item in client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]:
            file = matrices / item["Key"].removeprefix(prefix)
            client("s3").download_file(BUCKET, item["Key"], str(file))
        told = {**definition["StaticHyperParameters"], "cost_matrix": value}
        told["_tuning_objective_metric"] = OBJECTIVE
        (root / "input" / "config").mkdir()
        (root / "input" / "config" / "hyperparameters.json").write_text(json.dumps(told))
    command = python(TRAIN, *roots.values())
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for name, root in roots.items():
        with tarfile.open(root / "output.tar.gz", "w:gz") as tar:
            tar.add(root / "output" / "data", arcname=".")
        key = f"p/{name}/output/output.tar.gz"
        client("s3").upload_file(str(root / "output.tar.gz"), BUCKET, key)
    logs = dict(zip(roots, done.stdout.split("end of job\n"), strict=False))
    return choice["Values"], logs, ranges


@pytest.mark.slow
def test_the_frontier_is_what_the_jobs_of_the_container_came_to(played, account, request):
    values, logs, ranges = played
    (regex,) = [metric["Regex"] for metric in METRICS if metric["Name"] == OBJECTIVE]
    came = {name: float(re.findall(regex, log)[-1]) for name, log in logs.items()}
    wire = request.getfixturevalue("wire")  # from here on the answers are SageMaker's

    def metric(name):
        return {"MetricName": OBJECTIVE, "Value": came[name]}

    summaries = [
        {
            "TrainingJobName": name,
            "TrainingJobArn": f"arn:aws:sagemaker:eu-west-1:123456789012:training-job/{name}",
            "CreationTime": 1.0,
            "TrainingJobStatus": "Completed",
            "TunedHyperParameters": {"cost_matrix": f'"{value}"'},
            "FinalHyperParameterTuningJobObjectiveMetric": metric(name),
        }
        for name, value in zip(came, values, strict=True)
    ]
    best = max(came, key=came.get)
    wire["DescribeHyperParameterTuningJob"] = (
        200,
        {
            "HyperParameterTuningJobStatus": "Completed",
            "HyperParameterTuningJobConfig": {"ParameterRanges": ranges},
            "BestTrainingJob": next(one for one in summaries if one["TrainingJobName"] == best),
        },
    )
    listed = (200, {"TrainingJobSummaries": summaries})
    wire["ListTrainingJobsForHyperParameterTuningJob"] = listed
    wire["DescribeTrainingJob"] = (
        200,
        {
            "TrainingJobName": best,
            "TrainingJobStatus": "Completed",
            "ModelArtifacts": {"S3ModelArtifacts": f"s3://{BUCKET}/p/{best}/output/model.tar.gz"},
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        },
    )
    told = json.loads(ok("fetch", "--best-of", "swept", "--json"))
    frontier = told["tuning"]["frontier"]
    assert {one["settings"]["cost_matrix"] for one in frontier} == set(values)
    assert [one["validation_dollars_per_case"] for one in frontier] == sorted(
        came.values(), reverse=True
    )
    # The run is that of the best job: its model of the swept matrix has the dollars of the objective.
    swept = next(one for one in told["models"] if " at " in one["name"])
    assert swept["validation"]["dollars_per_case"] == pytest.approx(came[best], rel=1e-6)
    assert told["evaluation_matrix"] == "medical"
