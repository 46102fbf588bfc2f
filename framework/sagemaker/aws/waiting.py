"""Waiting for what SageMaker does, and telling how far it is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from framework.sagemaker.aws.calls import Aws, Call
from framework.sagemaker.errors import AwsError

GOES_ON = ("InProgress", "Stopping", "Creating", "Updating", "SystemUpdating", "Deleting")


def pause() -> float:
    """Seconds between two questions; AWS throttles accounts that ask often."""
    return float(os.environ.get("FW_SAGEMAKER_POLL_SECONDS", "15"))


@dataclass(frozen=True)
class Watched:
    """A kind of thing that takes its time: how it is asked for, and where its answer says what."""

    word: str
    operation: str
    key: str
    status: str
    good: str
    detail: str | None = None

    def describe(self, aws: Aws, name: str) -> dict[str, Any]:
        call = Call("sagemaker", self.operation, {self.key: name})
        answer: dict[str, Any] = aws.send(call, f"the {self.word} {name}")
        return answer


TRAINING = Watched(
    "training job",
    "DescribeTrainingJob",
    "TrainingJobName",
    "TrainingJobStatus",
    "Completed",
    "SecondaryStatus",
)
TUNING = Watched(
    "tuning job",
    "DescribeHyperParameterTuningJob",
    "HyperParameterTuningJobName",
    "HyperParameterTuningJobStatus",
    "Completed",
)
TRANSFORM = Watched(
    "transform job", "DescribeTransformJob", "TransformJobName", "TransformJobStatus", "Completed"
)
ENDPOINT = Watched("endpoint", "DescribeEndpoint", "EndpointName", "EndpointStatus", "InService")


def wait(
    aws: Aws, kind: Watched, names: Iterable[str], tell: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    """The last answer about each, once all have ended well; what changes meanwhile is told.

    Raises
    ------
    AwsError
        When one has not: with the first line of why. Those that go on are waited for first.
    """
    left, answers, told = list(names), {}, dict[str, str]()
    try:
        while left:
            for name in list(left):
                answer = kind.describe(aws, name)
                status = str(answer[kind.status])
                shown = str(answer.get(kind.detail, status)) if kind.detail else status
                if told.get(name) != shown:
                    told[name] = shown
                    tell(f"{name}: {shown}{_figures(answer)}")
                if status not in GOES_ON:
                    answers[name] = answer
                    left.remove(name)
            if left:
                time.sleep(pause())
    except KeyboardInterrupt:
        raise AwsError(
            f"stopped waiting; {', '.join(left)} goes on at SageMaker, and costs. "
            + (f"Later: fw sagemaker fetch {' '.join(told)}" if kind is TRAINING else "")
        ) from None
    failed = [ended_badly(kind, name, answer) for name, answer in answers.items()]
    for reason in filter(None, failed):
        raise AwsError(reason)
    return answers


def ended_badly(kind: Watched, name: str, answer: dict[str, Any]) -> str | None:
    """A sentence about what failed or was stopped; None for what ended well."""
    status = str(answer[kind.status])
    if status == kind.good:
        return None
    lines = str(answer.get("FailureReason", "")).strip().splitlines()
    reason = f": {lines[0]}" if lines else ""
    if answer.get("SecondaryStatus") == "MaxRuntimeExceeded":
        reason += ": it took longer than --max-runtime"
    if answer.get("SecondaryStatus") == "MaxWaitTimeExceeded":
        reason += ": no spot instance in --max-wait seconds"
    return (
        f"the {kind.word} {name} ended as {status}{reason}. "
        f"Its log: fw sagemaker logs {name}{_kind_option(kind)}"
    )


def _kind_option(kind: Watched) -> str:
    return {TRANSFORM: " --kind transform", ENDPOINT: " --kind endpoint"}.get(kind, "")


def _figures(answer: dict[str, Any]) -> str:
    """What the log said in numbers, as far as SageMaker has read it."""
    metrics = answer.get("FinalMetricDataList") or []
    said = ", ".join(f"{item['MetricName']} {item['Value']:,.4g}" for item in metrics)
    counters = answer.get("TrainingJobStatusCounters")
    if counters:
        said = ", ".join(f"{count} {name}" for name, count in counters.items() if count)
    return f" ({said})" if said else ""
