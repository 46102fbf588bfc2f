"""What SageMaker captures of an endpoint, a line of JSON for each request, as decisions.

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
from io import StringIO
from typing import Any

from framework.core.json_text import NotJsonError, parse_json

CAPTURE = "captureData"
ID = "id"


def captured(told: Mapping[str, Any], labels: Sequence[str]) -> list[dict[str, Any]]:
    """The decisions of one line, as fw serve would have written them; none of another's answers.

    A case is called by its own "id", else by the request's inference id or event id, with a number behind
    it where the request had several.
    """
    data, about = told.get(CAPTURE), told.get("eventMetadata")
    if not isinstance(data, dict) or not isinstance(about, dict):
        return []
    answers = _answers(_body(data.get("endpointOutput")), labels)
    request = _body(data.get("endpointInput"))
    cases, ids = _cases(request)
    if len(cases) != len(answers):
        cases = [{}] * len(answers)
    request_id = str(about.get("inferenceId") or about.get("eventId") or "")
    own = isinstance(request, dict) and request.get("cost_matrix") is not None
    found: list[dict[str, Any]] = []
    for k, (answer, case) in enumerate(zip(answers, cases, strict=True)):
        name = request_id if len(answers) == 1 else f"{request_id}/{k}"
        given = ids[k] if len(ids) == len(answers) else case.get(ID)
        raw = {key: value for key, value in case.items() if key != ID}
        numbers = {key: number for key, of in raw.items() if (number := _number(of)) is not None}
        found.append(
            {
                "id": name if given is None else str(given),
                "time": about.get("inferenceTime"),
                "columns": numbers,
                "raw": raw or None,
                **({"own_costs": True} if own else {}),
                **answer,
            }
        )
    return found


def _body(side: Any) -> Any:
    """A body as parsed JSON, lines of it, or rows of CSV."""
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
        return [row for row in csv.reader(StringIO(text)) if row]
    try:
        if kind == "application/jsonlines":
            return [parse_json(line) for line in text.splitlines() if line.strip()]
        return parse_json(text)
    except NotJsonError:
        return None


def _answers(body: Any, labels: Sequence[str]) -> list[dict[str, Any]]:
    if isinstance(body, dict):
        told = {"model": body.get("model", "")}
        return [{**one, **told} for one in _of_json(body.get("predictions"))]
    if isinstance(body, list) and body and isinstance(body[0], list):
        return _of_csv(body, labels)
    return _of_json(body)


def _of_json(records: Any) -> list[dict[str, Any]]:
    wanted = ("decision", "probabilities")
    if not isinstance(records, list):
        return []
    told = [one for one in records if isinstance(one, dict) and all(key in one for key in wanted)]
    return [{key: one[key] for key in wanted} for one in told]


def _of_csv(rows: Sequence[Sequence[str]], labels: Sequence[str]) -> list[dict[str, Any]]:
    names = [f"p({label})" for label in labels]
    places = list(range(1, len(labels) + 1))
    if rows[0][0] == "predicted":
        header, rows = rows[0], rows[1:]
        if not set(names) <= set(header):
            return []
        places = [header.index(name) for name in names]
    found = []
    for row in rows:
        numbers = [_number(row[place]) if place < len(row) else None for place in places]
        if None in numbers:
            return []
        found.append({"decision": row[0], "probabilities": dict(zip(labels, numbers, strict=True))})
    return found


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
    is_named = all(isinstance(cell, str) and _number(cell) is None for cell in header)
    if isinstance(header, list) and is_named and all(len(row) == len(header) for row in body):
        return [dict(zip(header, row, strict=True)) for row in body[1:]], ids
    return [{} for _ in body], ids


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value)
    except ValueError:
        return None
