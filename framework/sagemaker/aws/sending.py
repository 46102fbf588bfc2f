"""What a command makes: checked, then uploaded and created, or taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from framework.sagemaker.aws.aws_errors import DENIED, code_of, is_missing
from framework.sagemaker.aws.calls import Aws, Call, Place, Upload
from framework.sagemaker.aws.request_check import check
from framework.sagemaker.errors import AwsError

# What says whether a name is taken, and what takes back what costs nothing and does nothing alone.
DESCRIBED = {
    "CreateTrainingJob": "TrainingJobName",
    "CreateHyperParameterTuningJob": "HyperParameterTuningJobName",
    "CreateTransformJob": "TransformJobName",
    "CreateProcessingJob": "ProcessingJobName",
    "CreateModel": "ModelName",
    "CreateEndpointConfig": "EndpointConfigName",
    "CreateEndpoint": "EndpointName",
}
TAKEN_BACK = ("CreateModel", "CreateEndpointConfig")


@dataclass(frozen=True)
class Requests:
    """What is made, by name: files to upload, and then requests in their order."""

    names: tuple[str, ...]
    uploads: tuple[Upload, ...]
    calls: tuple[Call, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """All of it, checked as far as that can be done here."""
        check(self.calls)
        steps: tuple[Upload | Call, ...] = (*self.uploads, *self.calls)
        return [step.to_json() for step in steps]

    def send(self, aws: Aws, tell: Callable[[str], None]) -> None:
        """Upload what is not there yet, and send the requests.

        Raises
        ------
        AwsError
            For what AWS would refuse, or a name that is taken, before anything is sent; for what it
            refuses then: models and configurations are taken back, and jobs that run are named.
        """
        check(self.calls)
        for call in self.calls:
            _check_free(aws, call)
        if self.uploads:
            self._upload(aws, tell)
        done: list[Call] = []
        for call in self.calls:
            try:
                aws.send(call)
            except AwsError as error:
                raise _after(aws, done, error) from error
            done.append(call)
        tell(f"started {', '.join(self.names)}")

    def _upload(self, aws: Aws, tell: Callable[[str], None]) -> None:
        bucket = self.uploads[0].bucket
        folders = {upload.key.rpartition("/")[0] for upload in self.uploads}
        roots = {one for one in folders if not any(one.startswith(f"{o}/") for o in folders)}
        there = {key for root in sorted(roots) for key in _keys(aws, Place(bucket, root))}
        missing = [upload for upload in self.uploads if upload.key not in there]
        known = len(self.uploads) - len(missing)
        beside = f" ({known} are there already)" if known else ""
        tell(f"uploading {len(missing)} files to s3://{bucket}{beside}")
        aws.upload(missing)


def _keys(aws: Aws, place: Place) -> list[str]:
    try:
        return aws.keys(place)
    except AwsError as error:
        if code_of(error) not in DENIED:
            raise
        return []  # who may not look writes all


def _check_free(aws: Aws, call: Call) -> None:
    key = DESCRIBED.get(call.operation)
    if key is None:
        return
    name = call.parameters[key]
    describe = Call(call.service, call.operation.replace("Create", "Describe"), {key: name})
    try:
        aws.send(describe, f"{name}")
    except AwsError as error:
        if is_missing(error):
            return
        raise
    raise AwsError(
        f"the name is taken: there is a {key.removesuffix('Name')} {name}; give another with --name"
    )


def _after(aws: Aws, done: list[Call], error: AwsError) -> AwsError:
    """``error``, and what is left of the requests before it."""
    running: list[str] = []
    for call in reversed(done):
        name = call.parameters[DESCRIBED[call.operation]]
        if call.operation not in TAKEN_BACK:
            running.insert(0, name)
            continue
        operation = call.operation.replace("Create", "Delete")
        aws.send(Call(call.service, operation, {DESCRIBED[call.operation]: name}))
    if not running:
        return error
    names = " ".join(running)
    return AwsError(f"{error}. {', '.join(running)} runs; end it with: fw sagemaker stop {names}")
