"""How far a job or endpoint is, of whatever kind it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from framework.sagemaker.aws.aws_errors import is_missing
from framework.sagemaker.aws.calls import Aws, Call
from framework.sagemaker.aws.waiting import ENDPOINT, TRAINING, TRANSFORM, TUNING, Watched
from framework.sagemaker.errors import AwsError

KINDS = (TRAINING, TUNING, TRANSFORM, ENDPOINT)


def requests(name: str) -> list[Call]:
    """What asks for ``name``, kind after kind."""
    return [Call("sagemaker", kind.operation, {kind.key: name}) for kind in KINDS]


def status(aws: Aws, name: str) -> list[str]:
    """Sentences on everything that is called ``name``; AwsError when there is nothing."""
    told = [line for kind in KINDS for line in _told(aws, kind, name)]
    if not told:
        raise AwsError(
            f"there is no training, tuning or transform job, and no endpoint, called {name}"
        )
    return told


def _told(aws: Aws, kind: Watched, name: str) -> Iterator[str]:
    try:
        answer = kind.describe(aws, name)
    except AwsError as error:
        if not is_missing(error):
            raise
        return
    yield f"{kind.word} {name}: {answer[kind.status]}{_why(answer)}"
    if kind.detail and answer.get(kind.detail) not in (None, answer[kind.status]):
        yield f"  {answer[kind.detail]}"
    if "BillableTimeInSeconds" in answer:
        yield f"  billed: {answer['BillableTimeInSeconds']} s an instance"
    image = answer.get("AlgorithmSpecification", {}).get("TrainingImage")
    if image:
        yield f"  image: {image}"
    for metric in answer.get("FinalMetricDataList") or ():
        yield f"  {metric['MetricName']}: {metric['Value']:,.6g}"
    for variant in answer.get("ProductionVariants") or ():
        yield f"  {variant['VariantName']}: {_of_variant(variant)}"


def _of_variant(variant: Mapping[str, Any]) -> str:
    count, wanted = variant.get("CurrentInstanceCount"), variant.get("DesiredInstanceCount")
    said = [f"{count} of {wanted} instances"] if count is not None else []
    if "CurrentWeight" in variant:
        said.append(f"weight {variant['CurrentWeight']:g}")
    images = [one.get("ResolvedImage") for one in variant.get("DeployedImages") or ()]
    return ", ".join([*said, *filter(None, images)]) or "as configured"


def _why(answer: Mapping[str, Any]) -> str:
    lines = str(answer.get("FailureReason", "")).strip().splitlines()
    return f": {lines[0]}" if lines else ""
