"""Training jobs: from a RunConfig to uploads and ``CreateTrainingJob`` requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framework.config.run_config import RunConfig
from framework.config.settings import SETTINGS
from framework.core.errors import ConfigError
from framework.plugins.registry import Registry
from framework.sagemaker.aws.calls import Call, Place, Upload
from framework.sagemaker.aws.sending import Requests
from framework.sagemaker.contract import IMAGE, MATRICES, PLUGINS, to_hyperparameters
from framework.sagemaker.jobs.job_matrices import matrix_files
from framework.sagemaker.jobs.metric_lines import METRICS
from framework.sagemaker.launching import plugin_sources
from framework.sagemaker.launching.inputs import addressed, files_of
from framework.sagemaker.launching.instances import check_instance
from framework.sagemaker.launching.launch import Launch, job_name


@dataclass(frozen=True)
class Order:
    """A run that is wanted, with all it needs, and where.

    ``folders`` are settings (``data``, ``test_data``, ...) -> local folder or s3:// address;
    ``plugins`` the wheels and source folders that go along.
    """

    config: RunConfig
    folders: Mapping[str, str]
    plugins: Sequence[Path]
    registry: Registry
    launch: Launch


@dataclass(frozen=True)
class Inputs:
    """What jobs read: files to upload, and the S3 place of every channel."""

    uploads: tuple[Upload, ...]
    channels: Mapping[str, Place]


def job_requests(order: Order, time: str, name: str | None = None) -> Requests:
    """One job per cost matrix, all judged by the same matrix; ``time`` makes names unique.

    Raises
    ------
    FrameworkError
        One of its subclasses, for whatever the user can mend, before anything is sent.
    """
    config, launch = order.config, order.launch
    base = name or job_name(config.short_name, time)
    check_instance(launch.instance_type, launch.image_given)
    inputs = gather(order)
    configs = one_matrix_each(config)
    names: tuple[str, ...] = (base,)
    if len(configs) > 1:
        labels = [matrix_label(one) for one in configs]
        names = tuple(
            job_name(name, label) if name else job_name(config.short_name, label, time)
            for label in labels
        )
        if len(set(names)) < len(names):
            raise ConfigError(
                f"--cost-matrix: expected files of different names, received {', '.join(labels)}"
            )
    calls = tuple(
        Call("sagemaker", "CreateTrainingJob", request(one, inputs, launch, own, base))
        for one, own in zip(configs, names, strict=True)
    )
    return Requests(names, inputs.uploads, calls)


def gather(order: Order, matrices: Sequence[Path] = ()) -> Inputs:
    """Everything a job reads, below the launch's place; ``matrices`` are further matrix files."""
    launch = order.launch
    uploads: list[Upload] = []
    channels: dict[str, Place] = {}

    def add(channel: str, files: Iterable[tuple[Path, str]]) -> None:
        channels[channel], new = addressed(channel, files, launch.place, launch.kms_key)
        uploads.extend(new)

    for setting, given in order.folders.items():
        channel = channel_of(setting, given)
        if given.startswith("s3://"):
            channels[channel] = Place.parse(given, SETTINGS[setting].flag)
        else:
            add(channel, files_of(Path(given)))
    config = order.config
    named = (*config.cost_matrix, config.evaluation_matrix)
    files = [*matrix_files(named, config.dataset, order.registry), *matrices]
    if files:
        add(MATRICES, [(file, file.name) for file in files])
    if order.plugins:
        add(PLUGINS, [pair for path in order.plugins for pair in plugin_sources.files(path)])
    return Inputs(tuple(uploads), channels)


def channel_of(setting: str, given: str) -> str:
    """The channel of a folder setting; ConfigError when there is no such folder."""
    described = SETTINGS[setting]
    if not given.startswith("s3://") and not Path(given).exists():
        raise ConfigError(
            f"{described.flag} {given}: no such file or folder (nor an s3:// address)"
        )
    return described.channel


def one_matrix_each(config: RunConfig) -> list[RunConfig]:
    """``config`` once per cost matrix; the matrix that judges is the same for all.

    References are trained once, by the first.
    """
    if len(config.cost_matrix) <= 1:
        return [config]
    judge = config.evaluation_matrix or config.cost_matrix[0]
    return [
        config.model_copy(
            update={
                "cost_matrix": (matrix,),
                "evaluation_matrix": judge,
                **({"references": False} if position else {}),
            }
        )
        for position, matrix in enumerate(config.cost_matrix)
    ]


def request(
    config: RunConfig, inputs: Inputs, launch: Launch, name: str, group: str
) -> dict[str, Any]:
    """The parameters of ``CreateTrainingJob``."""
    return {
        "TrainingJobName": name,
        "HyperParameters": to_hyperparameters(config),
        **definition(inputs, launch),
        **checkpoints(launch, name),
        "StoppingCondition": launch.stopping,
        "EnableManagedSpotTraining": launch.spot,
        **tracking(config),
        "Tags": tags(config, launch, group),
    }


def tracking(config: RunConfig) -> dict[str, Any]:
    """SageMaker's own words for an MLflow server of its kind; another is told by a setting alone."""
    if config.mlflow is None or not config.mlflow.startswith("arn:"):
        return {}
    name = config.mlflow_experiment
    named = {} if name is None else {"MlflowExperimentName": name}
    return {"MlflowConfig": {"MlflowResourceArn": config.mlflow, **named}}


def tags(config: RunConfig, launch: Launch, group: str) -> list[dict[str, str]]:
    """What a job was, for those that find it; ``group`` is shared by those of one command."""
    return launch.tags_with(
        dataset=config.short_name,
        matrix=matrix_label(config),
        run=group,
        image=launch.image.said,
    )


def definition(inputs: Inputs, launch: Launch) -> dict[str, Any]:
    """What a training job and a tuning job's definition of its jobs have in common.

    SageMaker writes a job's output to S3OutputPath/JOB/output.
    """
    channels = [
        _channel(name, place, launch.sharded and name == SETTINGS["data"].channel)
        for name, place in sorted(inputs.channels.items())
    ]
    return {
        "AlgorithmSpecification": {
            "TrainingImage": launch.image.address,
            "TrainingInputMode": "FastFile" if launch.fast_file else "File",
            "MetricDefinitions": METRICS,
        },
        "Environment": {IMAGE: launch.image.said},
        "RoleArn": launch.role,
        **({"InputDataConfig": channels} if channels else {}),
        "OutputDataConfig": {"S3OutputPath": str(launch.place), **launch.encrypted},
        "ResourceConfig": {
            "InstanceType": launch.instance_type,
            "InstanceCount": launch.instance_count,
            "VolumeSizeInGB": launch.volume_size,
            **launch.volume_encrypted,
        },
        **launch.vpc,
        **launch.isolation,
    }


def checkpoints(launch: Launch, name: str) -> dict[str, Any]:
    """Where training is saved while it runs: where asked for, and always on spot instances."""
    if launch.checkpoints is None and not launch.spot:
        return {}
    place = launch.place / name / "checkpoints"
    if launch.checkpoints is not None:
        place = Place.parse(launch.checkpoints, "--checkpoints")
    return {"CheckpointConfig": {"S3Uri": str(place)}}


def matrix_label(config: RunConfig) -> str:
    """The name of the matrix a job trains with, for names and tags."""
    if not config.cost_matrix:
        return "default"
    matrix = config.cost_matrix[0]
    return Path(matrix).stem if isinstance(matrix, str) else matrix.name


def _channel(name: str, place: Place, is_sharded: bool) -> dict[str, Any]:
    # With the slash at its end a prefix means a folder, and not all names that begin so.
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": f"{place}/",
        "S3DataDistributionType": "ShardedByS3Key" if is_sharded else "FullyReplicated",
    }
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}
