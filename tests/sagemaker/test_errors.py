"""What AWS has against a request comes out as one sentence that says what to do."""

import json

import pytest

from .conftest import BUCKET, IMAGE, REPOSITORY, client, fw, ok, requests

RUN = ("run", "breast_cancer", "--cost-matrix", "medical.json")


def refused(*arguments):
    done = fw(*arguments)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


def test_no_credentials(account, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    sentence = refused(*RUN)
    assert sentence.startswith("Error: no usable AWS credentials")
    assert "aws configure" in sentence


def test_no_region(account, monkeypatch):
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert refused(*RUN).startswith("Error: no AWS region: give --region")
    assert "give --region" in refused("delete", "x")


def test_the_region_may_be_told_as_containers_are_told_it(account, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert "no AWS region" not in refused("delete", "x")


def test_an_unknown_profile(account):
    assert "(nobody)" in refused("delete", "x", "--profile", "nobody")


def test_aws_out_of_reach(account, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert "AWS cannot be reached" in refused("delete", "x")


def test_no_such_bucket(account):
    sentence = refused(*RUN, "--s3", "s3://nowhere/x")
    assert "the bucket nowhere does not exist; create it (aws s3 mb)" in sentence


def test_no_image_in_ecr(account):
    client("ecr").batch_delete_image(repositoryName=REPOSITORY, imageIds=[{"imageTag": "latest"}])
    assert "is not in ECR; run: fw sagemaker build, then fw sagemaker push" in refused(*RUN)
    client("ecr").delete_repository(repositoryName=REPOSITORY)
    assert "is not in ECR" in refused(*RUN)
    assert client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0  # told before any upload


def test_a_role_by_name_is_looked_up(account):
    assert "NoSuchEntity" in refused(*RUN, "--role", "fw")
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    client("iam").create_role(RoleName="fw", AssumeRolePolicyDocument=trust)
    ok(*RUN, "--role", "fw", "--no-wait", "--name", "j")
    job = client("sagemaker").describe_training_job(TrainingJobName="j")
    assert job["RoleArn"] == "arn:aws:iam::123456789012:role/fw"


def test_a_name_that_sagemaker_does_not_take(account):
    assert "--name: expected letters, digits and hyphens" in refused(*RUN, "--name", "my_job")
    tune = ("tune", "breast_cancer", "--range", "epochs=1..9", "--name")
    assert "at most 32 of them" in refused(*tune, 33 * "x")


@pytest.mark.parametrize(
    ("code", "message", "sentence"),
    [
        (
            "ResourceLimitExceeded",
            "The account-level service limit 'ml.p3.2xlarge for training job usage' is 0 Instances.",
            "beyond the account's quota: The account-level service limit 'ml.p3.2xlarge for",
        ),
        (
            "ValidationException",
            "Could not assume role arn:aws:iam::123456789012:role/fw. Please ensure that the role "
            "exists and allows principal 'sagemaker.amazonaws.com' to assume the role.",
            "SageMaker cannot use the role: Could not assume role arn:aws:iam",
        ),
        (
            "AccessDeniedException",
            "User: arn:aws:iam::123456789012:user/x is not authorized to perform",
            "not allowed: sagemaker:CreateTrainingJob",
        ),
        ("ExpiredTokenException", "The security token is expired", "credentials have expired"),
        ("UnrecognizedClientException", "Invalid token", "AWS does not know these credentials"),
        ("ThrottlingException", "Rate exceeded", "AWS is asked too often just now"),
        ("ResourceInUse", "Training job names must be unique", "the name is taken: Training job"),
        ("ValidationException", "Cannot create already existing model", "the name is taken"),
        ("SomethingNew", "Never seen.", "sagemaker:CreateTrainingJob: Never seen. (SomethingNew)"),
    ],
)
def test_what_aws_refuses(wire, monkeypatch, code, message, sentence):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    wire["CreateTrainingJob"] = (400, {"__type": code, "message": message})
    assert sentence in refused(*RUN)


def ended(status, **more):
    return (
        200,
        {
            "TrainingJobName": "j",
            "TrainingJobStatus": status,
            "CreationTime": 1.0,
            "ModelArtifacts": {"S3ModelArtifacts": f"s3://{BUCKET}/p/j/output/model.tar.gz"},
            **more,
        },
    )


def test_a_job_that_is_not_there(wire):
    missing = {"__type": "ValidationException", "message": "Requested resource not found."}
    wire["DescribeTrainingJob"] = (400, missing)
    assert "the training job j does not exist in this account and region" in refused("fetch", "j")


def test_what_cannot_be_deleted_is_not_taken_for_gone(wire):
    missing = {"__type": "ValidationException", "message": 'Could not find endpoint "x".'}
    in_use = {"__type": "ValidationException", "message": "Cannot delete: it is in use."}
    wire["DeleteEndpoint"], wire["DeleteEndpointConfig"] = (400, missing), (400, in_use)
    assert "Cannot delete: it is in use." in refused("delete", "x")


def test_a_job_that_failed_says_why_in_its_own_words(wire):
    wire["DescribeTrainingJob"] = ended(
        "Failed",
        SecondaryStatus="Failed",
        FailureReason='AlgorithmError: unknown dataset "x"; Installed: y\n\nTraceback\n ...',
    )
    assert refused("fetch", "j") == (
        'Error: the training job j ended as Failed: AlgorithmError: unknown dataset "x"; '
        "Installed: y. Its log: fw sagemaker logs j"
    )
    assert "ended as Failed" in refused("deploy", "j")


def test_a_job_that_took_too_long(wire):
    wire["DescribeTrainingJob"] = ended("Stopped", SecondaryStatus="MaxRuntimeExceeded")
    assert "ended as Stopped: it took longer than --max-runtime" in refused("fetch", "j")


def test_a_job_that_left_no_run(wire, account):
    wire["DescribeTrainingJob"] = ended("Completed", SecondaryStatus="Completed")
    sentence = refused("fetch", "j")
    assert f"s3://{BUCKET}/p/j/output/output.tar.gz does not exist in S3" in sentence
    client("s3").put_object(Bucket=BUCKET, Key="p/j/output/output.tar.gz", Body=b"not a tar")
    assert "cannot be unpacked" in refused("fetch", "j")
    assert not (account / "runs" / "j").exists()


def test_progress_is_told_once_per_step_with_what_the_log_said_in_figures(wire, monkeypatch):
    metrics = [{"MetricName": "loss", "Value": 0.25, "Timestamp": 1.0}]
    steps = [
        ended("InProgress", SecondaryStatus="Starting"),
        ended("InProgress", SecondaryStatus="Starting"),
        ended("InProgress", SecondaryStatus="Training", FinalMetricDataList=metrics),
        ended("Completed", SecondaryStatus="Completed"),
    ]
    wire["DescribeTrainingJob"] = list(steps)
    assert fw("fetch", "j").stderr.splitlines()[:-1] == [
        "j: Starting",
        "j: Training (loss 0.25)",
        "j: Completed",
    ]

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupt)
    wire["DescribeTrainingJob"] = list(steps)
    sentence = refused("fetch", "j")
    assert "stopped waiting; j goes on at SageMaker" in sentence
    assert sentence.endswith("Later: fw sagemaker fetch j")


def tried(number, ratio, dollars):
    metric = {"MetricName": "tuned_validation_dollars_per_case", "Value": dollars}
    return {
        "TrainingJobName": f"t-00{number}",
        "TrainingJobArn": "arn:aws:sagemaker:eu-west-1:123456789012:training-job/x",
        "TrainingJobStatus": "Failed" if dollars is None else "Completed",
        "CreationTime": 1.0,
        "TunedHyperParameters": {"cost_matrix": f'"ratio-{ratio}.json"', "l2": "0.1"},
        **({} if dollars is None else {"FinalHyperParameterTuningJobObjectiveMetric": metric}),
    }


def test_the_best_job_is_told_with_what_it_was_given_and_all_others(wire, account):
    wire["DescribeHyperParameterTuningJob"] = (
        200,
        {
            "HyperParameterTuningJobStatus": "Completed",
            "TrainingJobStatusCounters": {"Completed": 3, "InProgress": 0},
            "BestTrainingJob": {
                "TrainingJobName": "t-002",
                "TunedHyperParameters": {"cost_matrix": '"ratio-20.json"', "l2": "0.1"},
                "FinalHyperParameterTuningJobObjectiveMetric": {
                    "MetricName": "tuned_validation_dollars_per_case",
                    "Value": -1234.5,
                },
            },
        },
    )
    wire["DescribeTrainingJob"] = ended("Failed")
    ranges = {"CategoricalParameterRanges": [{"Name": "cost_matrix", "Values": ["a", "b"]}]}
    _, described = wire["DescribeHyperParameterTuningJob"]
    described["HyperParameterTuningJobConfig"] = {
        "Strategy": "Bayesian",
        "ParameterRanges": ranges,
        "ResourceLimits": {"MaxParallelTrainingJobs": 1},
    }
    first = [tried(1, 1, -1300), tried(2, 20, -1234.5)]
    wire["ListTrainingJobsForHyperParameterTuningJob"] = [
        (200, {"TrainingJobSummaries": first, "NextToken": "n"}),
        (200, {"TrainingJobSummaries": [tried(3, 20, None), tried(4, 20, -1250)]}),
    ]
    done = fw("fetch", "--best-of", "t")
    assert done.stderr.splitlines()[:3] == [
        "t: Completed (3 Completed)",
        "all of it: runs/t.json",
        "best: t-002 (cost_matrix ratio-20.json, l2 0.1), -1,234.50 validation dollars a case",
    ]
    # The frontier is what the command is for: on stdout.
    shown = [line.split() for line in done.stdout.splitlines() if "t-00" in line]
    assert shown == [
        ["t-002", "*", "ratio-20.json", "0.1", "-1,234.50"],
        ["t-004", "ratio-20.json", "0.1", "-1,250.00"],
        ["t-001", "*", "ratio-1.json", "0.1", "-1,300.00"],
        ["t-003", "ratio-20.json", "0.1", "Failed"],
    ]
    assert "* the best of its cost_matrix" in done.stdout
    told = json.loads((account / "runs" / "t.json").read_text())
    assert [one["job"] for one in told["jobs"]] == ["t-002", "t-004", "t-001", "t-003"]
    assert [one["job"] for one in told["frontier"]] == ["t-002", "t-001"]
    assert wire.asked[2][1]["NextToken"] == "n"


REFUSED = (400, {"__type": "ResourceLimitExceeded", "message": "the limit is 1."})
MADE = (200, {"TrainingJobArn": "arn:aws:sagemaker:eu-west-1:1:training-job/x"})


def test_when_the_second_of_two_jobs_is_refused_the_first_is_named_and_can_be_stopped(wire):
    two = ("--cost-matrix", "five_to_one.json", "--name", "two")
    wire["CreateTrainingJob"] = [MADE, REFUSED]
    sentence = refused(*RUN, *two)
    assert "beyond the account's quota" in sentence
    assert sentence.endswith("two-medical runs; end it with: fw sagemaker stop two-medical")
    wire["DescribeTrainingJob"] = ended("InProgress", SecondaryStatus="Training")
    wire["StopTrainingJob"] = (200, {})
    assert ok("stop", "two-medical") == "two-medical: the training job is being stopped\n"
    assert wire.asked[-1] == ("StopTrainingJob", {"TrainingJobName": "two-medical"})
    wire["DescribeTrainingJob"] = ended("Completed")
    assert ok("stop", "two-medical").endswith("the training job has ended before: Completed\n")
    del wire["DescribeTrainingJob"]
    assert "no training, tuning or transform job called none" in refused("stop", "none")


@pytest.mark.parametrize("kind", ["training", "tuning", "transform"])
def test_every_kind_of_job_has_a_request_that_stops_it(account, kind):
    (step,) = requests("stop", "x", "--kind", kind)
    assert step["operation"].startswith("Stop")


def test_a_refused_endpoint_takes_its_model_and_configuration_back(wire):
    wire["DescribeTrainingJob"] = ended(
        "Completed", AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"}
    )
    wire["CreateModel"] = (200, {"ModelArn": "arn:aws:sagemaker:eu-west-1:123456789012:model/x"})
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint-config/x"
    wire["CreateEndpointConfig"] = (200, {"EndpointConfigArn": arn})
    wire["CreateEndpoint"] = REFUSED
    wire["DeleteModel"] = wire["DeleteEndpointConfig"] = (200, {})
    assert "beyond the account's quota" in refused("deploy", "job", "--name", "live")
    assert wire.asked[-2:] == [
        ("DeleteEndpointConfig", {"EndpointConfigName": "live"}),
        ("DeleteModel", {"ModelName": "live"}),
    ]


def test_a_name_that_is_taken_is_told_before_anything_is_written(account):
    ok(*RUN, "--name", "first", "--no-wait")
    before = client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"]
    sentence = refused(*RUN, "--name", "first", "--plugin", own_plugin(account))
    assert "the name is taken: there is a TrainingJob first; give another with --name" in sentence
    assert client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"] == before


def own_plugin(folder):
    (folder / "mine").mkdir()
    (folder / "mine" / "pyproject.toml").write_text("[project]\n")
    return "mine"


def test_what_is_there_already_is_not_sent_again(account):
    first = fw(*RUN, "--name", "first", "--no-wait").stderr
    before = client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"]
    assert f"uploading {before} files to s3://{BUCKET}\n" in first
    again = fw(*RUN, "--name", "second", "--no-wait").stderr
    assert f"uploading 0 files to s3://{BUCKET} ({before} are there already)" in again
    assert client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"] == before
    places = [
        client("sagemaker").describe_training_job(TrainingJobName=name)["InputDataConfig"]
        for name in ("first", "second")
    ]
    assert places[0] == places[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--instance-type", "ml.m5.xlrage"), "AWS does not know 'ml.m5.xlrage'; expected ml.m5.l"),
        (("--instance-type", "ml.g5.xlarge"), "ml.g5 has a GPU, which the image's TensorFlow can"),
        (("--instance-type", "ml.p4d.24xlarge"), "ml.p4d has a GPU"),
        (("--instance-type", "ml.c7g.large"), "ml.c7g has ARM processors, and the image is built"),
        (("--instance-type", "ml.inf2.xlarge"), "ml.inf2 has AWS's own accelerators"),
        (("--tag", "aws=" + 257 * "x"), "its length: AWS takes 0 to 256, received 257"),
        (("--subnet", "sub net", "--security-group", "sg-1"), "AWS takes [-0-9a-zA-Z]+, received"),
    ],
)
def test_what_aws_would_refuse_is_told_before_an_upload(account, arguments, sentence):
    for command in (RUN, ("tune", *RUN[1:], "--range", "l2=0..0.1")):
        assert sentence in refused(*command, *arguments)
        assert sentence in refused(*command, *arguments, "--dry-run")
    assert client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


def test_an_image_of_ones_own_may_be_for_any_instance(account):
    given = ("--instance-type", "ml.g5.xlarge", "--image", IMAGE)
    assert requests(*RUN, *given)
    assert "ml.g5 has a GPU" in refused("deploy", "job", "--instance-type", "ml.g5.xlarge")
