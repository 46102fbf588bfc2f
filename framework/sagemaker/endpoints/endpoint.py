"""Serving a trained model on SageMaker at an endpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from framework.sagemaker.aws.aws_errors import is_missing
from framework.sagemaker.aws.calls import Aws, Call
from framework.sagemaker.aws.sending import Requests
from framework.sagemaker.endpoints.endpoint_config import Serving, configured, models_of
from framework.sagemaker.errors import AwsError
from framework.sagemaker.launching.launch import Launch
from framework.sagemaker.launching.model import Source


def endpoint_requests(source: Source, launch: Launch, name: str, serving: Serving) -> Requests:
    """Models, endpoint configuration and endpoint, called ``name``."""
    made, uploads = configured(source, launch, name, serving)
    tags = launch.tags_with(model=str(source.model))
    endpoint = {"EndpointName": name, "EndpointConfigName": name, "Tags": tags}
    calls = (*made, Call("sagemaker", "CreateEndpoint", endpoint))
    return Requests((name,), uploads, calls)


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


@dataclass(frozen=True)
class InUse:
    """What an endpoint serves by: its configuration, and what DescribeEndpointConfig ``told`` of it."""

    configuration: str
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(models_of(self.told).values()) if self.told else ()


def in_use(aws: Aws, name: str) -> InUse | None:
    """What the endpoint ``name`` serves by; None where there is no such endpoint."""
    try:
        described = aws.send(Call("sagemaker", "DescribeEndpoint", {"EndpointName": name}), name)
    except AwsError as error:
        if not is_missing(error):
            raise
        return None
    configuration = str(described["EndpointConfigName"])
    key = {"EndpointConfigName": configuration}
    try:
        told = aws.send(Call("sagemaker", "DescribeEndpointConfig", key), configuration)
    except AwsError as error:
        if not is_missing(error):
            raise
        return InUse(configuration)
    return InUse(configuration, told)


def delete(aws: Aws, name: str, tell: Callable[[str], None]) -> None:
    """Delete endpoint, configuration and models; AwsError when there was none of them."""
    used = in_use(aws, name)
    found = () if used is None else (used.configuration, used.models)
    gone = remove(aws, deletions(name, *found), tell)
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
