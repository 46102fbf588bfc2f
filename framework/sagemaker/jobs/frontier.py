"""What a tuning job has tried: all of its jobs, and the best for every value that was chosen among."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from framework.sagemaker.aws.calls import Aws, Call


@dataclass(frozen=True)
class Tried:
    """A training job of a tuning job: its settings, and what it came to in validation.

    ``dollars`` a case (negative = a loss) are None for a job without an objective, by ``status``.
    """

    job: str
    status: str
    settings: Mapping[str, str]
    dollars: float | None

    def to_json(self) -> dict[str, Any]:
        return {
            "job": self.job,
            "status": self.status,
            "settings": dict(self.settings),
            "validation_dollars_per_case": self.dollars,
        }


def request(tuning: str) -> Call:
    """What lists the jobs of a tuning job, a hundred at a time."""
    key = "HyperParameterTuningJobName"
    operation = "ListTrainingJobsForHyperParameterTuningJob"
    return Call("sagemaker", operation, {key: tuning, "MaxResults": 100})


def tried(aws: Aws, tuning: str) -> list[Tried]:
    """All jobs, those that lose the fewest dollars first, those without an objective last."""
    call, found = request(tuning), list[Tried]()
    parameters = dict(call.parameters)
    while True:
        answer = aws.send(
            Call(call.service, call.operation, parameters), f"the tuning job {tuning}"
        )
        found += [_tried(one) for one in answer["TrainingJobSummaries"]]
        if not answer.get("NextToken"):
            break
        parameters["NextToken"] = answer["NextToken"]
    return sorted(found, key=lambda one: (one.dollars is None, -(one.dollars or 0.0)))


def frontier(jobs: Sequence[Tried], choices: Sequence[str]) -> list[Tried]:
    """Of ``jobs`` (best first) the best for every combination of values of ``choices``.

    ``choices`` are settings chosen by name: a sweep over cost ratios keeps its best of each.
    """
    best: dict[tuple[str | None, ...], Tried] = {}
    for one in jobs:
        if one.dollars is not None:
            best.setdefault(tuple(one.settings.get(name) for name in choices), one)
    return list(best.values())


def choices_of(answer: Mapping[str, Any]) -> list[str]:
    """Settings that a tuning job chooses by name, by what DescribeHyperParameterTuningJob said."""
    ranges = answer.get("HyperParameterTuningJobConfig", {}).get("ParameterRanges", {})
    return [one["Name"] for one in ranges.get("CategoricalParameterRanges", ())]


def _tried(summary: Mapping[str, Any]) -> Tried:
    metric = summary.get("FinalHyperParameterTuningJobObjectiveMetric")
    settings = {
        name: _plain(value)
        for name, value in summary["TunedHyperParameters"].items()
        if not name.startswith("_")
    }
    dollars = None if metric is None else float(metric["Value"])
    return Tried(
        summary["TrainingJobName"],
        summary["TrainingJobStatus"],
        dict(sorted(settings.items())),
        dollars,
    )


def _plain(value: str) -> str:
    """Without the quotes that SageMaker puts around some."""
    try:
        read = json.loads(value)
    except ValueError:
        return value
    return read if isinstance(read, str) else value
