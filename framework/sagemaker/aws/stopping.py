"""Ending what runs: training, tuning and transform jobs."""

from __future__ import annotations

from framework.sagemaker.aws.aws_errors import is_missing
from framework.sagemaker.aws.calls import Aws, Call
from framework.sagemaker.aws.waiting import GOES_ON, TRAINING, TRANSFORM, TUNING, Watched
from framework.sagemaker.errors import AwsError

KINDS = {"training": TRAINING, "tuning": TUNING, "transform": TRANSFORM}


def request(name: str, kind: str) -> Call:
    """What ends the job ``name`` of that kind."""
    watched = KINDS[kind]
    return Call("sagemaker", watched.operation.replace("Describe", "Stop"), {watched.key: name})


def stop(aws: Aws, name: str, kind: str | None) -> str:
    """End the job ``name``, of whatever kind it is unless that is said; a sentence on what came of it.

    A stopped training has 120 seconds to save what it has reached.
    """
    found = kind or found_kind(aws, name)
    watched = KINDS[found]
    status = watched.describe(aws, name)[watched.status]
    if status not in GOES_ON:
        return f"{name}: the {watched.word} has ended before: {status}"
    aws.send(request(name, found), f"the {watched.word} {name}")
    return f"{name}: the {watched.word} is being stopped"


def found_kind(aws: Aws, name: str) -> str:
    """Of which kind the job ``name`` is; AwsError when there is none."""
    for kind, watched in KINDS.items():
        if _exists(aws, watched, name):
            return kind
    raise AwsError(f"there is no training, tuning or transform job called {name}")


def _exists(aws: Aws, watched: Watched, name: str) -> bool:
    try:
        watched.describe(aws, name)
    except AwsError as error:
        if is_missing(error):
            return False
        raise
    return True
