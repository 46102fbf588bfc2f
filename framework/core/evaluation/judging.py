"""Any model's decisions or probabilities, judged by a cost matrix: what `evaluate` found out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import case_costs, expected_costs
from framework.core.cases.group_split import group_ids
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.prevalence import check_judged, moved, shares, target_shares
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.errors import ConfigError, DataError
from framework.core.evaluation.case_columns import case_columns
from framework.core.evaluation.evaluation import Evaluation, evaluate
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.outcomes import (
    are_probabilities,
    decided,
    labels_of,
    positions,
    probabilities_of,
)
from framework.core.evaluation.references import Bounds, constant_dollars
from framework.core.labels import label_name
from framework.core.uncertainty.intervals import Difference, Interval


@dataclass(frozen=True, eq=False)
class Stated:
    """What probabilities promised of their decisions, per case, and what came less that."""

    dollars_per_case: float
    gap: Interval


@dataclass(frozen=True, eq=False, repr=False)
class Judgement:
    """How decisions on n cases turned out, and beside what. Dollars: negative = a loss.

    ``matrix`` is in the order of the labels, ``decisions`` (n,) index its ``decision_labels``.
    ``outcome`` holds counts and dollars of every cell; ``bounds`` the decision that, made for all of
    these cases alike, costs least, and a perfect oracle; ``saved`` is what is saved over the former.
    ``stated`` is None where there were no probabilities. ``target`` (N,) are the shares of the classes
    in the population that figures are about, None for those of these cases.
    """

    matrix: CostMatrix
    decisions: IntArray
    outcome: Evaluation
    interval: Interval
    bounds: Bounds
    saved: Difference
    stated: Stated | None
    target: FloatArray | None = None

    @property
    def n(self) -> int:
        return len(self.decisions)

    @property
    def dollars_per_case(self) -> float:
        return self.outcome.dollars_per_case

    @property
    def accuracy(self) -> float | None:
        return self.outcome.accuracy

    @property
    def constant(self) -> str:
        """The decision of the ``bounds``."""
        return self.matrix.decision_labels[self.bounds.constant_decision]

    @property
    def savings(self) -> float | None:
        """Share of the way from the best constant decision (0) to the oracle (1)."""
        return self.bounds.savings(self.dollars_per_case)

    def mistakes(self) -> list[tuple[str, str, int, float]]:
        """Truth, decision, cases and dollars of each kind of mistake that was made, dearest first."""
        made = np.where(self.matrix.right_decisions, 0, self.outcome.confusion_matrix)
        cells = [(int(i), int(j)) for i, j in np.argwhere(made > 0)]
        told = [
            (
                self.matrix.labels[i],
                self.matrix.decision_labels[j],
                int(made[i, j]),
                float(self.outcome.cell_dollars[i, j]) + 0.0,
            )
            for i, j in cells
        ]
        return sorted(told, key=lambda mistake: mistake[3])

    def to_json(self) -> dict[str, Any]:
        """Plain values, named as in a run's metrics.json."""
        outcome = self.outcome
        names = ("truth", "decision", "cases", "dollars")
        data: dict[str, Any] = {
            "n": self.n,
            "cost_matrix": self.matrix.name,
            "currency": self.matrix.currency,
            "prevalence": None
            if self.target is None
            else dict(zip(self.matrix.labels, self.target.tolist(), strict=True)),
            "labels": list(self.matrix.labels),
            "actions": list(self.matrix.actions),
            "decisions": list(self.matrix.decision_labels),
            "dollars_per_case": self.dollars_per_case,
            "dollars_per_case_interval": self.interval.to_json(),
            "dollars_total": outcome.dollars_total,
            "bounds": {
                "constant_decision": self.constant,
                "constant": self.bounds.constant,
                "oracle": self.bounds.oracle,
            },
            "savings": self.savings,
            "saved_against_constant": self.saved.to_json(),
            "accuracy": outcome.accuracy,
            "auc": outcome.auc,
            "referred": outcome.referred,
            "confusion_matrix": outcome.confusion_matrix.tolist(),
            "cell_dollars": (outcome.cell_dollars + 0.0).tolist(),
            "per_class": {name: asdict(found) for name, found in outcome.per_class.items()},
            "mistakes": [dict(zip(names, told, strict=True)) for told in self.mistakes()],
        }
        if self.stated is not None:
            data["stated_dollars_per_case"] = self.stated.dollars_per_case
            data["stated_gap_interval"] = self.stated.gap.to_json()
        return data


def population_of(
    prevalence: Mapping[Any, float] | None, matrix: CostMatrix, truths: IntArray
) -> tuple[FloatArray, FloatArray | None]:
    """The shares (N,) of the classes among ``truths`` (n,), and in the population that is meant: those of
    ``prevalence``, else of the matrix; None where neither says."""
    sample, named = shares(truths, matrix.n_classes), prevalence or matrix.prevalence
    if not named:
        return sample, None
    if not isinstance(named, Mapping):
        raise ConfigError(f"prevalence: expected a mapping of labels to shares, received {named!r}")
    named = {label_name(label): of for label, of in named.items()}
    target = target_shares(named, matrix.labels, sample)
    check_judged(named, matrix.labels, truths)
    return sample, target


def judge(
    y_true: Any,
    answers: Any,
    cost_matrix: Any,
    *,
    labels: Sequence[Any] | None = None,
    columns: Any = None,
    groups: Any = None,
    prevalence: Mapping[str, float] | None = None,
) -> Judgement:
    """Judge ``answers`` on cases with truths ``y_true`` (n,); see ``framework.evaluate``."""
    n, given = len(y_true), answers
    if n == 0 or len(given) != n:
        raise DataError(f"expected an answer for each truth: received {n} and {len(given)}")
    found = labels_of(cost_matrix, y_true) if labels is None else list(labels)
    matrix = CostMatrix.of(cost_matrix, found)
    truths = positions(y_true, matrix.labels, "y_true")
    known = case_columns(matrix.columns, n, columns)
    costs = matrix.dollar_costs(known)
    sample, target = population_of(prevalence, matrix, truths)
    probabilities = None
    if are_probabilities(given):
        probabilities = probabilities_of(given, found)
        if target is not None:
            probabilities = moved(probabilities, sample, target)
        deciding = matrix.for_decisions(truths, known).dollar_costs(known)
        decisions = minimum_expected_cost(probabilities, deciding)
    else:
        decisions = decided(given, matrix, costs, "decisions")
    ids = None if groups is None else group_ids(groups, n)
    cases = JudgedCases(truths, costs, ids, target)
    came = 0.0 - case_costs(truths, decisions, costs)
    stated = None
    if probabilities is not None:
        said = 0.0 - expected_costs(probabilities, deciding)[np.arange(n), decisions]
        stated = Stated(cases.mean(said), cases.gap(came, said))
    bounds = Bounds.of(cases, cases)
    always = constant_dollars(truths, costs, bounds.constant_decision)
    return Judgement(
        matrix=matrix,
        decisions=decisions,
        outcome=evaluate(truths, decisions, matrix, probabilities, known, target),
        interval=cases.interval(came),
        bounds=bounds,
        saved=cases.difference(came, always),
        stated=stated,
        target=target,
    )
