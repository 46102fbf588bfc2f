"""What decisions cost each slice of the cases, and which gaps between slices chance does not explain.

Of each slice: dollars per case, those lost to mistakes (above a perfect oracle), what is saved over the best
constant decision, referrals, dollars that came less those that were stated, and the calibration error, each
with the intervals of all other figures (``judged_cases.py``). Two questions are tested (``chance.py``): do
mistakes cost its cases more, or less, than all others; did other dollars come than were stated? All tests of
all slices are one family (Holm 1979, ``multiple_comparisons.py``): with the level that is stated, none of
the gaps that are called so is due to chance, however the slices overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from framework.core.arrays import BoolArray, FloatArray, IntArray
from framework.core.case_costs import case_costs
from framework.core.evaluation.calibration_error import calibration_error, looked_at
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.references import constant_dollars, oracle_dollars, savings
from framework.core.slicing.levels import Levels
from framework.core.slicing.slice_part import Part
from framework.core.slicing.slices import ErrorCell, Sliced, SliceFigures, Tested, Word
from framework.core.uncertainty.chance import chance
from framework.core.uncertainty.intervals import (
    FEWEST,
    Interval,
    interval_of,
    reach_of_truths,
    support,
    support_of_truths,
)
from framework.core.uncertainty.multiple_comparisons import holm
from framework.core.uncertainty.sampled_mean import SampledMean

DEAREST = 3  # kinds of mistakes that are told of each slice


@dataclass(frozen=True, eq=False)
class Decided:
    """What was decided on n cases.

    ``referral`` is the decision that refers to a person, None where there is none; ``stated`` (n,)
    are the dollars that were to come, by ``probabilities`` (n, N); both None without probabilities.
    """

    decisions: IntArray
    referral: int | None = None
    stated: FloatArray | None = None
    probabilities: FloatArray | None = None


def figures_of_slices(
    cases: JudgedCases,
    decided: Decided,
    slicing: Sequence[Levels],
    constant: int,
    level: float = 0.95,
) -> Sliced:
    """Figures of every slice, in the order of ``slicing``.

    Parameters
    ----------
    cases : JudgedCases
        Those that judge; a group is one observation, the prevalence counts.
    decided : Decided
    slicing : sequence of Levels
        Each of all the cases.
    constant : int
        The decision that savings are over.
    level : float
        Of intervals, each for itself, and of all that is called a gap together.
    """
    judge = _Judge(cases, decided, constant, level)
    named = [(levels.by, name) for levels in slicing for name in levels.names]
    parts = _parts(cases, slicing)
    tested, looks = _tested(parts, [judge.samples(part) for part in parts], level)
    figures = (
        judge.figures(by, name, part, *of_slice)
        for (by, name), part, of_slice in zip(named, parts, tested, strict=True)
    )
    return Sliced(tuple(figures), looks)


def gaps_of_slices(
    cases: JudgedCases, decided: Decided, slicing: Sequence[Levels], level: float = 0.95
) -> list[tuple[Tested | None, Tested | None]]:
    """The tests of every slice alone: mistakes against the others', and what came less what was stated."""
    judge = _Judge(cases, decided, 0, level)
    parts = _parts(cases, slicing)
    return _tested(parts, [judge.samples(part) for part in parts], level)[0]


def _parts(cases: JudgedCases, slicing: Sequence[Levels]) -> list[Part]:
    return [Part(cases, levels.of(k)) for levels in slicing for k in range(len(levels.names))]


class _Judge:
    """Values of all cases, of which each slice has its means."""

    def __init__(self, cases: JudgedCases, decided: Decided, constant: int, level: float) -> None:
        self.cases, self.decided, self.level = cases, decided, level
        y, costs = cases.y, cases.costs
        self.came = 0.0 - case_costs(y, decided.decisions, costs)
        self.oracle = oracle_dollars(y, costs)
        self.mistakes = self.came - self.oracle
        self.always = constant_dollars(y, costs, constant)
        self.reach = reach_of_truths(costs)
        self.ends = support_of_truths(costs)
        self.one = np.ones(len(self.reach))
        self.looked_at: tuple[FloatArray, BoolArray] | None = None
        if decided.probabilities is not None:
            self.looked_at = looked_at(decided.probabilities, y)

    def samples(self, part: Part) -> tuple[SampledMean | None, SampledMean | None]:
        """What is tested."""
        return self._less_others(part), self._came_less_stated(part)

    def _less_others(self, part: Part) -> SampledMean | None:
        others = Part(self.cases, ~part.inside)
        if not others.inside.any():
            return None
        return part.less_others(others, self.mistakes, -self.reach, 0.0 * self.reach)

    def _came_less_stated(self, part: Part) -> SampledMean | None:
        if self.decided.stated is None:
            return None
        low, high = support(self.cases.costs)
        most = (high - low) * self.one
        return part.sampled(self.came - self.decided.stated, -most, most)

    def figures(
        self, by: str, name: str, part: Part, against: Tested | None, stated: Tested | None
    ) -> SliceFigures:
        referral = self.decided.referral
        is_referred = (self.decided.decisions == referral) & (referral is not None)
        means = [part.mean(of) for of in (self.came, self.always, self.oracle)]
        calibration = None
        if self.looked_at is not None:
            p, happened = self.looked_at
            inside = part.inside
            calibration = calibration_error(
                p[inside], happened[inside], part.weights, part.groups, self.level
            )
        return SliceFigures(
            by=by,
            level=name,
            cases=int(part.inside.sum()),
            observations=part.observations,
            share=part.share,
            dollars=self._interval(part, self.came, *self.ends),
            mistakes=self._interval(part, self.mistakes, -self.reach, 0.0 * self.reach),
            saved=self._interval(part, self.came - self.always, -self.reach, self.reach),
            savings=savings(*means),
            referred=self._share(part, is_referred),
            cells=tuple(self._cells(part)),
            against_others=against,
            stated=stated,
            calibration=calibration,
        )

    def _interval(
        self, part: Part, values: FloatArray, lows: FloatArray, highs: FloatArray
    ) -> Interval:
        return interval_of(part.sampled(values, lows, highs), self.level)

    def _share(self, part: Part, of: BoolArray) -> Interval:
        """Of the cases ``of`` (n,) which something holds, among those of the slice."""
        found = self._interval(part, of.astype(np.float64), 0 * self.one, self.one)
        if found.low is None or found.high is None:
            return found
        return replace(found, low=max(found.low, 0.0), high=min(found.high, 1.0))

    def _cells(self, part: Part) -> list[ErrorCell]:
        """The dearest kinds of mistakes of the slice."""
        y, decisions = self.cases.y, self.decided.decisions
        width = self.cases.costs.shape[-1]
        wrong = part.inside & (self.mistakes < 0)
        found = []
        for cell in np.unique(y[wrong] * width + decisions[wrong]):
            made = wrong & (y * width + decisions == cell)
            found.append((part.mean(made * self.mistakes), int(cell), made))
        return [
            ErrorCell(
                cell // width,
                cell % width,
                int(made.sum()),
                self._share(part, made),
                dollars,
            )
            for dollars, cell, made in sorted(found, key=lambda one: one[0])[:DEAREST]
        ]


def _tested(
    parts: Sequence[Part],
    samples: Sequence[tuple[SampledMean | None, SampledMean | None]],
    level: float,
) -> tuple[list[tuple[Tested | None, Tested | None]], int]:
    """Of each slice, both questions, and how many looks that was; what is asked twice is one look."""
    chances: dict[tuple[int, bytes], float] = {}
    keys = []
    for part, of_slice in zip(parts, samples, strict=True):
        inside = part.inside
        asked = (inside if inside[0] else ~inside).tobytes(), inside.tobytes()
        enough = part.observations >= FEWEST, part.observations >= FEWEST
        if of_slice[0] is not None:
            enough = enough[0] and of_slice[0].n >= FEWEST, enough[1]
        keys.append([(kind, mask) if enough[kind] else None for kind, mask in enumerate(asked)])
        for key, sample in zip(keys[-1], of_slice, strict=True):
            if key is not None and sample is not None and key not in chances:
                chances[key] = chance(sample)
    among_all = dict(zip(chances, holm(list(chances.values())), strict=True))
    words: tuple[tuple[Word, Word], ...] = (
        ("dearer", "cheaper"),
        ("less than stated", "more than stated"),
    )
    found = [
        tuple(
            None if sample is None else _of_sample(sample, key, chances, among_all, word, level)
            for sample, key, word in zip(of_slice, of_keys, words, strict=True)
        )
        for of_slice, of_keys in zip(samples, keys, strict=True)
    ]
    return [(first, second) for first, second in found], len(chances)


def _of_sample(
    sample: SampledMean,
    key: tuple[int, bytes] | None,
    chances: dict[tuple[int, bytes], float],
    among_all: dict[tuple[int, bytes], float],
    words: tuple[Word, Word],
    level: float,
) -> Tested:
    gap = interval_of(sample, level)
    if key is None:
        return Tested(gap)
    told = words[int(sample.mean > 0)] if among_all[key] <= 1 - level else None
    return Tested(gap, chances[key], among_all[key], told)
