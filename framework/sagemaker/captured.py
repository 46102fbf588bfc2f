"""What an endpoint's variants have decided: the records of SageMaker's data capture.

They lie at DESTINATION/ENDPOINT/VARIANT/YYYY/MM/DD/HH/*.jsonl, a request a line: what went in, what came
out, when, and the inference id that the client gave the request.
"""

from __future__ import annotations

import base64
import csv
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from framework.core.errors import DataError
from framework.core.json_text import NotJsonError, parse_json
from framework.sagemaker.aws import Aws, Place
from framework.sagemaker.errors import AwsError

DOWNLOADS_AT_ONCE = 16


@dataclass
class Decisions:
    """By variant the decision of each case, and how many requests came without an inference id.

    A request of one case has its inference id; of several, ``ID/0``, ``ID/1``, ...
    """

    of: dict[str, dict[str, str]] = field(default_factory=dict)
    nameless: int = 0

    def add(self, variant: str, lines: Iterable[str], since: datetime | None = None) -> None:
        """Take in a file's ``lines``, those of requests ``since`` then; the last one of an id counts."""
        for line in lines:
            if not line.strip():
                continue
            record = _record(line)
            event = record["eventMetadata"]
            if since is not None and _time(str(event["inferenceTime"])) < since:
                continue
            made = decisions_in(_content(record["captureData"]["endpointOutput"]))
            name = event.get("inferenceId")
            if not name:
                self.nameless += 1
                continue
            found = self.of.setdefault(variant, {})
            if len(made) == 1:
                found[name] = made[0]
            else:
                found |= {f"{name}/{number}": one for number, one in enumerate(made)}


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


def decisions_in(answer: str) -> list[str]:
    """The decisions of a reply of the image's server: JSON, JSON lines, or CSV with a header or without.

    Raises
    ------
    DataError
        When it is none.

    Examples
    --------
    >>> decisions_in('{"predictions": [{"decision": "refer"}]}'), decisions_in("benign,0.9,0.1\\n")
    (['refer'], ['benign'])
    """
    text = answer.strip()
    if text.startswith("{"):
        return [_decision(one) for one in _records(text)]
    rows = [row for row in csv.reader(StringIO(text, newline="")) if row]
    if rows and rows[0][0] == "predicted":
        rows = rows[1:]
    if not rows:
        raise DataError("a captured reply is empty; expected decisions")
    return [row[0] for row in rows]


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


def _record(line: str) -> Mapping[str, Any]:
    try:
        record = parse_json(line)
        _ = (
            record["captureData"]["endpointOutput"]["data"],
            record["eventMetadata"]["inferenceTime"],
        )
    except NotJsonError as error:
        raise DataError(f"a line is no JSON: {error}") from error
    except (KeyError, TypeError):
        raise DataError(
            "a line is no captured request with its reply; expected captureData.endpointOutput.data and "
            "eventMetadata.inferenceTime (deploy with --capture captures both)"
        ) from None
    return dict(record)


def _content(output: Mapping[str, Any]) -> str:
    data = str(output["data"])
    return base64.b64decode(data).decode() if output.get("encoding") == "BASE64" else data


def _records(text: str) -> Iterator[Any]:
    try:
        whole = parse_json(text)
    except NotJsonError:
        yield from (_parsed(line) for line in text.splitlines() if line.strip())
        return
    yield from whole["predictions"] if isinstance(whole.get("predictions"), list) else [whole]


def _parsed(line: str) -> Any:
    try:
        return parse_json(line)
    except NotJsonError as error:
        raise DataError(f"a captured reply is none of this framework's: {error}") from error


def _decision(record: Any) -> str:
    if not isinstance(record, dict) or "decision" not in record:
        raise DataError('a captured reply has no "decision"; is it of this framework\'s image?')
    return str(record["decision"])
