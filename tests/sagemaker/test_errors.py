"""What AWS has against a request comes out as one sentence that says what to do."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .conftest import BUCKET, REPOSITORY, client, fw, ok

RUN = ("run", "breast_cancer", "--cost-matrix", "medical.json")


def refused(*arguments):
    done = fw(*arguments)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


@pytest.fixture
def wire(account, monkeypatch):
    """A server in SageMaker's place that answers an operation with (status, JSON), or several.

    For what moto never says; botocore reads it off the wire as it would AWS's own words.
    """
    answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            answer = answers[self.headers["X-Amz-Target"].rpartition(".")[2]]
            status, body = answer.pop(0) if isinstance(answer, list) else answer
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER", address)
    yield answers
    server.shutdown()
    server.server_close()
    thread.join()


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


def test_the_best_job_is_told_with_what_it_was_given(wire):
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
    done = fw("fetch", "--best-of", "t")
    assert done.stderr.splitlines()[:2] == [
        "t: Completed (3 Completed)",
        "best: t-002 (cost_matrix ratio-20.json, l2 0.1), -1,234.50 validation dollars a case",
    ]
