"""Answers in the form that the client accepts."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from framework.serving.media import ANSWERS, CSV, JSON, JSON_LINES, NPY

if TYPE_CHECKING:
    from framework.inference.answers import Answers


def negotiated(accept: str, default: str = JSON) -> str | None:
    """The best of ANSWERS by an Accept header (RFC 9110); the ``default`` where anything goes."""
    ranges: list[tuple[str, float]] = []
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            ranges.append((media, float(quality)))
        except ValueError:
            ranges.append((media, 0.0))
    if not accept.strip():
        ranges = [("*/*", 1.0)]

    def quality_of(media: str) -> float:
        # The most specific range decides: application/json before application/* before */*.
        for name in (media, f"{media.split('/')[0]}/*", "*/*"):
            for given, quality in ranges:
                if given == name:
                    return quality
        return 0.0

    best = max((default, *ANSWERS), key=quality_of)
    return best if quality_of(best) > 0 else None


def encoded(answers: Answers, media: str, cost_matrix: str, header: bool, model: str) -> bytes:
    """``answers`` as one of ANSWERS; ``cost_matrix`` names the one that they go by, ``model`` the version
    that gave them.
    """
    if media == CSV:
        return _csv(answers, header)
    if media == NPY:
        return _npy(answers)
    lines = (json.dumps(record) for part in _pieces(answers) for record in part.records())
    out = bytearray()
    if media == JSON_LINES:
        for line in lines:
            out += line.encode() + b"\n"
        return bytes(out)
    names = f'"model": {json.dumps(model)}, "cost_matrix": {json.dumps(cost_matrix)}'
    out += f'{{{names}, "predictions": ['.encode()
    for number, line in enumerate(lines):
        out += (b", " if number else b"") + line.encode()
    out += b"]}"
    return bytes(out)


def _csv(answers: Answers, header: bool) -> bytes:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if header:
        writer.writerow(answers.header)
    for part in _pieces(answers):
        writer.writerows(part.rows())
    return out.getvalue().encode()


def _npy(answers: Answers) -> bytes:
    """An array (n,) of records, which ``numpy.load`` takes; the order of labels is that of GET /."""
    import numpy as np

    n, labels = answers.probabilities.shape
    decisions = np.array(answers.decision_labels)
    fields = [
        ("decision", decisions.dtype),
        ("probabilities", np.float64, (labels,)),
        ("expected_dollars", np.float64, (len(decisions),)),
        ("margin_dollars", np.float64),
    ]
    records = np.empty(n, fields)
    records["decision"] = decisions[answers.decisions]
    records["probabilities"] = answers.probabilities
    records["expected_dollars"] = answers.expected_dollars
    records["margin_dollars"] = answers.margins
    out = BytesIO()
    np.save(out, records, allow_pickle=False)
    return out.getvalue()


def _pieces(answers: Answers) -> Iterator[Answers]:
    """A thousand cases at a time: as Python's numbers they take ten times the memory of arrays."""
    return (part_of(answers, slice(k, k + 1000)) for k in range(0, len(answers), 1000))


def part_of(answers: Answers, which: slice) -> Answers:
    """Those to some of the cases."""
    return replace(
        answers,
        decisions=answers.decisions[which],
        probabilities=answers.probabilities[which],
        expected_dollars=answers.expected_dollars[which],
        tried=None if answers.tried is None else answers.tried[which],
    )
