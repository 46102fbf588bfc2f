"""Models of several runs under one judge: what each brought, and how sure the differences are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.prevalence import shares_in_words, untested
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.references import savings
from framework.core.uncertainty.intervals import Difference, Interval
from framework.core.uncertainty.multiple_comparisons import level_of_best, of_best
from framework.core.words import money, plural, quoted


@dataclass(frozen=True, eq=False)
class TestPart:
    """Cases that one or more runs were tested on, their costs, and what bounds any model on them.

    ``costs`` are dollars (N, M), or (n, N, M); ``groups`` (n,) what belongs together, ``target`` (N,)
    the shares of the classes that figures are about, None for those of the cases, or of the ``totals``
    (N,) of each class that these are drawn from.
    ``constant_dollars`` and ``oracle_dollars`` (n,) are those of the constant decision that was
    best on the run's training part, and of the best decision for every case; negative = a loss.
    """

    cases: tuple[str, ...]
    y_true: IntArray
    costs: FloatArray
    groups: NDArray[Any] | None
    target: FloatArray | None
    totals: IntArray | None
    constant: str
    constant_dollars: FloatArray
    oracle_dollars: FloatArray

    @cached_property
    def judged(self) -> JudgedCases:
        """What figures are means of."""
        return JudgedCases.of_part(self.y_true, self.costs, self.groups, self.target, self.totals)

    @property
    def constant_mean(self) -> float:
        return self.judged.mean(self.constant_dollars)

    @property
    def oracle_mean(self) -> float:
        return self.judged.mean(self.oracle_dollars)


@dataclass(frozen=True, eq=False)
class ComparedModel:
    """One model: where it comes from, and how its decisions fare under the common judge.

    ``best_of`` is how many it was found to be the best of on the very cases that judge it; its
    intervals and probabilities know of that.
    """

    name: str
    runs: tuple[str, ...]
    part: TestPart
    decisions: IntArray
    counts: IntArray
    case_dollars: FloatArray
    accuracy: float | None
    auc: float | None
    best_of: int = 1

    @property
    def label(self) -> str:
        return f"{self.name} ({', '.join(self.runs)})"

    @cached_property
    def interval(self) -> Interval:
        return self.part.judged.interval(self.case_dollars, level_of_best(self.best_of))

    @property
    def dollars_per_case(self) -> float:
        return self.part.judged.mean(self.case_dollars)

    @cached_property
    def saved(self) -> Difference:
        """Against the constant decision, on the same cases."""
        part, level = self.part, level_of_best(self.best_of)
        saved = part.judged.difference(self.case_dollars, part.constant_dollars, level)
        return of_best(saved, self.best_of)

    @property
    def not_excluded(self) -> str | None:
        """What cannot be excluded, where no dear mistake of the model was seen."""
        return self.part.judged.not_excluded(self.interval, self.case_dollars, money)

    @property
    def savings(self) -> float | None:
        """Share of the way from the constant decision to the oracle."""
        return savings(self.dollars_per_case, self.part.constant_mean, self.part.oracle_mean)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Models of several runs, those that lost least first, and the matrix that judged them all.

    ``one_population``: all runs decided for the shares that figures are about. The first model was
    found on the very cases that judge it: its intervals, and those of what the others lose against it,
    know of the choice among all.
    """

    dataset: str
    judge: CostMatrix
    models: tuple[ComparedModel, ...]
    parts: tuple[TestPart, ...]
    one_population: bool = True

    @property
    def cheapest(self) -> ComparedModel:
        return self.models[0]

    @property
    def verdict(self) -> str:
        """Which model lost least, or that none of them is better than no model at all."""
        best = self.cheapest
        saved = best.saved.interval
        if saved.mean < 0:
            sure = saved.high is not None and saved.high < 0
            beats = "beats" if sure else "is shown to beat"
            return f"No model {beats} always deciding {quoted(best.part.constant)}"
        n = plural(len(best.part.cases), "case")
        if len(self.parts) > 1:
            return f"{quoted(best.name)} lost least, on its own {n}"
        return f"{quoted(best.name)} lost least on these {n}"

    @property
    def statement(self) -> str:
        """What differences rest on, and the shares of the classes that figures are about."""
        return f"{self._paired}{self._population}"

    @property
    def _population(self) -> str:
        target = self.parts[0].target
        if target is None:
            if self.one_population:
                return ""
            return f" Figures are at the shares of the test cases.{self._decided_for}"
        told = shares_in_words(dict(zip(self.judge.labels, target.tolist(), strict=True)))
        counts = [np.bincount(part.y_true, minlength=len(target)) for part in self.parts]
        missing = untested(target, self.judge.labels, np.min(counts, axis=0))
        left_out = "" if missing is None else f"; {missing}"
        return f" Figures are at the prevalence {told}{left_out}.{self._decided_for}"

    @property
    def _decided_for(self) -> str:
        alike = "Decisions are those that the runs made."
        return (
            f" {alike}"
            if self.one_population
            else f" {alike} The runs were meant for other shares."
        )

    @property
    def _paired(self) -> str:
        if len(self.parts) == 1:
            n = len(self.parts[0].cases)
            return f"All models decided the same {n:,} test cases: differences are paired."
        common = set.intersection(*(set(part.cases) for part in self.parts))
        return (
            f"The runs were tested on {len(self.parts)} different test parts, which share "
            f"{len(common):,} cases. Differences between models of different parts are NOT paired: "
            "part of each is that some cases are easier than others."
        )

    def difference(self, first: ComparedModel, second: ComparedModel) -> Difference:
        """First minus second (positive: the first is cheaper); paired where they share the cases."""
        if self.models.index(first) > self.models.index(second):
            return self.difference(second, first).reversed()
        best_of = max(1, len(self.models) - 1) if first is self.cheapest else 1
        level = level_of_best(best_of)
        one, other = first.part, second.part
        if one is other:
            told = one.judged.difference(first.case_dollars, second.case_dollars, level)
        else:
            told = one.judged.unpaired(first.case_dollars, other.judged, second.case_dollars, level)
        return of_best(told, best_of)

    def to_json(self) -> dict[str, Any]:
        """What ``fw compare --json`` prints."""
        return {
            "dataset": self.dataset,
            "evaluation_matrix": self.judge.name,
            "prevalence": None
            if self.parts[0].target is None
            else dict(zip(self.judge.labels, self.parts[0].target.tolist(), strict=True)),
            "decisions": list(self.judge.decision_labels),
            "actions": list(self.judge.actions),
            "paired": len(self.parts) == 1,
            "statement": self.statement,
            "cheapest": self.cheapest.label,
            "best_of": self.cheapest.best_of,
            "models": [_model(model, self.parts) for model in self.models],
            "test_parts": [
                {
                    "n_test": len(part.cases),
                    "constant_decision": part.constant,
                    "constant_dollars_per_case": part.constant_mean,
                    "oracle_dollars_per_case": part.oracle_mean,
                }
                for part in self.parts
            ],
            "differences": [
                {
                    "first": first.label,
                    "second": second.label,
                    "paired": first.part is second.part,
                    **self.difference(first, second).to_json(),
                }
                for k, first in enumerate(self.models)
                for second in self.models[k + 1 :]
            ],
        }


def _model(model: ComparedModel, parts: Sequence[TestPart]) -> dict[str, Any]:
    return {
        "name": model.label,
        "model": model.name,
        "runs": list(model.runs),
        "test_part": next(k for k, part in enumerate(parts) if part is model.part),
        "dollars_per_case": model.dollars_per_case,
        "interval": model.interval.to_json(),
        "saved_against_constant": model.saved.to_json(),
        "savings": model.savings,
        "accuracy": model.accuracy,
        "auc": model.auc,
        "confusion_matrix": model.counts.tolist(),
    }
