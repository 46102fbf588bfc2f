"""Decisions as they were logged: the lines of fw serve, or what SageMaker captured of an endpoint."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from framework.core.errors import DataError
from framework.core.json_text import NotJsonError, parse_json
from framework.core.monitoring.data_capture import CAPTURE
from framework.core.plain_numbers import finite
from framework.core.shown import short
from framework.core.words import plural
from framework.studies.monitoring.capture import captured

SUFFIXES = (".jsonl", ".json", ".ndjson")
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, eq=False)
class Decision:
    """One case as it was decided; ``day`` in days since 1970 (UTC), ``inputs`` raw ones, if they are told."""

    id: str
    day: float
    decision: str
    probabilities: Mapping[str, float]
    columns: Mapping[str, float] = field(default_factory=dict)
    rule: str | None = None
    odds: Mapping[str, float] | None = None
    model: str = ""
    own_costs: bool = False
    inputs: Mapping[str, Any] | None = None


@dataclass(frozen=True, eq=False)
class Decisions:
    """Each case once, by the order they were decided in, and what was left out.

    ``broken`` lines are those that a server which was killed, or a full disk, has left half written;
    ``repeated`` ids came more than once: the last is taken.
    """

    cases: tuple[Decision, ...]
    broken: int
    repeated: int
    unread: int = 0

    def notes(self) -> list[str]:
        told = []
        if self.broken:
            was = "was broken, and is" if self.broken == 1 else "were broken, and are"
            told.append(f"{plural(self.broken, 'line')} of the decisions {was} left out")
        if self.repeated:
            told.append(
                f"{plural(self.repeated, 'decision')} came again under its id: the last is taken"
            )
        if self.unread:
            told.append(
                f"{plural(self.unread, 'captured answer')} told no decisions (an error, or another "
                "server's)"
            )
        return told


def read_decisions(path: Path, labels: Sequence[str]) -> Decisions:
    """Those in a file, or in all files of a folder and its folders; ``labels`` are the model's.

    Raises
    ------
    DataError
        When there are none, or a line that is whole is no decision.
    """
    files = sorted(one for one in path.rglob("*") if _is_log(one)) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise DataError(
            f"{path}: expected a file of decisions, as fw serve --decisions or SageMaker's data capture "
            "writes it, or a folder of them"
        )
    found: dict[str, Decision] = {}
    broken = repeated = unread = 0
    for file in files:
        for number, told in _lines(file):
            if told is None:
                broken += 1
                continue
            is_capture = isinstance(told, dict) and CAPTURE in told
            told_by_it = captured(told, labels) if is_capture else [told]
            unread += is_capture and not told_by_it
            for one in told_by_it:
                decision = _decision(one, f"{file}, line {number}")
                repeated += decision.id in found
                before = found.get(decision.id)
                if before is None or before.day <= decision.day:
                    found[decision.id] = decision
    if not found:
        raise DataError(f"{path}: there are no decisions in it")
    in_order = tuple(sorted(found.values(), key=lambda one: one.day))
    return Decisions(in_order, broken, repeated, unread)


def _is_log(path: Path) -> bool:
    return path.is_file() and path.suffix in SUFFIXES and not path.name.startswith(".")


def _lines(file: Path) -> Iterator[tuple[int, Any]]:
    """The number of each line that is not empty, and what it holds: None where it is broken."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield number, parse_json(line)
            except NotJsonError:
                yield number, None


def _decision(told: Any, where: str) -> Decision:
    def refuse(key: str, expected: str) -> Any:
        received = told.get(key) if isinstance(told, dict) else told
        raise DataError(f'{where}, "{key}": expected {expected}, received {short(received)}')

    if not isinstance(told, dict):
        raise DataError(f"{where}: expected a decision, an object, received {short(told)}")
    for key in ("id", "decision"):
        if not isinstance(told.get(key), str):
            refuse(key, "text")
    for key in ("probabilities", "columns", "odds"):
        given = told.get(key, {} if key != "probabilities" else None)
        if not isinstance(given, dict) or any(finite(value) is None for value in given.values()):
            refuse(key, "an object of numbers")
    day = day_of(told.get("time"))
    return Decision(
        told["id"],
        refuse("time", "a time as 2026-01-31T12:30:00Z") if day is None else day,
        told["decision"],
        told["probabilities"],
        told.get("columns", {}),
        told.get("rule_decision"),
        told.get("odds"),
        str(told.get("model", "")),
        told.get("own_costs") is True,
        told.get("raw"),
    )


def day_of(text: Any) -> float | None:
    """A time in ISO 8601 as days since 1970, without a zone in UTC; None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return (moment - EPOCH) / dt.timedelta(days=1)
