"""The model registry: a model package with its dollars, what they are of, and a model card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from framework.sagemaker.aws.aws_errors import is_missing
from framework.sagemaker.aws.calls import Aws, Call
from framework.sagemaker.aws.sending import Requests
from framework.sagemaker.errors import AwsError
from framework.sagemaker.jobs.transform import FORMATS
from framework.sagemaker.launching.launch import Launch
from framework.sagemaker.launching.model import Source

ANSWERS = ["application/json", "application/jsonlines", "text/csv"]
LONGEST_PROPERTY = 256


@dataclass(frozen=True)
class Package:
    """Where a model is registered, as what, and how: ``status`` is that of its approval."""

    group: str
    status: str = "PendingManualApproval"
    metrics: str | None = None


def figures_of(metrics: Mapping[str, Any], model: str | None = None) -> dict[str, str]:
    """What a registry must know of a run's model (default: the served one), as names and texts.

    Validation and test dollars a case with their 95% intervals, what it saves over the strongest rival,
    the matrix that judged, and the image and framework that trained it.
    """
    name = model or metrics["served"]["model"]
    found = next(one for one in metrics["models"] if one["name"] == name)
    rival = metrics["strongest_rival"]
    saved = found["saved_against"].get(rival)
    validation = found["validation"]
    versions = metrics["versions"]
    figures = {
        "model": name,
        "dataset": metrics["dataset"],
        "cost_matrix": metrics["evaluation_matrix"],
        "cost_matrix_origin": metrics["cost_matrices"].get(metrics["evaluation_matrix"]),
        "test_dollars_per_case": found["dollars_per_case"],
        "test_dollars_per_case_interval": found["dollars_per_case_interval"],
        "test_cases": metrics["n_test"],
        "validation_dollars_per_case": validation["dollars_per_case"],
        "validation_standard_error": validation["standard_error"],
        "validation": validation["method"],
        "strongest_rival": rival,
        "saved_per_case": saved and saved["mean"],
        "saved_per_case_interval": saved and saved["interval"],
        "verdict": metrics["verdict"],
        "image": versions.get("image"),
        "framework": versions["framework"],
    }
    return {name: _text(value) for name, value in figures.items() if value is not None}


def register_requests(
    source: Source, launch: Launch, package: Package, figures: Mapping[str, str]
) -> Requests:
    """A package of the group, which is made where it is missing (see ``ensure_group``)."""
    container = {"Image": source.image.address, "ModelDataUrl": str(source.model)}
    call = Call("sagemaker", "CreateModelPackage", package_request(container, package, figures))
    return Requests((package.group,), source.uploads, (call,))


def package_request(
    container: Mapping[str, Any], package: Package, figures: Mapping[str, str]
) -> dict[str, Any]:
    """The parameters of CreateModelPackage; of tags, a package has its group's."""
    kinds = sorted(set(FORMATS.values()))
    statistics = {}
    if package.metrics is not None:
        source = {"ContentType": "application/json", "S3Uri": package.metrics}
        statistics = {"ModelMetrics": {"ModelQuality": {"Statistics": source}}}
    properties = {name: value[:LONGEST_PROPERTY] for name, value in figures.items()}
    return {
        "ModelPackageGroupName": package.group,
        "ModelApprovalStatus": package.status,
        "InferenceSpecification": {
            "Containers": [dict(container)],
            "SupportedContentTypes": kinds,
            "SupportedResponseMIMETypes": ANSWERS,
        },
        **statistics,
        **({"CustomerMetadataProperties": properties} if properties else {}),
        **({"ModelCard": card(figures)} if figures else {}),
    }


def card(figures: Mapping[str, str]) -> dict[str, str]:
    """A model card's draft: what the costs are, and what the model came to."""
    numbers = [
        {"name": name, "type": "number", "value": float(figures[name])}
        for name in ("test_dollars_per_case", "validation_dollars_per_case", "saved_per_case")
        if name in figures
    ]
    content = {
        "model_overview": {
            "model_description": f'"{figures["model"]}" of a run of {figures["dataset"]}'
        },
        "intended_uses": {
            "purpose_of_model": "decisions that cost least, by the cost matrix "
            f'"{figures["cost_matrix"]}"',
        },
        "evaluation_details": [
            {
                "name": "dollars a case (negative: a loss)",
                "evaluation_observation": figures["verdict"],
                "metric_groups": [{"name": "dollars", "metric_data": numbers}],
            }
        ],
        "additional_information": {
            "custom_details": {name: figures[name] for name in sorted(figures)}
        },
    }
    return {"ModelCardStatus": "Draft", "ModelCardContent": json.dumps(content)}


def group_request(launch: Launch, group: str) -> Call:
    parameters = {"ModelPackageGroupName": group, "Tags": launch.tags_with(group=group)}
    return Call("sagemaker", "CreateModelPackageGroup", parameters)


def ensure_group(launch: Launch, group: str) -> None:
    """Make the group where it is missing."""
    key = {"ModelPackageGroupName": group}
    aws: Aws = launch.aws
    try:
        aws.send(Call("sagemaker", "DescribeModelPackageGroup", key), f"the group {group}")
    except AwsError as error:
        if not is_missing(error) and "does not exist" not in str(error):
            raise
        aws.send(group_request(launch, group))


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return " to ".join(f"{number:.6g}" for number in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
