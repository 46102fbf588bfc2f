"""What an endpoint's variants have decided: the records of SageMaker's data capture.

They lie at DESTINATION/ENDPOINT/VARIANT/YYYY/MM/DD/HH/*.jsonl, a request a line: what went in, what came
out, when, and the inference id that the client gave the request.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from framework.core.errors import DataError
from framework.core.json_text import NotJsonError, parse_json
from framework.core.monitoring.data_capture import CapturedRequest, captured_request
from framework.sagemaker.aws.calls import Aws, Place
from framework.sagemaker.errors import AwsError

DOWNLOADS_AT_ONCE = 16


@dataclass
class Decisions:
    """By variant the decision of each case, and how many requests came without ids.

    Cases are called by their own ids, else by the inference id of their request (of several ``ID/0``,
    ``ID/1``, ...).
    """

    of: dict[str, dict[str, str]] = field(default_factory=dict)
    nameless: int = 0

    def add(self, variant: str, lines: Iterable[str], since: datetime | None = None) -> None:
        """Take in a file's ``lines``, those of requests ``since`` then; the last one of an id counts."""
        for line in lines:
            if not line.strip():
                continue
            one = _request(line)
            if since is not None and _time(str(one.time)) < since:
                continue
            made = decisions_in(one.reply)
            names = one.ids(len(made), one.inference_id)
            self.nameless += not all(names)
            if named := {name: of for name, of in zip(names, made, strict=True) if name}:
                self.of.setdefault(variant, {}).update(named)


def captured(
    aws: Aws, place: Place, endpoint: str, since: datetime | None, scratch: Path
) -> Decisions:
    """Everything that ``endpoint`` has captured below ``place``, downloaded to ``scratch``.

    Raises
    ------
    AwsError
        When nothing is there, or no request was given an inference id.
    """
    root = place / endpoint
    keys = [key for key in aws.keys(root) if key.endswith(".jsonl") and _recent(key, since)]
    files = [(key, scratch / f"{number}.jsonl") for number, key in enumerate(sorted(keys))]

    def fetch(pair: tuple[str, Path]) -> None:
        aws.download(Place(root.bucket, pair[0]), pair[1])

    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        list(pool.map(fetch, files))
    found = Decisions()
    for key, file in files:
        variant = key.removeprefix(f"{root.prefix}/").partition("/")[0]
        with file.open(encoding="utf-8") as lines:
            try:
                found.add(variant, lines, since)
            except DataError as error:
                raise DataError(f"s3://{root.bucket}/{key}: {error}") from error
    if not found.of:
        raise AwsError(
            f"{root}: {found.nameless} requests were captured, none of them with an inference id; give "
            "one with each (invoke-endpoint --inference-id), so that its outcome can be found"
            if found.nameless
            else f"{root} holds no captured requests{' of that time' if since else ''} yet"
        )
    return found


def decisions_in(reply: Any) -> list[str]:
    """The decisions of a reply of the image's server: JSON, lines of it, or rows of CSV.

    Raises
    ------
    DataError
        When it is none.

    Examples
    --------
    >>> decisions_in({"predictions": [{"decision": "refer"}]}), decisions_in([["benign", "0.9", "0.1"]])
    (['refer'], ['benign'])
    """
    records = reply.get("predictions") if isinstance(reply, dict) else reply
    if not isinstance(records, list) or not records:
        raise DataError("a captured reply is none of this framework's; expected its decisions")
    if isinstance(records[0], list):
        return [row[0] for row in records[records[0][0] == "predicted" :]]
    if not all(isinstance(one, dict) and "decision" in one for one in records):
        raise DataError('a captured reply has no "decision"; is it of this framework\'s image?')
    return [str(one["decision"]) for one in records]


def since_of(text: str) -> datetime:
    """A day or time (UTC, unless it says otherwise) as ISO 8601 writes it.

    Raises
    ------
    DataError
        For what is none.
    """
    try:
        return _time(text)
    except ValueError:
        raise DataError(
            f"--since: expected a day or time as 2026-11-01 or 2026-11-01T12:00, received {text!r}"
        ) from None


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time


def _recent(key: str, since: datetime | None) -> bool:
    """Whether the hour in the key is not over before ``since``; keys of another shape are looked into."""
    hour = key.rpartition("/")[0].split("/")[-4:]
    if since is None or not all(part.isdecimal() for part in hour):
        return True
    return tuple(map(int, hour)) >= since.astimezone(UTC).timetuple()[:4]


def _request(line: str) -> CapturedRequest:
    try:
        found = captured_request(parse_json(line))
    except NotJsonError as error:
        raise DataError(f"a line is no JSON: {error}") from error
    if found is None or found.reply is None or found.time is None:
        raise DataError(
            "a line is no captured request with its reply; expected captureData.endpointOutput.data and "
            "eventMetadata.inferenceTime (deploy with --capture captures both)"
        )
    return found
