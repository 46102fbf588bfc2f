"""What a job or endpoint has written: CloudWatch Logs."""

from __future__ import annotations

import time
from collections.abc import Iterator

from framework.sagemaker.aws.aws_errors import code_of
from framework.sagemaker.aws.calls import Aws, Call
from framework.sagemaker.aws.waiting import ENDPOINT, GOES_ON, TRAINING, TRANSFORM, pause
from framework.sagemaker.errors import AwsError

GROUPS = {
    "training": "/aws/sagemaker/TrainingJobs",
    "transform": "/aws/sagemaker/TransformJobs",
    "endpoint": "/aws/sagemaker/Endpoints/{name}",
}
KINDS = {"training": TRAINING, "transform": TRANSFORM, "endpoint": ENDPOINT}


def request(name: str, kind: str) -> Call:
    """``FilterLogEvents`` for everything that ``name`` has written, on all its hosts."""
    where = {"logGroupName": GROUPS[kind].format(name=name)}
    if kind != "endpoint":  # an endpoint has a group of its own
        where["logStreamNamePrefix"] = f"{name}/"
    return Call("logs", "FilterLogEvents", where)


def lines(aws: Aws, name: str, kind: str, follow: bool) -> Iterator[str]:
    """The log's lines in the order of their time; with ``follow``, until the job has ended."""
    seen: set[str] = set()
    while True:
        goes_on = follow and _goes_on(aws, name, kind)
        yield from _new(aws, name, kind, seen)
        if not goes_on:
            break
        time.sleep(pause())
    if not seen:
        KINDS[kind].describe(aws, name)  # says so if there is no such job
        raise AwsError(f"{name} has written nothing yet (its log begins with its container)")


def _goes_on(aws: Aws, name: str, kind: str) -> bool:
    watched = KINDS[kind]
    status = watched.describe(aws, name)[watched.status]
    return status in GOES_ON or (kind == "endpoint" and status == watched.good)


def _new(aws: Aws, name: str, kind: str, seen: set[str]) -> Iterator[str]:
    call = request(name, kind)
    token: str | None = None
    while True:
        page = {**call.parameters, **({"nextToken": token} if token else {})}
        try:
            answer = aws.send(Call(call.service, call.operation, page))
        except AwsError as error:
            if code_of(error) == "ResourceNotFoundException":
                return  # nothing of this kind has ever written here
            raise
        for event in answer["events"]:
            if event["eventId"] not in seen:
                seen.add(event["eventId"])
                yield str(event["message"]).rstrip("\n")
        token = answer.get("nextToken")
        if not token:
            return
