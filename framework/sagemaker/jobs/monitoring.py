"""``fw monitor`` as a processing job: now, or again and again by EventBridge Scheduler.

The job fails (exit code 3) when there is an alarm, which whoever watches failed jobs hears of; page and
figures are in S3 either way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framework.core.errors import ConfigError
from framework.sagemaker.aws.calls import Call, Place, Upload
from framework.sagemaker.aws.request_check import check
from framework.sagemaker.aws.sending import Requests
from framework.sagemaker.errors import AwsError
from framework.sagemaker.launching.inputs import addressed, files_of
from framework.sagemaker.launching.instances import check_instance
from framework.sagemaker.launching.launch import LONGEST_NAME, Launch

ROOT = "/opt/ml/processing"
# What the scheduler puts there: some letters and digits, of which each time has others.
TIME = "<aws.scheduler.execution-id>"
LONGEST_TIME = 36
READ = ("config.json", "metrics.json", "cost_matrix.json", "run.json", "prevalence.json")


@dataclass(frozen=True)
class Watched:
    """What is monitored.

    Parameters
    ----------
    run : Path
        The folder of a run, here.
    decisions : str
        ``s3://``: decisions or what was captured of an endpoint, an object or a prefix.
    outcomes : str, optional
        ``s3://``: a table.
    options : mapping
        Further options of ``fw monitor`` and their values.
    """

    run: Path
    decisions: str
    outcomes: str | None
    options: Mapping[str, str]


def monitor_requests(
    watched: Watched,
    launch: Launch,
    name: str,
    schedule: str | None = None,
    scheduler_role: str | None = None,
) -> Requests:
    """The upload of the run, and a job, or a schedule of jobs as ``schedule`` says ("rate(1 day)").

    Raises
    ------
    AwsError, ConfigError
        When a schedule has no role, or a place is none.
    """
    check_instance(launch.instance_type, launch.image_given)
    if launch.instance_count != 1:
        raise AwsError("--instance-count: a monitor works on one instance")
    uploads = _uploads(watched.run, launch)
    if schedule is None:
        job = _job(watched, launch, name, uploads[0])
        calls = (Call("sagemaker", "CreateProcessingJob", job),)
        return Requests((name,), tuple(uploads[1]), calls)
    if scheduler_role is None:
        raise AwsError(
            "--schedule: EventBridge Scheduler needs a role that may create processing jobs: give "
            "--scheduler-role ARN (docs/monitor.md)"
        )
    if len(name) > LONGEST_NAME - LONGEST_TIME - 1:
        raise AwsError(
            f"--name: each job adds its own end; expected {LONGEST_NAME - LONGEST_TIME - 1} letters at "
            f"most, received {name!r}"
        )
    job = _job(watched, launch, f"{name}-{TIME}", uploads[0])
    told = json.dumps(job)
    check([Call("sagemaker", "CreateProcessingJob", json.loads(told.replace(TIME, "a" * 36)))])
    partition = scheduler_role.split(":")[1] if scheduler_role.count(":") >= 5 else "aws"
    target = {
        "Arn": f"arn:{partition}:scheduler:::aws-sdk:sagemaker:createProcessingJob",
        "RoleArn": scheduler_role,
        "Input": told,
    }
    parameters = {
        "Name": name,
        "ScheduleExpression": schedule,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": target,
    }
    return Requests((name,), tuple(uploads[1]), (Call("scheduler", "CreateSchedule", parameters),))


def _uploads(run: Path, launch: Launch) -> tuple[Place, list[Upload]]:
    """What ``fw monitor`` reads of a run, and where it goes."""
    if not (run / "metrics.json").is_file():
        raise ConfigError(f"{run}: expected the folder of a run; fw sagemaker fetch gets one")
    files = [
        (path, name)
        for path, name in files_of(run)
        if name in READ or name.startswith("predictions/") or name.endswith("/cost_matrix.json")
    ]
    return addressed("run", files, launch.place, launch.kms_key)


def _job(watched: Watched, launch: Launch, name: str, run: Place) -> dict[str, Any]:
    decisions = Place.parse(watched.decisions, "DECISIONS")
    inputs = [_input("run", f"{run}/"), _input("decisions", str(decisions))]
    single = Path(decisions.prefix).suffix in (".jsonl", ".json", ".ndjson")
    words = [f"{ROOT}/run", f"{ROOT}/decisions" + (f"/{_last(decisions)}" if single else "")]
    if watched.outcomes is not None:
        outcomes = Place.parse(watched.outcomes, "OUTCOMES")
        inputs.append(_input("outcomes", str(outcomes)))
        words.append(f"{ROOT}/outcomes/{_last(outcomes)}")
    for option, value in watched.options.items():
        words += [option, value]
    output = {
        "OutputName": "monitor",
        "S3Output": {
            "S3Uri": str(launch.place / name / "output"),
            "LocalPath": f"{ROOT}/output",
            "S3UploadMode": "Continuous",  # at the end of a job that fails, nothing is uploaded
        },
    }
    network = {**launch.isolation, **launch.vpc}
    return {
        "ProcessingJobName": name,
        "RoleArn": launch.role,
        "AppSpecification": {
            "ImageUri": launch.image.address,
            "ContainerEntrypoint": ["fw", "monitor"],
            "ContainerArguments": [*words, "--out", f"{ROOT}/output"],
        },
        "ProcessingInputs": inputs,
        "ProcessingOutputConfig": {"Outputs": [output], **launch.encrypted},
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceType": launch.instance_type,
                "InstanceCount": 1,
                "VolumeSizeInGB": launch.volume_size,
                **launch.volume_encrypted,
            }
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": launch.max_runtime},
        **({"NetworkConfig": network} if network else {}),
        "Tags": launch.tags_with(run=watched.run.name),
    }


def _last(place: Place) -> str:
    return place.prefix.rpartition("/")[2]


def _input(name: str, uri: str) -> dict[str, Any]:
    return {
        "InputName": name,
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": f"{ROOT}/{name}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
        },
    }
