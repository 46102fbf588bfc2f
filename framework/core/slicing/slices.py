"""What slices of the cases cost: figures of each, what is called a gap, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from framework.core.shown import listed
from framework.core.uncertainty.intervals import Interval
from framework.core.words import money, percent, plural, quoted

NAMED = 5  # columns, in a sentence
Word = Literal["dearer", "cheaper", "less than stated", "more than stated"]


@dataclass(frozen=True)
class Tested:
    """A gap in dollars per case: its interval, its p-value, that among all looks, and what it is called.

    ``word`` is None where chance explains it; p-values are where there were too few observations.
    """

    gap: Interval
    chance: float | None = None
    among_all: float | None = None
    word: Word | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "dollars_per_case": self.gap.mean,
            "interval": self.gap.to_json(),
            "chance": self.chance,
            "chance_among_all_looks": self.among_all,
            "gap": self.word,
        }


@dataclass(frozen=True)
class ErrorCell:
    """A kind of mistake in a slice: truth and decision by number, cases, share and dollars per case."""

    truth: int
    decision: int
    cases: int
    share: Interval
    dollars_per_case: float


@dataclass(frozen=True, eq=False)
class SliceFigures:
    """One slice; dollars per case of it, negative = a loss.

    ``against_others`` is None of a slice that is all cases, ``stated`` and ``calibration`` without
    probabilities.
    """

    by: str
    level: str
    cases: int
    observations: int
    share: float
    dollars: Interval
    mistakes: Interval
    saved: Interval
    savings: float | None
    referred: Interval
    cells: tuple[ErrorCell, ...]
    against_others: Tested | None
    stated: Tested | None
    calibration: Interval | None

    @property
    def name(self) -> str:
        return f"{self.by}: {self.level}"

    def to_json(self, labels: Sequence[str], decisions: Sequence[str]) -> dict[str, Any]:
        """Plain values; ``labels`` (N,) and ``decisions`` (M,) name the cells."""
        against, stated, calibration = self.against_others, self.stated, self.calibration
        return {
            "slice": self.by,
            "level": self.level,
            "cases": self.cases,
            "observations": self.observations,
            "share": self.share,
            **_told("dollars_per_case", self.dollars),
            **_told("mistakes_dollars_per_case", self.mistakes),
            "against_others": against and against.to_json(),
            **_told("saved_dollars_per_case", self.saved),
            "savings": self.savings,
            **_told("referred", self.referred),
            "came_less_stated": stated and stated.to_json(),
            **({} if calibration is None else _told("calibration_error", calibration)),
            "mistakes": [
                {
                    "truth": labels[cell.truth],
                    "decision": decisions[cell.decision],
                    "cases": cell.cases,
                    **_told("share", cell.share),
                    "dollars_per_case": cell.dollars_per_case,
                }
                for cell in self.cells
            ],
        }


@dataclass(frozen=True, eq=False)
class Sliced:
    """Figures of all slices, and how many tests were made."""

    figures: tuple[SliceFigures, ...]
    looks: int

    def to_json(self, labels: Sequence[str], decisions: Sequence[str]) -> dict[str, Any]:
        """Plain values, as in metrics.json."""
        told = [of.to_json(labels, decisions) for of in self.figures]
        return {"looks": self.looks, "figures": told}


def _told(name: str, of: Interval) -> dict[str, Any]:
    return {name: of.mean, f"{name}_interval": of.to_json()}


def found_in_words(sliced: Mapping[str, Any]) -> Iterator[str]:
    """Of what ``Sliced.to_json`` tells, what chance does not explain, the dearest first."""
    told, key = sliced["figures"], "against_others"
    gaps = [one for one in told if one[key] and one[key]["gap"]]
    for one in sorted(gaps, key=lambda one: one[key]["dollars_per_case"]):
        by, lost = one[key]["dollars_per_case"], -one["mistakes_dollars_per_case"]
        yield (
            f"Slice {name_of(one)}: mistakes cost {money(lost)} a case ({plural(one['cases'], 'case')}), "
            f"{money(abs(by))} {'more' if by < 0 else 'less'} than in the others"
        )
    for one in told:
        came = one["came_less_stated"]
        if came and came["gap"]:
            by = came["dollars_per_case"]
            yield (
                f"Slice {name_of(one)}: {money(abs(by))} a case {'less' if by < 0 else 'more'} came than was "
                "stated; its stated amounts cannot be relied on"
            )
    yield _looks_in_words(told, sliced["looks"], len(gaps))


def _looks_in_words(told: Sequence[Mapping[str, Any]], looks: int, gaps: int) -> str:
    """How often was looked, and what that means for what was found."""
    names = list(dict.fromkeys(one["slice"] for one in told))
    shown = listed(names) if len(names) <= NAMED else f"{len(names):,} columns"
    what = "no gap" if not gaps else plural(gaps, "gap")
    return (
        f"Slices by {shown}: {what} between them beyond chance ({plural(looks, 'look')}; with "
        f"{percent(0.95, 0)} confidence none that is called a gap is due to chance)"
    )


def name_of(one: Mapping[str, Any]) -> str:
    """A slice by its column and level."""
    return f"{one['slice']} {quoted(one['level'])}"
