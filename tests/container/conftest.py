"""The image, built once; a Docker engine is started where the machine has none.

``make container-test`` runs these: a container takes a minute to start on the engine that copies
whole images. FW_CONTAINER_IMAGE and FW_ANSWERING_IMAGE name images that are built already.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
START = ROOT.parent / "shared/container-engine/start"
IMAGE = "cost-matrix-framework:latest"
DISK_GB = 30  # the engine of START copies the whole image for every layer and container


def docker(*arguments, **options):
    return subprocess.run(
        ["docker", *map(str, arguments)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    ).stdout.strip()


@pytest.fixture(scope="session")
def engine():
    """DOCKER_HOST, of an engine that runs, or of the one that START starts."""
    free = shutil.disk_usage("/var/tmp").free / 1e9
    built = {"FW_CONTAINER_IMAGE", "FW_ANSWERING_IMAGE"} & os.environ.keys()
    if not built and free < DISK_GB:
        pytest.skip(f"NO ROOM FOR IMAGES: {free:.0f} GB free in /var/tmp, {DISK_GB} GB needed")
    if START.exists():
        started = subprocess.run([START], stdout=subprocess.PIPE, text=True)
        if started.returncode:
            pytest.skip(f"NO CONTAINER ENGINE: {START} failed; what it says is above")
        os.environ.update(re.findall(r"export (\w+)=(\S+)", started.stdout))
    try:
        docker("version", stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"NO CONTAINER ENGINE: no Docker daemon answers, and there is no {START}")


@pytest.fixture(scope="session")
def image(engine):
    if "FW_CONTAINER_IMAGE" in os.environ:
        return os.environ["FW_CONTAINER_IMAGE"]
    base = os.environ.get("BASE_IMAGE")
    arguments = ["--build-arg", f"BASE_IMAGE={base}"] if base else []
    docker("build", *arguments, "-f", ROOT / "container/Dockerfile", "-t", IMAGE, ROOT)
    return IMAGE
