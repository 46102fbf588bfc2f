"""The image: the docker commands that make it, and the requests that give it a place in ECR."""

import json
import re
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from framework.sagemaker.aws.calls import Aws
from framework.sagemaker.aws.ecr import pinned
from framework.sagemaker.errors import AwsError
from framework.sagemaker.launching.image import Command, Push, build, ensure_repository

from .conftest import ACCOUNT, IMAGE, REGION, client, fw, ok, requests

CHECKOUT = Path(find_spec("framework").origin).parents[1]
DOCKERFILE = CHECKOUT / "container" / "Dockerfile"


def commands(*arguments):
    return [step["command"] for step in json.loads(ok(*arguments, "--dry-run"))]


def test_the_image_is_built_from_the_checkout(account):
    (command,) = commands("build", "--base-image", "python:3.12-slim", "--tag", "mine:1")
    assert command == (
        f"docker build --platform linux/amd64 -f {DOCKERFILE} "
        f"--build-arg BASE_IMAGE=python:3.12-slim -t mine:1 {CHECKOUT}"
    )
    assert DOCKERFILE.is_file()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), "--platform linux/amd64 -f"),
        (("--kind", "cuda"), "--build-arg KIND=cuda -t"),
        (("--kind", "answering", "--platform", "linux/arm64"), "--platform linux/arm64 -f"),
    ],
)
def test_each_kind_of_image_is_built_for_its_processors(account, given, expected):
    (built,) = json.loads(ok("build", *given, "--dry-run"))
    assert expected in built["command"]


def test_a_kind_that_there_is_not_for_a_processor_is_refused(account):
    done = fw("build", "--kind", "cuda", "--platform", "linux/arm64", "--dry-run")
    assert done.exit_code == 2
    assert "an image of the kind cuda is for linux/amd64" in done.stderr


def test_plugins_are_installed_on_top_from_their_source_alone(account, tmp_path):
    for name in ("one", "two"):
        (account / name / ".git").mkdir(parents=True)
        (account / name / "pyproject.toml").write_text("[project]\n")
        (account / name / ".git" / "config").write_text("")
    wheel = account / "three-1-py3-none-any.whl"
    wheel.write_bytes(b"")
    given = ("--with", "one", "--with", "two", "--with", wheel, "--tag", "t")
    below, top = json.loads(ok("build", *given, "--dry-run"))
    assert below["command"].endswith(f" -t t-bare {CHECKOUT}")
    assert top["command"].startswith("docker build --platform linux/amd64 -f - -t t ")
    assert top["stdin"].splitlines() == [
        "FROM t-bare",
        "COPY . /tmp/plugins/",
        "RUN pip install --no-build-isolation -c /opt/fw/build/constraints.txt \\",
        f"    /tmp/plugins/one /tmp/plugins/two /tmp/plugins/{wheel.name} && rm -r /tmp/plugins",
    ]
    build("t", None, [account / "one", wheel], tmp_path / "context")
    sent = sorted(path for path in (tmp_path / "context").rglob("*") if path.is_file())
    assert sent == [
        tmp_path / "context" / "one" / "pyproject.toml",
        tmp_path / "context" / wheel.name,
    ]
    assert "nowhere: no such file or folder" in fw("build", "--with", "nowhere").stderr
    (account / "else").mkdir()
    (account / "one").rename(account / "else" / "two")
    done = fw("build", "--with", "two", "--with", "else/two")
    assert "the plugins two and else/two have the same name; rename one" in done.stderr


def test_a_push_makes_the_repository_signs_in_and_sends(account):
    steps = requests("push", "mine:2", "--account", ACCOUNT)
    image = IMAGE.replace("latest", "2")
    assert [step.get("operation") or step["command"] for step in steps] == [
        "CreateRepository",
        "docker image inspect --format '{{.Id}}' mine:2",
        "GetAuthorizationToken",
        f"docker login --username AWS --password-stdin {image.partition('/')[0]}",
        f"docker tag mine:2 {image}",
        f"docker push {image}",
    ]
    done = fw("push", "--dry-run")
    assert done.exit_code == 2
    assert "add --account NUMBER" in done.stderr


def test_the_usual_image_gets_a_tag_that_stays_beside_the_one_that_moves():
    push = Push("cost-matrix-framework:latest", ACCOUNT, REGION)
    stays, moves = push.images(f"sha256:{'0123456789abcdef' * 4}")
    assert moves == IMAGE
    version = metadata.version("cost-matrix-framework")
    assert stays == IMAGE.replace("latest", f"{version}-0123456789ab")


def test_the_image_says_what_it_honours():
    label = r"(?m)^(LABEL|     ) com\.amazonaws\.sagemaker\.capabilities\.([a-z-]+)=true"
    told = {name for _, name in re.findall(label, DOCKERFILE.read_text())}
    assert told == {"accept-bind-to-port", "multi-models"}


def test_an_image_that_cannot_be_looked_up_needs_a_tag_that_stays(account, monkeypatch):
    denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "x")

    def refuse(*_, **__):
        raise denied

    aws = Aws(REGION)
    monkeypatch.setattr(aws.client("ecr"), "describe_images", refuse)
    kept = IMAGE.replace("latest", "0.1.0-abc")
    assert pinned(aws, kept).address == kept
    with pytest.raises(AwsError, match=r"not allowed: ecr:DescribeImages"):
        pinned(aws, IMAGE)


def test_a_repository_is_made_once(account):
    push = Push("mine:2", ACCOUNT, REGION, "other")
    for _ in range(2):
        ensure_repository(Aws(REGION), push)
    names = [r["repositoryName"] for r in client("ecr").describe_repositories()["repositories"]]
    assert sorted(names) == ["cost-matrix-framework", "other"]
    assert Aws(REGION).account == ACCOUNT


def test_an_image_address_in_china_and_of_an_image_with_a_port():
    assert Push("h:5000/x", ACCOUNT, "cn-north-1").images()[-1] == (
        f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/cost-matrix-framework:latest"
    )


def test_a_command_that_fails_or_is_missing_is_told(capfd):
    with pytest.raises(AwsError, match=r"^no-such-command is not installed"):
        Command(("no-such-command",)).run(print)
    with pytest.raises(AwsError, match=r"^false failed \(exit 1\)"):
        Command(("false",)).run(print)
    told = []
    Command(("cat",), stdin="secret").run(told.append)
    assert told == ["$ cat"]
    assert capfd.readouterr().err == "secret"
