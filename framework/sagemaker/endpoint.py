"""Serving a trained model on SageMaker at an endpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framework.core.errors import ConfigError
from framework.sagemaker.aws import Aws, Call, Place, Upload
from framework.sagemaker.aws_errors import is_missing
from framework.sagemaker.ecr import Image
from framework.sagemaker.errors import AwsError
from framework.sagemaker.fetching import model_data, pack, unpack
from framework.sagemaker.inputs import addressed
from framework.sagemaker.instances import check_instance
from framework.sagemaker.launch import Launch
from framework.sagemaker.requests import Requests
from framework.sagemaker.waiting import TRAINING, ended_badly

if TYPE_CHECKING:
    from framework.inference.artifact import Artifact

VARIANT = "AllTraffic"


@dataclass(frozen=True)
class Source:
    """A model in S3, the image that serves it, what must be uploaded first; the folder if it is here."""

    model: Place
    image: Image
    uploads: tuple[Upload, ...] = ()
    folder: Path | None = None

    def artifact(self, aws: Aws, scratch: Path) -> Artifact:
        """What the model takes and tells apart; of a job's model, downloaded to ``scratch``."""
        from framework.inference.artifact import read_values

        if self.folder is not None:
            return read_values(self.folder)
        unpack(aws, self.model, scratch / "model")
        return read_values(scratch / "model")


def source(what: str, model: str | None, launch: Launch, scratch: Path) -> Source:
    """The model that ``what`` means: a run or model folder here, else the name of a training job.

    ``scratch`` is a folder for the packed model.
    """
    check_instance(launch.instance_type, launch.image_given)
    if Path(what).is_dir():
        from framework.inference.folders import find_model

        folder = find_model(Path(what), model)
        archive = pack(folder, scratch / "model.tar.gz")
        files = [(archive, archive.name)]
        place, uploads = addressed("model", files, launch.place, launch.kms_key)
        return Source(place / archive.name, launch.image, tuple(uploads), folder)
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


@dataclass(frozen=True)
class Serving:
    """How an endpoint serves: on instances, unless ``serverless`` is (memory in MB, requests at once).

    ``answers`` is where in S3 an asynchronous endpoint writes (None: it answers at once), ``topics``
    are those of SNS that hear of (success, failure). ``beside`` are further models, by variant, with
    their shares of the traffic; the first model has the rest.
    """

    serverless: tuple[int, int] | None = None
    answers: Place | None = None
    topics: tuple[str | None, str | None] = (None, None)
    beside: tuple[tuple[str, Source, float], ...] = ()

    def __post_init__(self) -> None:
        if self.serverless is not None and (self.answers is not None or self.beside):
            raise ConfigError(
                "--serverless has one model, and answers at once: no --async, --beside"
            )
        if any(self.topics) and self.answers is None:
            raise ConfigError("--notify-success and --notify-failure go with --async")
        if any(not 0 < share < 1 for *_, share in self.beside) or self.first_share <= 0:
            raise ConfigError("--beside: expected shares between 0 and 1, together less than 1")

    @property
    def first_share(self) -> float:
        return 1 - sum(share for *_, share in self.beside)

    @property
    def asynchronous(self) -> dict[str, Any]:
        if self.answers is None:
            return {}
        success, failure = self.topics
        topics = {"SuccessTopic": success, "ErrorTopic": failure}
        told = {name: topic for name, topic in topics.items() if topic}
        output: dict[str, Any] = {"S3OutputPath": str(self.answers)}
        if told:
            output["NotificationConfig"] = told
        return {"AsyncInferenceConfig": {"OutputConfig": output}}


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


def endpoint_requests(source: Source, launch: Launch, name: str, serving: Serving) -> Requests:
    """Models, endpoint configuration and endpoint, called ``name``."""
    made, uploads = configured(source, launch, name, serving)
    tags = launch.tags_with(model=str(source.model))
    endpoint = {"EndpointName": name, "EndpointConfigName": name, "Tags": tags}
    calls = (*made, Call("sagemaker", "CreateEndpoint", endpoint))
    return Requests((name,), uploads, calls)


def configured(
    source: Source, launch: Launch, name: str, serving: Serving
) -> tuple[tuple[Call, ...], tuple[Upload, ...]]:
    """What makes the models and the endpoint configuration ``name``, and what they need in S3."""
    if serving.serverless is not None and (launch.subnets or launch.network_isolation):
        raise ConfigError("--serverless knows neither a VPC nor --network-isolation")
    models = [(VARIANT, name, source, serving.first_share)]
    models += [(variant, f"{name}-{variant}", of, share) for variant, of, share in serving.beside]
    configuration = {
        "EndpointConfigName": name,
        "ProductionVariants": [
            _variant(variant, model, share, launch, serving) for variant, model, _, share in models
        ],
        **serving.asynchronous,
        **(launch.encrypted if serving.serverless is None else {}),
        "Tags": launch.tags_with(model=str(source.model)),
    }
    calls = [create_model(of, launch, model) for _, model, of, _ in models]
    calls.append(Call("sagemaker", "CreateEndpointConfig", configuration))
    return tuple(calls), tuple(upload for *_, of, _ in models for upload in of.uploads)


def _variant(
    variant: str, model: str, share: float, launch: Launch, serving: Serving
) -> dict[str, Any]:
    told: dict[str, Any] = {"VariantName": variant, "ModelName": model}
    if serving.serverless is not None:
        memory, at_once = serving.serverless
        return told | {"ServerlessConfig": {"MemorySizeInMB": memory, "MaxConcurrency": at_once}}
    told |= {
        "InstanceType": launch.instance_type,
        "InitialInstanceCount": launch.instance_count,
    }
    return told | ({"InitialVariantWeight": round(share, 6)} if serving.beside else {})


def deletions(
    name: str, configuration: str | None = None, models: Sequence[str] = ()
) -> list[Call]:
    """What undoes ``endpoint_requests`` and the model of a batch transform."""
    return [
        Call("sagemaker", "DeleteEndpoint", {"EndpointName": name}),
        *configuration_deletions(configuration or name, models or (name,)),
    ]


def configuration_deletions(configuration: str, models: Sequence[str]) -> list[Call]:
    return [
        Call("sagemaker", "DeleteEndpointConfig", {"EndpointConfigName": configuration}),
        *(Call("sagemaker", "DeleteModel", {"ModelName": model}) for model in models),
    ]


def in_use(aws: Aws, name: str) -> tuple[str | None, tuple[str, ...]]:
    """Configuration and models of the endpoint ``name``; (None, ()) where there is none."""
    try:
        described = aws.send(Call("sagemaker", "DescribeEndpoint", {"EndpointName": name}), name)
    except AwsError as error:
        if not is_missing(error):
            raise
        return None, ()
    configuration = str(described["EndpointConfigName"])
    key = {"EndpointConfigName": configuration}
    try:
        told = aws.send(Call("sagemaker", "DescribeEndpointConfig", key), configuration)
    except AwsError as error:
        if not is_missing(error):
            raise
        return configuration, ()
    return configuration, tuple(one["ModelName"] for one in told["ProductionVariants"])


def delete(aws: Aws, name: str, tell: Callable[[str], None]) -> None:
    """Delete endpoint, configuration and models; AwsError when there was none of them."""
    gone = remove(aws, deletions(name, *in_use(aws, name)), tell)
    if not gone:
        raise AwsError(f"there is no endpoint, endpoint configuration or model called {name}")


def remove(aws: Aws, calls: Sequence[Call], tell: Callable[[str], None]) -> int:
    """Delete what there is of ``calls``; how many there were."""
    gone = 0
    for call in calls:
        (name,) = call.parameters.values()
        try:
            aws.send(call)
        except AwsError as error:
            if not is_missing(error):
                raise
            continue
        tell(f"deleted: {call.operation.removeprefix('Delete')} {name}")
        gone += 1
    return gone
