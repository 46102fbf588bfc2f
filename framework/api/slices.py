"""``slices``: any model's answers judged by slice of the cases, and which gaps chance does not explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.case_costs import expected_costs
from framework.core.cases.group_split import group_ids
from framework.core.cases.table import Table
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.prevalence import moved
from framework.core.errors import DataError
from framework.core.evaluation.case_columns import case_columns
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.judging import judge, population_of
from framework.core.evaluation.outcomes import (
    are_probabilities,
    labels_of,
    positions,
    probabilities_of,
)
from framework.core.slicing.levels import sliced
from framework.core.slicing.slice_figures import Decided, figures_of_slices
from framework.core.slicing.slices import Sliced, found_in_words
from framework.core.words import currency


@dataclass(frozen=True, eq=False)
class SlicedEvaluation:
    """What ``slices`` found: ``sliced`` has the figures of every slice; ``found`` says it in sentences."""

    sliced: Sliced
    cost_matrix: CostMatrix

    @property
    def found(self) -> list[str]:
        """The gaps that chance does not explain, dearest first, and how often was looked."""
        with currency(*self.cost_matrix.money):
            return list(found_in_words(self.to_json()))

    def to_json(self) -> dict[str, Any]:
        """Plain values, as ``fw slices --json`` prints them."""
        return self.sliced.to_json(self.cost_matrix.labels, self.cost_matrix.decision_labels)

    def __repr__(self) -> str:
        return "\n".join(self.found)


def slices(
    y_true: Any,
    answers: Any,
    by: Any,
    wanted: str | Sequence[str] = (),
    *,
    cost_matrix: Any,
    labels: Sequence[Any] | None = None,
    columns: Any = None,
    groups: Any = None,
    prevalence: Mapping[str, float] | None = None,
) -> SlicedEvaluation:
    """Judge a model's probabilities or decisions by slice of the cases, in dollars.

    Parameters
    ----------
    y_true, answers
        As in ``evaluate``.
    by : data frame or mapping of name to array (n,)
        Columns whose levels are slices: text, numbers (cut at their quarters), dates.
    wanted : str or sequence of str
        ``"age:30,50"`` cuts, ``"sex x age"`` crosses, ``"auto"`` is every column that tells cases apart
        (default: every column).
    cost_matrix, labels, columns, groups, prevalence
        As in ``evaluate``.

    Returns
    -------
    SlicedEvaluation

    Raises
    ------
    ConfigError
        For a column that there is not.
    DataError
        For columns that are not as long as the truths.

    Notes
    -----
    All that is called a gap is right with 95 % confidence, together (Holm 1979): see
    ``framework.core.slicing.slice_figures``, and docs/slices.md for how often it is in simulations.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> region = np.repeat(["north", "south"], 500)
    >>> y = np.where(rng.random(1000) < np.where(region == "north", 0.05, 0.25), "fraud", "ok")
    >>> costs = {"ok": {"fraud": 10}, "fraud": {"ok": 200}}
    >>> found = slices(y, np.full(1000, "ok"), {"region": region}, cost_matrix=costs)
    >>> [(of.level, of.against_others.word) for of in found.sliced.figures]
    [('north', 'cheaper'), ('south', 'dearer')]
    """
    judged = judge(
        y_true,
        answers,
        cost_matrix,
        labels=labels,
        columns=columns,
        groups=groups,
        prevalence=prevalence,
    )
    matrix, n = judged.matrix, judged.n
    found = labels_of(cost_matrix, y_true) if labels is None else list(labels)
    truths = positions(y_true, matrix.labels, "y_true")
    known = case_columns(matrix.columns, n, columns)
    ids = None if groups is None else group_ids(groups, n)
    cases = JudgedCases(truths, matrix.dollar_costs(known), ids, judged.target)
    stated = p = None
    if are_probabilities(answers):
        p = probabilities_of(answers, found)
        sample, target = population_of(prevalence, matrix, truths)
        p = p if target is None else moved(p, sample, target)
        deciding = matrix.for_decisions(truths, known).dollar_costs(known)
        stated = 0.0 - expected_costs(p, deciding)[np.arange(n), judged.decisions]
    referral = None if matrix.refer is None else len(matrix.acts)
    table = Table.of_frame(by) if hasattr(by, "columns") else Table.of_objects(by)
    if len(table) != n:
        raise DataError(f"by: expected a value for each of {n} cases, received {len(table)}")
    wishes = [wanted] if isinstance(wanted, str) else list(wanted) or list(table.names)
    slicing = sliced(wishes, table.columns)
    decided = Decided(judged.decisions, referral, stated, p)
    figures = figures_of_slices(cases, decided, slicing, judged.bounds.constant_decision)
    return SlicedEvaluation(figures, matrix)
