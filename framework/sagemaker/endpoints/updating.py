"""Another model at an endpoint that serves: beside the old one first, taken back when alarms ring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from framework.core.errors import ConfigError
from framework.sagemaker.aws.calls import Call, Place
from framework.sagemaker.aws.sending import Requests
from framework.sagemaker.endpoints.endpoint_config import (
    Capture,
    Serverless,
    Serving,
    configured,
    models_of,
)
from framework.sagemaker.launching.launch import VARIANT, Launch
from framework.sagemaker.launching.model import Source

# Of the fleet's capacity, what SageMaker takes for the first step of a shift.
LARGEST_CANARY = 50


@dataclass(frozen=True)
class Shift:
    """How traffic goes over to the new fleet.

    ``canary`` percent of the capacity first (None: all at once), the rest after ``wait`` seconds; when
    one of ``alarms`` (of CloudWatch) rings meanwhile, all goes back to the old fleet, which stays for
    ``keep`` seconds more.
    """

    canary: int | None = None
    wait: int = 300
    keep: int = 300
    alarms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.canary is not None and not 1 <= self.canary <= LARGEST_CANARY:
            raise ConfigError(
                f"--canary: expected 1 to {LARGEST_CANARY} percent, received {self.canary}"
            )

    def to_json(self) -> dict[str, Any]:
        routing: dict[str, Any] = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": self.wait}
        if self.canary is not None:
            size = {"Type": "CAPACITY_PERCENT", "Value": self.canary}
            routing = {**routing, "Type": "CANARY", "CanarySize": size}
        policy = {
            "TrafficRoutingConfiguration": routing,
            "TerminationWaitInSeconds": self.keep,
        }
        alarms = [{"AlarmName": name} for name in self.alarms]
        rollback = {"AutoRollbackConfiguration": {"Alarms": alarms}} if alarms else {}
        return {"BlueGreenUpdatePolicy": policy, **rollback}


@dataclass(frozen=True)
class Before:
    """What an endpoint is before its update, and stays but for its model.

    ``instance_type`` is None of one without instances; ``variants`` are their names.
    """

    serving: Serving = field(default_factory=Serving)
    instance_type: str | None = None
    instance_count: int = 1
    variants: tuple[str, ...] = (VARIANT,)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Before:
        """By what DescribeEndpointConfig told."""
        first = told["ProductionVariants"][0]
        output = told.get("AsyncInferenceConfig", {}).get("OutputConfig", {})
        topics = output.get("NotificationConfig", {})
        captured, lone = told.get("DataCaptureConfig", {}), first.get("ServerlessConfig")
        serving = Serving(
            serverless=None
            if lone is None
            else Serverless(
                lone["MemorySizeInMB"], lone["MaxConcurrency"], lone.get("ProvisionedConcurrency")
            ),
            answers=Place.parse(output["S3OutputPath"], "the answers") if output else None,
            topics=(topics.get("SuccessTopic"), topics.get("ErrorTopic")),
            capture=Capture(
                Place.parse(captured["DestinationS3Uri"], "the captured requests"),
                captured["InitialSamplingPercentage"],
            )
            if captured.get("EnableCapture")
            else None,
        )
        count, variants = first.get("InitialInstanceCount", 1), tuple(models_of(told))
        return cls(serving, first.get("InstanceType"), count, variants)


def update_requests(
    source: Source,
    launch: Launch,
    names: tuple[str, str],
    shift: Shift,
    before: Before,
    keep_count: bool = True,
) -> Requests:
    """Model and configuration of a new version, and the endpoint's way to them.

    ``names`` are those of the endpoint and of the version. ``keep_count``: as many instances as there
    are now, whatever the configuration says, since auto scaling may have changed that.

    Raises
    ------
    ConfigError
        When traffic is to be shifted slowly and the endpoint has other variants: SageMaker shifts
        between fleets of the same variants alone.
    """
    endpoint, version = names
    made, uploads = configured(source, launch, version, before.serving)
    update: dict[str, Any] = {"EndpointName": endpoint, "EndpointConfigName": version}
    if before.variants == (VARIANT,):
        update["DeploymentConfig"] = shift.to_json()
        if keep_count and before.serving.serverless is None:
            update["RetainAllVariantProperties"] = True
    elif shift.canary is not None or shift.alarms:
        raise ConfigError(
            f"{endpoint} has the variants {', '.join(before.variants)}, and traffic is shifted slowly "
            f"only between fleets of the same variants (the new one has {VARIANT}); leave --canary and "
            "--alarm out"
        )
    calls = (*made, Call("sagemaker", "UpdateEndpoint", update))
    return Requests((endpoint,), uploads, calls)
