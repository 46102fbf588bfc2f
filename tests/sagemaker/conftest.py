"""A real moto server on loopback in the place of AWS, and ``fw`` as a person uses it."""

import json
import re
import threading
import urllib.request
from functools import cache, lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec

import boto3
import botocore.session
import pytest
from botocore.validate import ParamValidator
from click.testing import CliRunner

from framework.cli.main import main
from framework.sagemaker.aws.calls import Aws
from framework.sagemaker.aws.policy import COMMANDS

# A program of its own, which a test starts.
collect_ignore = ["sdk_batch.py"]
needs_sdk = pytest.mark.skipif(
    find_spec("sagemaker") is None,
    reason="the SageMaker SDK is not installed; make container-test installs it, and runs this",
)
REGION, ACCOUNT = "eu-west-1", "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/fw"
BUCKET = f"sagemaker-{REGION}-{ACCOUNT}"
REPOSITORY = "cost-matrix-framework"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{REPOSITORY}:latest"


@pytest.fixture(scope="session", autouse=True)
def descriptions_read_once():
    """Every command has a session of its own, each of which would read megabytes of JSON again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))
        yield


@pytest.fixture(scope="session")
def moto():
    """The address of a moto server."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def account(moto, monkeypatch, tmp_path):
    """An account in order, and the empty folder that is worked in."""
    return open_account(moto, monkeypatch, tmp_path)


MISSING = (400, {"__type": "ValidationException", "message": "Requested resource not found."})


class Answers(dict):
    """By operation; ``asked`` are the operations that came, and their parameters."""

    asked: list


@pytest.fixture
def wire(account, monkeypatch):
    """A server in SageMaker's place that answers an operation with (status, JSON), or several.

    What has no answer does not exist. For what moto never says; botocore reads it off the wire as it
    would AWS's own words.
    """
    answers, asked = Answers(), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            asked.append((operation, json.loads(body)))
            answer = answers.get(operation, MISSING)
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
    answers.asked = asked
    yield answers
    server.shutdown()
    server.server_close()
    thread.join()


def open_account(moto, monkeypatch, folder):
    """An AWS account with credentials, a region, the bucket, the image; and a working directory."""
    urllib.request.urlopen(urllib.request.Request(f"{moto}/moto-api/reset", method="POST")).close()
    for name, value in {
        "AWS_ENDPOINT_URL": moto,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": str(folder / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "no-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "FW_SAGEMAKER_ROLE": ROLE,
        "FW_SAGEMAKER_POLL_SECONDS": "0.1",
    }.items():
        monkeypatch.setenv(name, value)
    place = {"LocationConstraint": REGION}
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
    client("ecr").create_repository(repositoryName=REPOSITORY)
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"digest": "sha256:0", "size": 1},
        "layers": [],
    }
    client("ecr").put_image(
        repositoryName=REPOSITORY, imageManifest=json.dumps(manifest), imageTag="latest"
    )
    work = folder / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


@lru_cache
def client(service):
    return boto3.client(service, region_name=REGION)


@lru_cache
def service_model(service):
    return botocore.session.get_session().get_service_model(service)


def pinned_image():
    """The image of the account by its digest, as jobs and models name it."""
    (found,) = client("ecr").describe_images(repositoryName=REPOSITORY)["imageDetails"]
    return f"{IMAGE.removesuffix(':latest')}@{found['imageDigest']}"


def tag_image(tag):
    """Give the account's image another tag."""
    (found,) = client("ecr").batch_get_image(
        repositoryName=REPOSITORY, imageIds=[{"imageTag": "latest"}]
    )["images"]
    manifest = found["imageManifest"]
    client("ecr").put_image(repositoryName=REPOSITORY, imageManifest=manifest, imageTag=tag)


def fw(*arguments):
    """``fw sagemaker ...`` in this process."""
    asked, send = set(), Aws.send

    def noting(self, call, subject=""):
        asked.add(f"{call.service}:{call.operation}")
        return send(self, call, subject)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Aws, "send", noting)
        done = CliRunner().invoke(main, ["sagemaker", *map(str, arguments)])
    # The policy that is printed for a command allows whatever the command does.
    assert asked <= set(COMMANDS.get(arguments[0], ())), arguments[0]
    return done


def ok(*arguments):
    """What ``fw sagemaker ...`` prints; it must succeed."""
    done = fw(*arguments)
    assert done.exit_code == 0, done.output + repr(done.exception)
    return done.stdout


def requests(*arguments):
    """The requests that ``--dry-run`` prints, each checked to be one that AWS takes."""
    steps = json.loads(ok(*arguments, "--dry-run"))
    for step in steps:
        if "service" in step:
            check(step["service"], step["operation"], step["parameters"])
    return steps


def check(service, operation, parameters):
    """Against botocore's own description of the service, and more strictly than botocore does.

    botocore leaves longest lengths, patterns and choices for the service to refuse.
    """
    shape = service_model(service).operation_model(operation).input_shape
    report = ParamValidator().validate(parameters, shape)
    assert not report.has_errors(), report.generate_report()
    _check_limits(parameters, shape, operation)


def _check_limits(value, shape, path):
    limits = shape.metadata
    if shape.type_name == "structure":
        for name, inner in value.items():
            _check_limits(inner, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        assert len(value) <= limits.get("max", len(value)), path
        for inner in value:
            _check_limits(inner, shape.member, f"{path}[]")
    elif shape.type_name == "map":
        for key, inner in value.items():
            _check_limits(key, shape.key, f"{path} key")
            _check_limits(inner, shape.value, f"{path}.{key}")
    elif shape.type_name == "string":
        assert len(value) <= limits.get("max", len(value)), (path, value)
        assert value in limits.get("enum", [value]), (path, value)
        pattern = limits.get("pattern", ".*")
        if not re.search(r"\\[pu]", pattern):  # Java's own
            assert re.fullmatch(pattern, value), (path, value, pattern)
    elif shape.type_name in ("integer", "long", "float"):
        assert limits.get("min", value) <= value <= limits.get("max", value), (path, value)
