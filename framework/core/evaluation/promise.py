"""A promise: at most so many dollars lost a case, with a stated confidence; and what keeps it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from framework.core.decisions.decision import ALWAYS, NEVER
from framework.core.errors import ArtifactError, ConfigError
from framework.core.files import read_json
from framework.core.json_fields import Fields
from framework.core.shown import listed
from framework.core.words import money, percent, plural

Method = Literal["gaffke", "betting"]
_WRITTEN = re.compile(
    r"^\s*(?P<most>[-+]?[\d.,]+(e[-+]?\d+)?)\s*(@\s*(?P<level>[\d.]+)\s*(?P<percent>%)?\s*)?$"
)


@dataclass(frozen=True)
class Promise:
    """At most ``most`` dollars lost a case, broken with a probability of ``1 - confidence`` at most."""

    most: float
    confidence: float = 0.95

    @classmethod
    def of(cls, text: str | float | Promise) -> Promise:
        """What ``"12000@0.95"`` means, or a number of dollars.

        Examples
        --------
        >>> Promise.of("12000@0.95"), Promise.of("2.5 @ 99%").confidence
        (Promise(most=12000.0, confidence=0.95), 0.99)
        """
        if isinstance(text, Promise):
            return text
        found = _WRITTEN.match(str(text))
        try:
            if found is None:
                raise ValueError
            most = float(found["most"].replace(",", ""))
            level = float(found["level"] or 0.95) / (100 if found["percent"] else 1)
        except ValueError:
            raise ConfigError(
                f"promise {text!r}: expected dollars a case, and how sure: 12000@0.95"
            ) from None
        if not 0.5 <= level < 1 or not np.isfinite(most):
            raise ConfigError(
                f"promise {text!r}: expected a confidence from 0.5 to below 1 behind the @"
            )
        return cls(most, level)

    def __str__(self) -> str:
        return f"{self.most:.10g}@{self.confidence:g}"


@dataclass(frozen=True)
class Step:
    """One threshold: the share that is referred, dollars lost a case on these cases, and their limit."""

    refer_above: float | None
    referred: float
    lost: float
    limit: float


@dataclass(frozen=True, eq=False)
class Certificate:
    """Whether a promise can be kept, and by which policy; dollars are lost ones, positive = bad.

    Parameters
    ----------
    promise : Promise
    n : int
        Observations: cases, or groups of them.
    kept : bool
    refer_above : float or None
        Referred is what would cost more than a referral by so many expected dollars; None: nothing is.
        Of a promise that is not kept, that of the cheapest policy.
    refers_all : bool
        No policy that decides was found to keep it, but referring every case does.
    steps : tuple of Step
        What was tested, in order; the last one failed, unless all were passed.
    smallest : float
        The lowest promise that could be kept with this confidence.
    method : str
    """

    promise: Promise
    n: int
    kept: bool
    refer_above: float | None
    refers_all: bool
    steps: tuple[Step, ...]
    smallest: float
    method: Method

    @classmethod
    def from_json(cls, data: Any, where: str | Path = "the certificate") -> Certificate:
        """What ``to_json`` told, and ``where`` holds.

        Raises
        ------
        ArtifactError
            Naming the key that is missing or of another kind.
        """
        told = Fields(data, where)
        steps = tuple(
            Step(
                _threshold(step),
                step.number("referred"),
                0.0 - step.number("dollars_per_case"),
                0.0 - step.number("limit_dollars_per_case"),
            )
            for step in told.objects("steps")
        )
        promise, method = told.fields("promise"), told.text("method")
        if method not in get_args(Method):
            told.refuse("method", " or ".join(get_args(Method)), method)
        return cls(
            promise=Promise(promise.number("lost_at_most"), promise.number("confidence")),
            n=told.whole("n"),
            kept=told.yes_or_no("kept"),
            refer_above=_threshold(told),
            refers_all=told.yes_or_no("refers_all"),
            steps=steps,
            smallest=told.number("smallest_promise"),
            method=method,  # type: ignore[arg-type]
        )

    @property
    def rule(self) -> str:
        """The policy in the words of a reply."""
        return promised(self.threshold)

    @property
    def threshold(self) -> float:
        """Dollars above a referral's cost from which on a case is referred: ALWAYS, NEVER or an amount."""
        if self.refers_all:
            return ALWAYS
        return NEVER if self.refer_above is None else self.refer_above

    @property
    def step(self) -> Step:
        """That of the policy that is used."""
        return next(step for step in self.steps if step.refer_above == self.refer_above)

    @property
    def referred(self) -> float:
        """The share of the cases that are referred."""
        return 1.0 if self.refers_all else self.step.referred

    def sentences(self) -> list[str]:
        """What a manager asks, in order."""
        most, sure = money(self.promise.most), percent(self.promise.confidence, 0)
        first, used = self.steps[0], self.step
        if self.refers_all:
            return [
                f"a loss of at most {most} a case is kept by referring every case; that another policy keeps "
                f"it, {plural(self.n, 'case')} cannot show with {sure} confidence"
            ]
        if not self.kept:
            return [
                f"a loss of at most {most} a case cannot be promised with {sure} confidence: the cheapest "
                f"policy lost {money(first.lost)} a case on {plural(self.n, 'case')}, and up to "
                f"{money(first.limit)} cannot be excluded",
                f"the smallest promise that can be kept is {money(self.smallest)}",
            ]
        who = (
            "no case is referred"
            if self.refer_above is None
            else (
                f"referred are {percent(used.referred)} of the cases, those whose decision is expected to "
                f"cost over {money(self.refer_above)} more than a referral"
            )
        )
        return [
            f"a loss of at most {most} a case is kept with {sure} confidence; it was {money(used.lost)} on "
            f"{plural(self.n, 'case')}, and up to {money(used.limit)} cannot be excluded",
            f"{who}; the cheapest policy would refer {percent(first.referred)} and lose "
            f"{money(first.lost)} a case",
        ]

    def to_json(self) -> dict[str, Any]:
        """Plain values; dollars of policies are negative = a loss, as everywhere."""
        return {
            "promise": {"lost_at_most": self.promise.most, "confidence": self.promise.confidence},
            "kept": self.kept,
            "refers_all": self.refers_all,
            "refer_above_dollars": self.refer_above,
            "referred": self.referred,
            "smallest_promise": self.smallest,
            "n": self.n,
            "method": self.method,
            "steps": [
                {
                    "refer_above_dollars": step.refer_above,
                    "referred": step.referred,
                    "dollars_per_case": 0.0 - step.lost,
                    "limit_dollars_per_case": 0.0 - step.limit,
                }
                for step in self.steps
            ],
        }


def promised(refer_above: float) -> str:
    """What decides a case so that a promise is kept, in the words of a reply."""
    if refer_above <= ALWAYS:
        return "promise: every case is referred"
    if refer_above >= NEVER:
        return "promise: least expected cost, never referred"
    return f"promise: least expected cost, referred where that is dearer by {refer_above:.4g}"


def _threshold(told: Fields) -> float | None:
    key = "refer_above_dollars"
    return told.number(key) if key in told else None


def read_certificate(file: Path, decisions: Sequence[str]) -> Certificate:
    """What ``fw certify --out`` wrote, for a model of these ``decisions``.

    Raises
    ------
    ConfigError
        When the file is none, is for other decisions, or its promise is not kept.
    """
    told = read_json(file)
    try:
        found = Certificate.from_json(told, file)
        certified = Fields(told, file).names("decisions")
    except ArtifactError as error:
        raise ConfigError(f"{error}; expected what fw certify --out writes") from error
    if certified != tuple(decisions):
        raise ConfigError(
            f"{file}: it is for the decisions {listed(certified)}; the model's are {listed(decisions)}"
        )
    if not found.kept:
        raise ConfigError(f"{file}: {found.sentences()[0]}")
    return found
