"""Deciders beside each other: what each lost on the cases it decided, and which of them is cheaper.

Where two have decided the same cases (a shadow, two answers to one file), their difference is paired;
where each case went to one of them (shares of a traffic), it is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import case_costs
from framework.core.cases.group_split import group_ids
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import DataError
from framework.core.evaluation.case_columns import case_columns
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.outcomes import decided, positions
from framework.core.uncertainty.intervals import FEWEST, Difference, Interval
from framework.core.uncertainty.multiple_comparisons import level_of_best, of_best
from framework.core.words import currency, in_brackets, money, plural, quoted

ENOUGH_SHARED = 0.5  # of the smaller one's cases: then two deciders are compared on shared ones


@dataclass(frozen=True, eq=False)
class Known:
    """What has become of cases: their ids (n,), labels (n,), columns that costs depend on, and groups."""

    ids: Sequence[str] | NDArray[Any]
    truths: Sequence[str] | NDArray[Any]
    columns: Any = None
    groups: Any = None


@dataclass(frozen=True, eq=False)
class Decider:
    """Who decided, and what it came to on the cases whose outcome is known. Dollars: negative = a loss.

    ``rows`` (n,) are the cases among those of ``Known``, ``dollars`` (n,) what its decisions brought;
    ``decided`` counts all its decisions, with an outcome or without.
    """

    name: str
    decided: int
    rows: IntArray
    cases: JudgedCases
    dollars: FloatArray

    @property
    def interval(self) -> Interval:
        """Of the mean dollars a case."""
        return self.cases.interval(self.dollars)


@dataclass(frozen=True, eq=False)
class Against:
    """A decider less the first one (positive: it is cheaper); ``shared`` cases, None of different ones."""

    saved: Difference
    shared: int | None


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Deciders, the first of which the others are compared with, and the matrix that judged them."""

    matrix: CostMatrix
    deciders: tuple[Decider, ...]
    against: tuple[Against, ...]

    @property
    def verdict(self) -> str:
        """Which one is cheaper, in a sentence; in the currency that ``words.currency`` sets."""
        first, *others = self.deciders
        found = list(zip(others, self.against, strict=True))
        best, ahead = max(found, key=lambda pair: pair[1].saved.interval.mean)
        sure = [pair for pair in found if (pair[1].saved.interval.ends or (0, 0))[0] > 0]
        if sure:
            best, ahead = max(sure, key=lambda pair: pair[1].saved.interval.mean)
            return f"{quoted(best.name)} is cheaper than {quoted(first.name)}: {_told(best, ahead)}"
        if all((one.saved.interval.ends or (0, 0))[1] < 0 for one in self.against):
            cheaper = "cheaper than" if len(others) == 1 else "the cheapest; nearest to it is"
            return f"{quoted(first.name)} is {cheaper} {quoted(best.name)}: {_told(best, ahead)}"
        return f"These cases cannot tell which is cheaper: {_told(best, ahead)}"

    def to_json(self) -> dict[str, Any]:
        """Plain values: what is shown, and nothing else."""
        total = sum(one.decided for one in self.deciders)
        with currency(*self.matrix.money):
            verdict = self.verdict
        return {
            "cost_matrix": self.matrix.name,
            "currency": self.matrix.currency,
            "deciders": [
                {
                    "name": one.name,
                    "decided": one.decided,
                    "share": one.decided / total,
                    "n": len(one.rows),
                    "dollars_per_case": one.interval.mean,
                    "dollars_per_case_interval": one.interval.to_json(),
                }
                for one in self.deciders
            ],
            "against_the_first": [
                {"name": one.name, "paired": ahead.shared is not None, "shared": ahead.shared}
                | ahead.saved.to_json()
                for one, ahead in zip(self.deciders[1:], self.against, strict=True)
            ],
            "verdict": verdict,
        }


def side_by_side(
    decisions: Mapping[str, Mapping[str, str]], known: Known, matrix: CostMatrix
) -> SideBySide:
    """Judge those who decided: name -> case id -> decision. The first is what others are held against.

    Cases without an outcome are left out; figures are of the cases as they came. Of several others,
    the intervals against the first hold together.

    Raises
    ------
    DataError
        When fewer than two have decided, an id has two outcomes, one decider has no case with an
        outcome, or a decision or label is none of the matrix's.
    """
    if len(decisions) < 2:
        names = ", ".join(decisions) or "nobody"
        raise DataError(f"a comparison takes two that have decided at least, received {names}")
    row_of = {one: row for row, one in enumerate(known.ids)}
    if len(row_of) < len(known.ids):
        twice = next(one for row, one in enumerate(known.ids) if row_of[one] != row)
        raise DataError(f'the case "{twice}" has two outcomes; expected one line for each id')
    truths = positions(known.truths, matrix.labels, "outcomes")
    columns = case_columns(matrix.columns, len(truths), known.columns)
    costs = matrix.dollar_costs(columns)
    groups = None if known.groups is None else group_ids(known.groups, len(truths))
    cases = JudgedCases(truths, costs, groups)
    deciders = tuple(_decider(name, of, row_of, cases, matrix) for name, of in decisions.items())
    first, *others = deciders
    level = level_of_best(len(others))
    against = tuple(_against(one, first, cases, level, len(others)) for one in others)
    return SideBySide(matrix, deciders, against)


def _decider(
    name: str,
    decisions: Mapping[str, str],
    row_of: Mapping[str, int],
    cases: JudgedCases,
    matrix: CostMatrix,
) -> Decider:
    found = sorted((row_of[one], one) for one in decisions if one in row_of)
    if not found:
        raise DataError(
            f'"{name}": no outcome has the id of one of its {plural(len(decisions), "decision")}; '
            "are these the ids that the requests were given?"
        )
    rows = np.array([row for row, _ in found], dtype=np.int64)
    own = _of(cases, rows)
    made = decided(
        [decisions[one] for _, one in found], matrix, own.costs, f'decisions of "{name}"'
    )
    return Decider(name, len(decisions), rows, own, 0.0 - case_costs(own.y, made, own.costs))


def _of(cases: JudgedCases, rows: IntArray) -> JudgedCases:
    costs = cases.costs if cases.costs.ndim == 2 else cases.costs[rows]
    return JudgedCases(cases.y[rows], costs, None if cases.groups is None else cases.groups[rows])


def _against(one: Decider, first: Decider, cases: JudgedCases, level: float, looks: int) -> Against:
    shared, at_one, at_first = np.intersect1d(one.rows, first.rows, return_indices=True)
    fewer = min(len(one.rows), len(first.rows))
    if len(shared) >= min(FEWEST, fewer) and len(shared) >= ENOUGH_SHARED * fewer:
        ours, theirs = one.dollars[at_one], first.dollars[at_first]
        found = _of(cases, shared).difference(ours, theirs, level)
        return Against(of_best(found, looks), len(shared))
    found = one.cases.unpaired(one.dollars, first.cases, first.dollars, level)
    return Against(of_best(found, looks), None)


def _told(one: Decider, ahead: Against) -> str:
    mean = ahead.saved.interval.mean
    what = f"saves {money(mean)}" if mean >= 0 else f"loses {money(-mean)} more"
    cases = (
        "different cases" if ahead.shared is None else f"the same {plural(ahead.shared, 'case')}"
    )
    return f"{quoted(one.name)} {what} a case {in_brackets(ahead.saved.interval.ends)}, on {cases}"
