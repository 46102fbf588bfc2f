"""Messages between the server and the process that decides: a JSON header, then bytes as they are."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

Blob = bytes | bytearray
LARGE = 2**16  # bytes that are not copied into one part with the rest
PREFIX = struct.Struct(">IQ")  # bytes of the header, bytes of all that follows it


@dataclass(frozen=True)
class Question:
    """One POST /invocations: its body, how it and the answer are written, and its ``id``."""

    content_type: str
    parameters: dict[str, str]
    media: str
    body: Blob
    id: str = ""


@dataclass(frozen=True)
class Answer:
    """What becomes of one question: a body with status 200, or a sentence with another.

    ``rows``, ``counts`` (cases by decision), ``dollars`` (their expected sum) and ``used`` (of each limit how
    much was used, and how much there was) are for the metrics,
    ``traceback`` is for the log; ``record`` are lines for the file of decisions.
    """

    status: int
    body: bytes = b""
    error: str = ""
    rows: int = 0
    counts: dict[str, int] | None = None
    dollars: float = 0.0
    used: dict[str, list[float]] | None = None
    traceback: str = ""
    record: bytes = b""


def asked(questions: Sequence[Question]) -> list[Blob]:
    """Questions as one message, in parts."""
    heads = [
        {"content_type": q.content_type, "parameters": q.parameters, "media": q.media, "id": q.id}
        for q in questions
    ]
    return message(heads, [q.body for q in questions])


def questions_of(header: Sequence[dict[str, Any]], bodies: Sequence[bytes]) -> list[Question]:
    """What ``asked`` has put into a message."""
    return [Question(**head, body=body) for head, body in zip(header, bodies, strict=True)]


def answered(answers: Sequence[Answer]) -> list[Blob]:
    """Answers as one message, in parts."""
    heads = [{**asdict(answer), "body": None, "record": None} for answer in answers]
    return message(heads, [part for answer in answers for part in (answer.body, answer.record)])


def answers_of(header: Sequence[dict[str, Any]], bodies: Sequence[bytes]) -> list[Answer]:
    """What ``answered`` has put into a message."""
    return [
        Answer(**{**head, "body": body, "record": record})
        for head, body, record in zip(header, bodies[::2], bodies[1::2], strict=True)
    ]


def message(content: Any, blobs: Sequence[Blob] = ()) -> list[Blob]:
    """``content``, as JSON has it, and blobs: in parts to be sent, large ones as they are."""
    sizes = [len(blob) for blob in blobs]
    header = json.dumps([content, sizes]).encode()
    start = PREFIX.pack(len(header), sum(sizes)) + header
    if sum(sizes) <= LARGE:
        return [b"".join([start, *blobs])]
    return [start, *blobs]


def taken_apart(header: bytes, rest: bytes | memoryview) -> tuple[Any, list[bytes]]:
    """The content and the blobs of a message whose prefix has been read."""
    content, sizes = json.loads(header)
    blobs, start = [], 0
    for size in sizes:
        blobs.append(bytes(rest[start : start + size]))
        start += size
    return content, blobs


def read(file: BinaryIO) -> tuple[Any, list[bytes]] | None:
    """The next message of a file; None at its end."""
    prefix = file.read(PREFIX.size)
    if len(prefix) < PREFIX.size:
        return None
    header, rest = PREFIX.unpack(prefix)
    return taken_apart(file.read(header), file.read(rest))
