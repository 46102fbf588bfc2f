"""The variants of an endpoint: what they are, what they have captured, and the matrix that judges them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import ConfigError
from framework.sagemaker.aws.calls import Aws, Call, Place
from framework.sagemaker.endpoints.captured import captured
from framework.sagemaker.endpoints.endpoint import in_use
from framework.sagemaker.endpoints.endpoint_config import models_of
from framework.sagemaker.errors import AwsError
from framework.sagemaker.launching.fetching import unpack


@dataclass(frozen=True)
class Variants:
    """``models`` by variant, as configured, and the place in S3 of what they have captured."""

    endpoint: str
    models: dict[str, str]
    place: Place

    def decisions(
        self, aws: Aws, since: datetime | None, scratch: Path
    ) -> tuple[dict[str, dict[str, str]], int]:
        """Decisions by variant and id, in the order of the configuration; requests without an id.

        Variants that have decided nothing are left out, those that are there no more are not looked at.
        """
        found = captured(aws, self.place, self.endpoint, since, scratch)
        return {name: found.of[name] for name in self.models if name in found.of}, found.nameless

    def matrix(self, aws: Aws, scratch: Path) -> CostMatrix:
        """That of the first variant's model."""
        from framework.inference.artifact import read_values

        model = next(iter(self.models.values()))
        told = aws.send(Call("sagemaker", "DescribeModel", {"ModelName": model}), model)
        place = Place.parse(told["PrimaryContainer"]["ModelDataUrl"], "the model")
        unpack(aws, place, scratch / "model")
        return read_values(scratch / "model").cost_matrix


def requests(endpoint: str) -> list[Call]:
    """What asks for an endpoint's variants; what follows depends on the answers."""
    return [Call("sagemaker", "DescribeEndpoint", {"EndpointName": endpoint})]


def variants_of(aws: Aws, endpoint: str, place: str | None) -> Variants:
    """The variants of ``endpoint``; what they have captured is at ``place`` (None: where it says).

    Raises
    ------
    AwsError
        When there is no such endpoint.
    ConfigError
        When it captures nothing.
    """
    used = in_use(aws, endpoint)
    if used is None or not used.told:
        raise AwsError(f"there is no endpoint {endpoint} in this account and region")
    where = place or used.told.get("DataCaptureConfig", {}).get("DestinationS3Uri")
    if where is None:
        raise ConfigError(
            f"{endpoint} captures nothing, so that nobody knows what its variants decided; deploy with "
            "--capture s3://BUCKET/PREFIX, or say with --captured where it once did"
        )
    return Variants(endpoint, models_of(used.told), Place.parse(where, "--captured"))
