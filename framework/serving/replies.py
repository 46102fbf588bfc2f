"""Answers in the form that the client accepts."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import TYPE_CHECKING

from framework.serving.bodies import CSV, JSON, JSON_LINES

if TYPE_CHECKING:
    from framework.inference.answers import Answers

TYPES = (JSON, JSON_LINES, CSV)


def negotiated(accept: str) -> str | None:
    """The best of TYPES by an Accept header (RFC 9110); the first where anything goes."""
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

    best = max(TYPES, key=quality_of)
    return best if quality_of(best) > 0 else None


def encoded(answers: Answers, media: str, cost_matrix: str, header: bool, model: str) -> bytes:
    """``answers`` as one of TYPES; ``cost_matrix`` names the one that they go by, ``model`` the version
    that gave them.
    """
    if media == CSV:
        out = StringIO()
        writer = csv.writer(out, lineterminator="\n")
        if header:
            writer.writerow(answers.header)
        writer.writerows(answers.rows())
        return out.getvalue().encode()
    # Line by line, so that another thread may run in between: encoding holds the interpreter.
    lines = [json.dumps(record) for record in answers.records()]
    if media == JSON_LINES:
        return ("\n".join(lines) + "\n").encode()
    names = f'"model": {json.dumps(model)}, "cost_matrix": {json.dumps(cost_matrix)}'
    return f'{{{names}, "predictions": [{", ".join(lines)}]}}'.encode()
