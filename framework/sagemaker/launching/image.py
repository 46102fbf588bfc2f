"""The container image: docker commands that build it, and those that put it into ECR."""

from __future__ import annotations

import base64
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from framework.core.errors import ConfigError
from framework.plugins.registry import DISTRIBUTION
from framework.sagemaker.aws.aws_errors import code_of
from framework.sagemaker.aws.calls import Aws, Call
from framework.sagemaker.aws.ecr import MOVING_TAG, REPOSITORY, registry_of
from framework.sagemaker.errors import AwsError
from framework.sagemaker.launching import plugin_sources

# SageMaker's instances; TensorFlow has wheels for other machines, but not every job runs there.
PLATFORMS = {  # of each kind of image; the first is what is built
    "cpu": ("linux/amd64", "linux/arm64"),
    "cuda": ("linux/amd64",),
    "answering": ("linux/amd64", "linux/arm64"),
}
DOCKERFILE = Path("container") / "Dockerfile"


@dataclass(frozen=True)
class Command:
    """A command of this machine; ``stdin`` is what it reads, if anything."""

    arguments: tuple[str, ...]
    stdin: str | None = None

    def to_json(self) -> dict[str, Any]:
        said = {"command": shlex.join(self.arguments)}
        return said if self.stdin is None else {**said, "stdin": self.stdin}

    def run(self, tell: Callable[[str], None]) -> None:
        """Tell what is run, and run it, its output on stderr; AwsError when it fails."""
        self._run(tell, sys.stderr)

    def output(self) -> str:
        """What it prints, stripped; AwsError when it fails."""
        return str(self._run(lambda _: None, subprocess.PIPE).stdout).strip()

    def _run(self, tell: Callable[[str], None], stdout: Any) -> subprocess.CompletedProcess[str]:
        if shutil.which(self.arguments[0]) is None:
            raise AwsError(f"{self.arguments[0]} is not installed; see docs/sagemaker.md")
        tell(f"$ {shlex.join(self.arguments)}")
        done = subprocess.run(self.arguments, input=self.stdin, stdout=stdout, text=True)
        if done.returncode:
            raise AwsError(f"{shlex.join(self.arguments[:2])} failed (exit {done.returncode})")
        return done


def build(
    tag: str,
    base_image: str | None,
    with_plugins: Sequence[Path],
    scratch: Path,
    kind: str = "cpu",
    platform: str = "linux/amd64",
) -> list[Command]:
    """``docker build`` of a ``kind`` of the framework's image; with plugins, of a second one on top of it.

    The plugins are copied to the folder ``scratch``: of source folders, only the source.

    Raises
    ------
    ConfigError
        When there is no such kind for the ``platform``; and for plugins that are none.
    """
    if platform not in PLATFORMS[kind]:
        raise ConfigError(
            f"--platform {platform}: an image of the kind {kind} is for {', '.join(PLATFORMS[kind])}"
        )
    source = checkout()
    arguments = ["docker", "build", "--platform", platform, "-f", str(source / DOCKERFILE)]
    if kind != "cpu":
        arguments += ["--build-arg", f"KIND={kind}"]
    if base_image is not None:
        arguments += ["--build-arg", f"BASE_IMAGE={base_image}"]
    if not with_plugins:
        return [Command((*arguments, "-t", tag, str(source)))]
    plugin_sources.check(with_plugins)
    for path in with_plugins:
        for file, name in plugin_sources.files(path):
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, scratch / name)
    bare = f"{tag}-bare"
    return [
        Command((*arguments, "-t", bare, str(source))),
        on_top(bare, tag, [path.resolve().name for path in with_plugins], scratch, platform),
    ]


def on_top(
    base: str, tag: str, names: Sequence[str], folder: Path, platform: str = "linux/amd64"
) -> Command:
    """The image ``base`` with the plugins ``names`` in ``folder`` installed, by its own pins."""
    paths = " ".join(shlex.quote(f"/tmp/plugins/{name}") for name in names)
    dockerfile = (
        f"FROM {base}\n"
        "COPY . /tmp/plugins/\n"
        "RUN pip install --no-build-isolation -c /opt/fw/build/constraints.txt \\\n"
        f"    {paths} && rm -r /tmp/plugins\n"
    )
    return Command(
        ("docker", "build", "--platform", platform, "-f", "-", "-t", tag, str(folder)), dockerfile
    )


def checkout() -> Path:
    """The source checkout of the framework: where it is installed from, or the working directory."""
    home = Path(__file__).resolve().parents[3]
    for folder in (home, Path.cwd()):
        if (folder / DOCKERFILE).is_file():
            return folder
    raise ConfigError(
        f"{DOCKERFILE} is neither beside the installed framework nor in the working directory; "
        "run this in a checkout of the framework's source"
    )


@dataclass(frozen=True)
class Push:
    """The way of a local image into ECR."""

    tag: str
    account: str
    region: str
    repository: str = REPOSITORY

    @property
    def host(self) -> str:
        return registry_of(self.account, self.region)

    @property
    def version(self) -> str:
        """The tag's version, as docker reads it."""
        return self.tag.rpartition(":")[2] if ":" in self.tag.rpartition("/")[2] else MOVING_TAG

    @property
    def identify(self) -> Command:
        """Prints the image's ID, a digest of what it holds."""
        return Command(("docker", "image", "inspect", "--format", "{{.Id}}", self.tag))

    def images(self, image_id: str = "ID") -> list[str]:
        """Where it goes: under a tag that stays, by framework and ID; "latest" moves along."""
        if self.version != MOVING_TAG:
            return [f"{self.host}/{self.repository}:{self.version}"]
        stays = f"{metadata.version(DISTRIBUTION)}-{image_id.removeprefix('sha256:')[:12]}"
        return [f"{self.host}/{self.repository}:{tag}" for tag in (stays, MOVING_TAG)]

    @property
    def create(self) -> Call:
        scanning = {"imageScanningConfiguration": {"scanOnPush": True}}
        return Call("ecr", "CreateRepository", {"repositoryName": self.repository, **scanning})

    @property
    def authorize(self) -> Call:
        return Call("ecr", "GetAuthorizationToken", {})

    def login(self, password: str = "PASSWORD") -> Command:
        user = ("--username", "AWS", "--password-stdin")
        return Command(("docker", "login", *user, self.host), password)

    def upload(self, images: Sequence[str]) -> list[Command]:
        return [
            Command(("docker", *step))
            for image in images
            for step in (("tag", self.tag, image), ("push", image))
        ]

    def to_json(self) -> list[dict[str, Any]]:
        steps: tuple[Call | Command, ...] = (
            *(self.create, self.identify, self.authorize, self.login()),
            *self.upload(self.images()),
        )
        return [step.to_json() for step in steps]

    def send(self, aws: Aws, tell: Callable[[str], None]) -> str:
        """Create the repository where it is missing, sign docker in, push; the image's address."""
        ensure_repository(aws, self)
        images = self.images(self.identify.output())
        token = aws.send(self.authorize)["authorizationData"][0]["authorizationToken"]
        password = base64.b64decode(token).decode().partition(":")[2]
        for command in (self.login(password), *self.upload(images)):
            command.run(tell)
        return images[0]


def ensure_repository(aws: Aws, push: Push) -> None:
    known = {"repositoryNames": [push.repository]}
    try:
        aws.send(Call("ecr", "DescribeRepositories", known))
    except AwsError as error:
        if code_of(error) != "RepositoryNotFoundException":
            raise
        aws.send(push.create)
