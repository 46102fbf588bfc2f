"""What SageMaker captures of an endpoint (see ``framework.core.monitoring.data_capture``), as decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from framework.core.monitoring.data_capture import ID, captured_request, number


def captured(told: Mapping[str, Any], labels: Sequence[str]) -> list[dict[str, Any]]:
    """The decisions of one line, as fw serve would have written them; none of another's answers.

    A case is called by its own "id", else by the request's inference id or event id, with a number behind
    it where the request had several.
    """
    one = captured_request(told)
    if one is None:
        return []
    answers = _answers(one.reply, labels)
    n = len(answers)
    ids = one.ids(n, one.inference_id or one.event_id)
    found: list[dict[str, Any]] = []
    for answer, case, name in zip(answers, one.cases(n), ids, strict=True):
        raw = {key: value for key, value in case.items() if key != ID}
        numbers = {key: known for key, of in raw.items() if (known := number(of)) is not None}
        found.append(
            {
                "id": name,
                "time": one.time,
                "columns": numbers,
                "raw": raw or None,
                **({"own_costs": True} if one.has_own_costs else {}),
                **answer,
            }
        )
    return found


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
        numbers = [number(row[place]) if place < len(row) else None for place in places]
        if None in numbers:
            return []
        found.append({"decision": row[0], "probabilities": dict(zip(labels, numbers, strict=True))})
    return found
