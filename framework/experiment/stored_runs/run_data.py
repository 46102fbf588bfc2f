"""What a run folder holds, as arrays: what the report is made from. Needs no TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.config.repeating_command import run_command
from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import expected_costs
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.prevalence import Mix
from framework.core.errors import ArtifactError
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.references import savings
from framework.core.json_fields import Fields
from framework.core.uncertainty.intervals import Interval
from framework.core.words import money, quoted
from framework.experiment.choosing.candidates import Role
from framework.experiment.results import display

RIGHT, WRONG, REFERRED = 0, 1, 2


@dataclass(frozen=True, eq=False)
class ModelData:
    """One model on the n test cases; dollars: negative = a loss.

    ``metrics`` is its entry in metrics.json; ``confusion_matrix`` and ``cell_dollars`` are (N, M),
    rows the truth, dollars weighted to the shares that are judged at; ``outcomes`` (n,) are RIGHT, WRONG or
    REFERRED (of actions the cheapest for a truth is RIGHT, any dearer one WRONG). ``probabilities``
    (n, N) are those it decides by, ``stated`` (n, N) the calibrated ones that dollars are expected by.
    """

    name: str
    metrics: Mapping[str, Any]
    probabilities: FloatArray
    stated: FloatArray
    decisions: IntArray
    outcomes: IntArray
    case_dollars: FloatArray
    confusion_matrix: IntArray
    cell_dollars: FloatArray
    size: int

    @property
    def dollars_per_case(self) -> float:
        return float(self.metrics["dollars_per_case"])

    @property
    def rule(self) -> str:
        return str(self.metrics["decision_rule"])

    @property
    def trials(self) -> list[Mapping[str, Any]]:
        """What validation tried: the strategy that is used, then the others, most dollars first."""
        tried = self.metrics["validation"].get("trials", [])
        return sorted(tried, key=lambda trial: bool(trial["strategy"] != self.metrics["strategy"]))


@dataclass(frozen=True, eq=False, repr=False)
class RunData:
    """What a run folder holds. ``labels`` are the classes, ``decision_labels`` what may be decided.

    ``matrix`` judged; ``deciding`` is as much of it as is known when a case is decided.
    ``columns`` are those of the test cases that the costs depend on, ``groups`` (n,) the ids of
    what belongs together. ``swept`` is what a sweep of the prevalence has written.
    """

    config: Mapping[str, Any]
    metrics: Mapping[str, Any]
    matrix: CostMatrix
    deciding: CostMatrix
    labels: tuple[str, ...]
    decision_labels: tuple[str, ...]
    cases: tuple[str, ...]
    y_true: IntArray
    columns: Mapping[str, FloatArray]
    groups: NDArray[Any] | None
    models: tuple[ModelData, ...]
    swept: Mapping[str, Any] | None = None

    @property
    def binary(self) -> bool:
        return len(self.labels) == 2

    @property
    def observations(self) -> int:
        """Test cases, or groups of them: what figures are means of."""
        return self.judged.observations

    @property
    def served(self) -> ModelData:
        """The model that is loaded and served, chosen on validation."""
        return self.model(self.metrics["served"]["model"])

    @property
    def baseline(self) -> ModelData:
        """The model trained as if all mistakes cost the same, which takes the likeliest class."""
        return next(model for model in self.models if model.metrics["role"] == Role.BASELINE)

    def served_or(self, name: str | None, where: Path) -> ModelData:
        """The model called ``name`` of the run in ``where``; without one, that which is served.

        Raises
        ------
        ArtifactError
            When there is none of that name.
        """
        if name is None:
            return self.served
        names = [one.name for one in self.models]
        if name not in names:
            raise ArtifactError(
                f"{where} has no model {quoted(name)}; expected one of {', '.join(names)}"
            )
        return self.model(name)

    def model(self, name: str) -> ModelData:
        return next(model for model in self.models if model.name == name)

    @cached_property
    def costs(self) -> FloatArray:
        """Dollars (N, M), positive = bad; (n, N, M) where they depend on the case."""
        return self.matrix.dollar_costs(self.columns)

    @cached_property
    def judged(self) -> JudgedCases:
        """The test part, as what figures are means of."""
        mix = self.mix
        target, totals = (None, None) if mix is None else (mix.target, mix.tested)
        return JudgedCases.of_part(self.y_true, self.costs, self.groups, target, totals)

    @cached_property
    def mix(self) -> Mix | None:
        """The shares of the classes; None in folders of old."""
        return mix_of(self.metrics, self.labels)

    @property
    def is_moved(self) -> bool:
        """Whether figures are about a population of other shares of the classes than the data's."""
        return self.mix is not None and self.mix.target is not None

    @property
    def tested(self) -> IntArray:
        """Cases of each class (N,) in the whole test part, of which a stream's run holds some."""
        if self.mix is None or self.mix.tested is None:
            return np.bincount(self.y_true, minlength=len(self.labels))
        return self.mix.tested

    @property
    def summed(self) -> Mapping[str, Any] | None:
        """What was summed over the whole test part of a stream; None if nothing was."""
        part: Mapping[str, Any] = self.metrics.get("test_part", {})
        return part.get("summed")

    @property
    def label_groups(self) -> Mapping[str, Sequence[str]]:
        """Groups of classes that the matrix's rules name; {} in folders of old."""
        groups: Mapping[str, Sequence[str]] = self.metrics.get("label_groups", {})
        return groups

    @cached_property
    def known(self) -> FloatArray:
        """The same as far as it is known when a case is decided: what is expected goes by it."""
        return self.deciding.dollar_costs(self.columns)

    def expected_dollars(self, model: ModelData) -> FloatArray:
        """What every decision was to bring (n, M), going by the model's calibrated probabilities."""
        return -expected_costs(model.stated, self.known)

    @property
    def not_excluded(self) -> str | None:
        """What cannot be excluded of the served model, where no dear mistake of it was seen."""
        metrics, dollars = self.served.metrics, self.served.case_dollars
        low, high = metrics["dollars_per_case_interval"] or (None, None)
        interval = Interval(float(metrics["dollars_per_case"]), low, high, None, len(dollars))
        return self.judged.not_excluded(interval, dollars, money)

    @property
    def constant(self) -> float:
        return float(self.metrics["bounds"]["constant_dollars_per_case"])

    @property
    def oracle(self) -> float:
        return float(self.metrics["bounds"]["oracle_dollars_per_case"])

    def savings(self, dollars_per_case: float) -> float | None:
        """Share of the way from the best constant decision to the oracle; None without a way."""
        return savings(dollars_per_case, self.constant, self.oracle)

    def command(self, **changes: Any) -> str:
        """``fw run`` with every setting of this run but for the ``changes``."""
        return run_command({**self.config, **changes})

    @property
    def given_in_python(self) -> list[str]:
        """Matrices without a file: the command cannot name them."""
        origins = self.metrics["cost_matrices"]
        return [name for name, origin in origins.items() if origin == "given in Python"]

    def __repr__(self) -> str:
        return display.run_text("RunData", self.metrics, self.matrix.money)

    def _repr_html_(self) -> str:
        return display.run_html(self.metrics, self.matrix.money)


def mix_of(
    metrics: Mapping[str, Any], labels: tuple[str, ...], where: str | Path = "the prevalence"
) -> Mix | None:
    """The shares of the classes that ``metrics`` tell of; None where they tell of none."""
    mix = Mix.from_json(metrics.get("prevalence"), labels, where)
    if mix is None or "test_part" not in metrics:
        return mix
    counts = Fields(metrics["test_part"], where).numbers("class_counts", len(labels))
    return replace(mix, tested=np.array(counts, np.int64))
