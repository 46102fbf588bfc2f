"""The same training job in a container on this machine: the SDK's local mode."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

from framework.sagemaker.aws.ecr import REPOSITORY
from framework.sagemaker.contract import to_hyperparameters
from framework.sagemaker.errors import AwsError
from framework.sagemaker.jobs.training_job import Order, channel_of, gather
from framework.sagemaker.launching.fetching import RUNS, check_new

# What ``fw sagemaker build`` calls the image.
IMAGE = f"{REPOSITORY}:latest"


def run_here(order: Order, scratch: Path, out: str | None) -> Path:
    """Run ``order`` in one container (all its matrices at once); the run folder.

    Needs docker with compose, and the image. ``scratch`` is a folder for what the container reads
    and writes.

    Raises
    ------
    AwsError
        When the SDK is not installed, or the container failed: the reason it gave.
    """
    folder = (
        Path(out) if out else RUNS / f"{order.config.short_name}-{time.strftime('%Y%m%d-%H%M%S')}"
    )
    check_new(folder)
    request = request_here(order, scratch)
    root = scratch / "container"
    root.mkdir()
    try:
        from sagemaker.train.configs import Compute, InputData
        from sagemaker.train.model_trainer import Mode, ModelTrainer
    except ModuleNotFoundError:
        raise AwsError(
            "--local needs the SageMaker SDK; install it with: "
            "pip install 'cost-matrix-framework[sagemaker]'"
        ) from None
    if shutil.which("docker") is None:
        raise AwsError("--local needs docker, with docker compose; see docs/sagemaker.md")
    trainer = ModelTrainer(
        training_mode=Mode.LOCAL_CONTAINER,
        training_image=request["image"],
        hyperparameters=request["hyperparameters"],
        compute=Compute(instance_type="local_cpu", instance_count=order.launch.instance_count),
        local_container_root=str(root),
    )
    channels = [
        InputData(channel_name=name, data_source=source)
        for name, source in request["channels"].items()
    ]
    try:
        with redirect_stdout(sys.stderr):  # the container's log; results go to stdout
            trainer.train(input_data_config=channels)
    except Exception as error:  # the SDK raises many kinds, none of its own
        failure = root / "artifacts" / "output" / "failure"
        if failure.is_file():
            reason = failure.read_text(encoding="utf-8").splitlines()[0]
            raise AwsError(f"the container failed: {reason}") from error
        raise AwsError(
            f"the container could not be run ({type(error).__name__}: {error}); is docker running, "
            f"and the image {request['image']} built (fw sagemaker build)?"
        ) from error
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        folder.rmdir()
    shutil.move(root / "artifacts" / "output" / "data", folder)
    return folder


def request_here(order: Order, scratch: Path) -> dict[str, Any]:
    """Image, hyperparameters and channels (name -> folder here, or s3:// address)."""
    # Nothing of AWS is asked: places below this one become folders in scratch.
    here = replace(order.launch, s3="s3://here/channels")
    inputs = gather(replace(order, folders={}, launch=here))
    for upload in inputs.uploads:
        copy = scratch / upload.key
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(upload.file, copy)
    channels = {name: str(scratch / at.prefix) for name, at in inputs.channels.items()}
    for setting, given in order.folders.items():
        channel = channel_of(setting, given)
        channels[channel] = given if given.startswith("s3://") else str(Path(given).resolve())
    return {
        "image": order.launch.image_given or IMAGE,
        "hyperparameters": to_hyperparameters(order.config),
        "channels": channels,
    }
