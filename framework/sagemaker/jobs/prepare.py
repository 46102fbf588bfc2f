"""The step before training: a script of the user's own, in a processing job of the framework's image.

It is called as ``python3 SCRIPT INPUT OUTPUT``: what it writes into the folder OUTPUT is the training
jobs' channel ``train``, in place of what was given as ``--data``, which is in INPUT.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framework.config.settings import SETTINGS
from framework.core.errors import ConfigError
from framework.sagemaker.aws.calls import Place, Upload
from framework.sagemaker.contract import IMAGE
from framework.sagemaker.launching.inputs import addressed
from framework.sagemaker.launching.launch import Launch

CODE, INPUT, OUTPUT = (f"/opt/ml/processing/{name}" for name in ("code", "input", "output"))
CHANNEL = SETTINGS["data"].channel
PREPARED = "data"  # the output's name


@dataclass(frozen=True)
class Preparation:
    """A script in S3, by its ``name`` in the folder ``code``, and the uploads that put it there."""

    name: str
    code: Place
    uploads: tuple[Upload, ...]

    @classmethod
    def of(cls, script: Path, launch: Launch) -> Preparation:
        """ConfigError where there is no such script."""
        if not script.is_file() or script.suffix != ".py":
            raise ConfigError(f"--prepare {script}: expected a Python file (.py), and found none")
        at, uploads = addressed("prepare", [(script, script.name)], launch.place, launch.kms_key)
        return cls(script.name, at, tuple(uploads))

    def request(self, launch: Launch, data: Any, output: Any) -> dict[str, Any]:
        """The parameters of CreateProcessingJob, but for its name; ``data`` and ``output`` are in S3."""
        inputs = [_input("code", f"{self.code}/", CODE), _input(PREPARED, data, INPUT)]
        written = {"S3Uri": output, "LocalPath": OUTPUT, "S3UploadMode": "EndOfJob"}
        network = {**launch.vpc, **launch.isolation}
        return {
            "ProcessingInputs": inputs,
            "ProcessingOutputConfig": {
                "Outputs": [{"OutputName": PREPARED, "S3Output": written}],
                **launch.encrypted,
            },
            "ProcessingResources": {
                "ClusterConfig": {
                    "InstanceCount": 1,
                    "InstanceType": launch.instance_type,
                    "VolumeSizeInGB": launch.volume_size,
                    **launch.volume_encrypted,
                }
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": launch.max_runtime},
            "AppSpecification": {
                "ImageUri": launch.image.address,
                "ContainerEntrypoint": ["python3", f"{CODE}/{self.name}", INPUT, OUTPUT],
            },
            "Environment": {IMAGE: launch.image.said},
            **({"NetworkConfig": network} if network else {}),
            "RoleArn": launch.role,
        }


def data_of(job: Mapping[str, Any]) -> str:
    """Where in S3 the data of a training job are; ConfigError where it is given none."""
    for channel in job.get("InputDataConfig", ()):
        if channel["ChannelName"] == CHANNEL:
            return str(channel["DataSource"]["S3DataSource"]["S3Uri"])
    raise ConfigError(
        "--prepare: which data is it to prepare? Give --data, or a table as the dataset"
    )


def with_data(job: Mapping[str, Any], place: Any) -> dict[str, Any]:
    """The parameters of a training job whose data are at ``place``."""
    channels = []
    for channel in job["InputDataConfig"]:
        if channel["ChannelName"] == CHANNEL:
            source = {**channel["DataSource"]["S3DataSource"], "S3Uri": place}
            channel = {**channel, "DataSource": {"S3DataSource": source}}
        channels.append(channel)
    return {**job, "InputDataConfig": channels}


def _input(name: str, uri: Any, path: str) -> dict[str, Any]:
    source = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": source}
