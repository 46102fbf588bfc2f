"""How an endpoint serves: on what, which models beside each other, at once or later, what is captured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from framework.core.errors import ConfigError
from framework.sagemaker.aws.calls import Call, Place, Upload
from framework.sagemaker.launching.launch import VARIANT, Launch
from framework.sagemaker.launching.model import Source, create_model

# As text, so that they can be read; whatever else comes in or goes out is captured as base64.
CSV_TYPES, JSON_TYPES = ["text/csv"], ["application/json", "application/jsonlines"]


@dataclass(frozen=True)
class Serverless:
    """No instances: memory in MB, requests at once, and how many of these are kept warm (None: none)."""

    memory: int
    at_once: int
    warm: int | None = None

    def __post_init__(self) -> None:
        if self.warm is not None and self.warm > self.at_once:
            raise ConfigError(
                f"--provisioned {self.warm} is more than --concurrency {self.at_once}, the most "
                "requests at once"
            )

    def to_json(self) -> dict[str, int]:
        warm = {} if self.warm is None else {"ProvisionedConcurrency": self.warm}
        return {"MemorySizeInMB": self.memory, "MaxConcurrency": self.at_once, **warm}


@dataclass(frozen=True)
class Capture:
    """Where in S3 requests and replies are written, and what percentage of them."""

    place: Place
    percent: int = 100

    def to_json(self, launch: Launch) -> dict[str, Any]:
        types = {"CsvContentTypes": CSV_TYPES, "JsonContentTypes": JSON_TYPES}
        told = {
            "EnableCapture": True,
            "InitialSamplingPercentage": self.percent,
            "DestinationS3Uri": str(self.place),
            **launch.encrypted,
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": types,
        }
        return {"DataCaptureConfig": told}


@dataclass(frozen=True)
class Serving:
    """How an endpoint serves: on instances, unless it is ``serverless``.

    ``answers`` is where in S3 an asynchronous endpoint writes (None: it answers at once), ``topics``
    are those of SNS that hear of (success, failure). ``beside`` are further models, by variant, with
    their shares of the traffic; the first model has the rest. ``shadow`` is one more, which is sent a
    copy of that share of the requests, and whose answers nobody gets.
    """

    serverless: Serverless | None = None
    answers: Place | None = None
    topics: tuple[str | None, str | None] = (None, None)
    beside: tuple[tuple[str, Source, float], ...] = ()
    shadow: tuple[str, Source, float] | None = None
    capture: Capture | None = None

    def __post_init__(self) -> None:
        several = bool(self.beside) or self.shadow is not None
        if self.serverless is not None and (self.answers is not None or several or self.capture):
            raise ConfigError(
                "--serverless has one model, and answers at once: no --async, --beside, --shadow or "
                "--capture"
            )
        if self.shadow is not None and (self.beside or self.answers is not None):
            raise ConfigError("--shadow stands beside one model that answers: no --beside, --async")
        if any(self.topics) and self.answers is None:
            raise ConfigError("--notify-success and --notify-failure go with --async")
        if any(not 0 < share < 1 for *_, share in self.beside) or self.first_share <= 0:
            raise ConfigError("--beside: expected shares between 0 and 1, together less than 1")
        if self.shadow is not None and not 0 < self.shadow[2] <= 1:
            raise ConfigError("--shadow: expected a share above 0, and at most 1")

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


def configured(
    source: Source, launch: Launch, name: str, serving: Serving
) -> tuple[tuple[Call, ...], tuple[Upload, ...]]:
    """What makes the models and the endpoint configuration ``name``, and what they need in S3."""
    if serving.serverless is not None and (launch.subnets or launch.network_isolation):
        raise ConfigError("--serverless knows neither a VPC nor --network-isolation")
    models = [(VARIANT, name, source, serving.first_share)]
    models += [(variant, f"{name}-{variant}", of, share) for variant, of, share in serving.beside]
    behind = []
    if serving.shadow is not None:
        variant, of, share = serving.shadow
        behind = [(variant, f"{name}-{variant}", of, share)]
    variants = [
        _variant(variant, model, share, launch, serving) for variant, model, _, share in models
    ]
    # SageMaker copies the share of the shadow's weight in the weight of what answers, which is 1.
    shadows = [
        _variant(variant, model, share, launch, serving) for variant, model, _, share in behind
    ]
    configuration = {
        "EndpointConfigName": name,
        "ProductionVariants": variants,
        **({"ShadowProductionVariants": shadows} if shadows else {}),
        **serving.asynchronous,
        **({} if serving.capture is None else serving.capture.to_json(launch)),
        **(launch.encrypted if serving.serverless is None else {}),
        "Tags": launch.tags_with(model=str(source.model)),
    }
    every = [*models, *behind]
    calls = [create_model(of, launch, model) for _, model, of, _ in every]
    calls.append(Call("sagemaker", "CreateEndpointConfig", configuration))
    return tuple(calls), tuple(upload for *_, of, _ in every for upload in of.uploads)


def models_of(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Variant -> model, of all variants that DescribeEndpointConfig told, a shadow last."""
    variants = (
        *configuration["ProductionVariants"],
        *(configuration.get("ShadowProductionVariants") or ()),
    )
    return {one["VariantName"]: one["ModelName"] for one in variants}


def _variant(
    variant: str, model: str, share: float, launch: Launch, serving: Serving
) -> dict[str, Any]:
    told: dict[str, Any] = {"VariantName": variant, "ModelName": model}
    if serving.serverless is not None:
        return told | {"ServerlessConfig": serving.serverless.to_json()}
    told |= {
        "InstanceType": launch.instance_type,
        "InitialInstanceCount": launch.instance_count,
    }
    alone = not serving.beside and serving.shadow is None
    return told if alone else told | {"InitialVariantWeight": round(share, 6)}
