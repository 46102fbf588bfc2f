"""Another model at an endpoint that serves: beside the old one first, taken back when alarms ring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from framework.core.errors import ConfigError
from framework.sagemaker.aws import Call
from framework.sagemaker.endpoint import Serving, Source, configured
from framework.sagemaker.launch import Launch
from framework.sagemaker.requests import Requests

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


def update_requests(
    source: Source, launch: Launch, endpoint: str, version: str, shift: Shift
) -> Requests:
    """Model and configuration ``version``, and the endpoint's way to them."""
    made, uploads = configured(source, launch, version, Serving())
    update = {
        "EndpointName": endpoint,
        "EndpointConfigName": version,
        "DeploymentConfig": shift.to_json(),
    }
    calls = (*made, Call("sagemaker", "UpdateEndpoint", update))
    return Requests((endpoint,), uploads, calls)
