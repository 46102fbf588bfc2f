"""Serving a trained model on SageMaker: an endpoint, or a batch transform of a file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framework.core.errors import ConfigError
from framework.sagemaker.aws import Aws, Call, Place, Requests, Upload, files_under
from framework.sagemaker.aws_errors import is_missing
from framework.sagemaker.ecr import Image
from framework.sagemaker.errors import AwsError
from framework.sagemaker.fetching import model_data, pack
from framework.sagemaker.launch import Launch
from framework.sagemaker.waiting import TRAINING, ended_badly

VARIANT = "AllTraffic"
FORMATS = {
    ".csv": "text/csv",
    ".jsonl": "application/jsonlines",
    ".json": "application/json",
    ".npy": "application/x-npy",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
# Formats whose rows may be sent a few at a time. A CSV file's header would go with the first few
# rows only, and the others would be read by position: it travels whole.
BY_LINE = (".jsonl",)
# What the server in the image takes in one request (docs/serving.md).
LARGEST_PAYLOAD_MB = 25


@dataclass(frozen=True)
class Source:
    """A model in S3, the image that serves it, and what must be uploaded first."""

    model: Place
    image: Image
    uploads: tuple[Upload, ...] = ()


def source(what: str, model: str | None, launch: Launch, name: str, scratch: Path) -> Source:
    """The model that ``what`` means: a run or model folder here, else the name of a training job.

    ``scratch`` is a folder for the packed model.
    """
    if Path(what).is_dir():
        from framework.inference.folders import find_model

        archive = pack(find_model(Path(what), model), scratch / "model.tar.gz")
        place = launch.place / name / "model"
        return Source(
            place / archive.name,
            launch.image,
            tuple(files_under(archive, place, launch.kms_key)),
        )
    if model is not None:
        raise ConfigError("--model chooses among the models of a run folder; a job leaves just one")
    if launch.dry_run:  # where fw sagemaker run has put it; nobody is asked
        return Source(launch.place / what / "output" / "model.tar.gz", launch.image)
    job = TRAINING.describe(launch.aws, what)
    reason = ended_badly(TRAINING, what, job)
    if reason is not None:
        raise AwsError(reason)
    trained_by = str(job["AlgorithmSpecification"]["TrainingImage"])
    return Source(model_data(job), launch.pinned(launch.image_given or trained_by))


def create_model(source: Source, launch: Launch, name: str) -> Call:
    return Call(
        "sagemaker",
        "CreateModel",
        {
            "ModelName": name,
            "PrimaryContainer": {
                "Image": source.image.address,
                "ModelDataUrl": str(source.model),
            },
            "ExecutionRoleArn": launch.role,
            **launch.vpc,
            **launch.isolation,
            "Tags": launch.tags_with(model=str(source.model), image=source.image.said),
        },
    )


def endpoint_requests(
    source: Source, launch: Launch, name: str, serverless: tuple[int, int] | None
) -> Requests:
    """Model, endpoint configuration and endpoint, all called ``name``.

    ``serverless`` is (memory in MB, requests at once); None: instances.
    """
    variant: dict[str, Any] = {"VariantName": VARIANT, "ModelName": name}
    if serverless is not None:
        memory, at_once = serverless
        variant["ServerlessConfig"] = {"MemorySizeInMB": memory, "MaxConcurrency": at_once}
        if launch.subnets or launch.network_isolation:
            raise ConfigError("--serverless knows neither a VPC nor --network-isolation")
    else:
        variant["InstanceType"] = launch.instance_type
        variant["InitialInstanceCount"] = launch.instance_count
    tags = launch.tags_with(model=str(source.model))
    configuration = {
        "EndpointConfigName": name,
        "ProductionVariants": [variant],
        **(launch.encrypted if serverless is None else {}),
        "Tags": tags,
    }
    endpoint = {"EndpointName": name, "EndpointConfigName": name, "Tags": tags}
    calls = (
        create_model(source, launch, name),
        Call("sagemaker", "CreateEndpointConfig", configuration),
        Call("sagemaker", "CreateEndpoint", endpoint),
    )
    return Requests((name,), source.uploads, calls)


def transform_requests(source: Source, launch: Launch, name: str, cases: str) -> Requests:
    """A batch transform of ``cases``: a file here, or an s3:// address of files of one format."""
    suffix = Path(cases).suffix.lower()
    if suffix not in FORMATS:
        raise ConfigError(f"{cases}: expected a file ending in {', '.join(FORMATS)}")
    uploads = source.uploads
    if cases.startswith("s3://"):
        place = Place.parse(cases, "the cases")
    else:
        file = Path(cases)
        if not file.is_file():
            raise ConfigError(f"{cases}: no such file")
        if suffix not in BY_LINE and file.stat().st_size > LARGEST_PAYLOAD_MB * 2**20:
            raise ConfigError(
                f"{cases}: a {suffix} file is sent in one piece, of at most {LARGEST_PAYLOAD_MB} "
                f"MB; write the cases as {BY_LINE[0]}, which is sent in pieces, or split the file"
            )
        place = launch.place / name / "input" / file.name
        uploads = (*uploads, Upload(file, place.bucket, place.prefix, launch.kms_key))
    by_line = suffix in BY_LINE
    transform = {
        "TransformJobName": name,
        "ModelName": name,
        "MaxPayloadInMB": 6 if by_line else LARGEST_PAYLOAD_MB,
        **({} if by_line else {"MaxConcurrentTransforms": 1}),
        "BatchStrategy": "MultiRecord" if by_line else "SingleRecord",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": str(place)}},
            "ContentType": FORMATS[suffix],
            "SplitType": "Line" if by_line else "None",
        },
        "TransformOutput": {
            "S3OutputPath": str(launch.place / name / "output"),
            "Accept": "text/csv" if suffix == ".csv" else "application/jsonlines",
            "AssembleWith": "Line" if by_line else "None",
            **launch.encrypted,
        },
        "TransformResources": {
            "InstanceType": launch.instance_type,
            "InstanceCount": launch.instance_count,
            **launch.volume_encrypted,
        },
        "Tags": launch.tags_with(model=str(source.model)),
    }
    calls = (
        create_model(source, launch, name),
        Call("sagemaker", "CreateTransformJob", transform),
    )
    return Requests((name,), uploads, calls)


def fetch_transformed(aws: Aws, job: dict[str, Any], out: Path) -> Path:
    """Download what a batch transform of one file wrote, to ``out``."""
    came_from = job["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
    place = Place.parse(job["TransformOutput"]["S3OutputPath"], "the output")
    name = f"{came_from.rpartition('/')[2]}.out"
    with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
        file = Path(scratch) / name
        aws.download(place / name, file)
        file.replace(out)
    return out


def deletions(name: str) -> list[Call]:
    """What undoes ``endpoint_requests`` and the model of ``transform_requests``."""
    return [
        Call("sagemaker", "DeleteEndpoint", {"EndpointName": name}),
        Call("sagemaker", "DeleteEndpointConfig", {"EndpointConfigName": name}),
        Call("sagemaker", "DeleteModel", {"ModelName": name}),
    ]


def delete(aws: Aws, name: str, tell: Callable[[str], None]) -> None:
    """Delete endpoint, configuration and model; AwsError when there was none of them."""
    gone = 0
    for call in deletions(name):
        what = call.operation.removeprefix("Delete")
        try:
            aws.send(call)
        except AwsError as error:
            if not is_missing(error):
                raise
            continue
        tell(f"deleted: {what} {name}")
        gone += 1
    if not gone:
        raise AwsError(f"there is no endpoint, endpoint configuration or model called {name}")
