"""What SageMaker's data capture holds: a line of JSON for each request that an endpoint has answered.

A line has ``captureData`` with ``endpointInput`` and ``endpointOutput``, each with ``data`` (a body),
``encoding`` (CSV, JSON or BASE64: of a type that the endpoint's configuration does not name) and
``observedContentType``; and ``eventMetadata`` with ``eventId``, ``inferenceTime``, and ``inferenceId`` where
the client gave one.
"""

from __future__ import annotations

import base64
import binascii
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from framework.core.json_text import NotJsonError, parse_json

CAPTURE = "captureData"
ID = "id"


@dataclass(frozen=True)
class CapturedRequest:
    """A request and its reply, as parsed JSON, a list of the lines of JSON lines, or the rows of CSV.

    A body that is none of these is None. ``inference_id`` is the client's, ``event_id`` SageMaker's; "" where
    there is none.
    """

    request: Any
    reply: Any
    time: Any
    inference_id: str
    event_id: str

    @property
    def has_own_costs(self) -> bool:
        return isinstance(self.request, dict) and self.request.get("cost_matrix") is not None

    def cases(self, n: int) -> list[Mapping[str, Any]]:
        """The ``n`` cases of the request by the names of their columns; empty where it names none."""
        found, _ = _cases(self.request)
        return found if len(found) == n else [{}] * n

    def ids(self, n: int, request_id: str) -> list[str]:
        """What the ``n`` cases are called: each one's own "id", else ``request_id``, with a number behind it
        where there are several; "" where there is neither."""
        _, ids = _cases(self.request)
        own = ids if len(ids) == n else [case.get(ID) for case in self.cases(n)]
        numbered = [f"{request_id}/{k}" if request_id and n > 1 else request_id for k in range(n)]
        return [name if of is None else str(of) for of, name in zip(own, numbered, strict=True)]


def captured_request(line: Any) -> CapturedRequest | None:
    """A parsed line of a capture; None where it is something else."""
    if not isinstance(line, dict):
        return None
    data, about = line.get(CAPTURE), line.get("eventMetadata")
    if not isinstance(data, dict) or not isinstance(about, dict):
        return None
    return CapturedRequest(
        _body(data.get("endpointInput")),
        _body(data.get("endpointOutput")),
        about.get("inferenceTime"),
        str(about.get("inferenceId") or ""),
        str(about.get("eventId") or ""),
    )


def number(value: Any) -> float | None:
    """A number, or text that is one; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _body(side: Any) -> Any:
    if not isinstance(side, dict) or not isinstance(side.get("data"), str):
        return None
    text = side["data"]
    if side.get("encoding") == "BASE64":
        try:
            text = base64.b64decode(text, validate=True).decode("utf-8-sig")
        except (binascii.Error, ValueError):
            return None  # a picture, say
    kind = str(side.get("observedContentType", "")).partition(";")[0].strip().lower()
    if kind == "text/csv" or (not kind and side.get("encoding") == "CSV"):
        return [row for row in csv.reader(StringIO(text, newline="")) if row]
    try:
        if kind == "application/jsonlines":
            return [parse_json(line) for line in text.splitlines() if line.strip()]
        return parse_json(text)
    except NotJsonError:
        return None


def _cases(body: Any) -> tuple[list[Mapping[str, Any]], Sequence[Any]]:
    """The cases of a request by names, where it names them, and their ids."""
    ids: Sequence[Any] = ()
    if isinstance(body, dict):
        ids = body["ids"] if isinstance(body.get("ids"), list) else ()
        body = body.get("instances")
    if not isinstance(body, list) or not body:
        return [], ids
    if all(isinstance(row, dict) for row in body):
        return body, ids
    header = body[0]
    is_named = all(isinstance(cell, str) and number(cell) is None for cell in header)
    if isinstance(header, list) and is_named and all(len(row) == len(header) for row in body):
        return [dict(zip(header, row, strict=True)) for row in body[1:]], ids
    return [{} for _ in body], ids
