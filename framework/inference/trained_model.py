"""Using a trained model again: probabilities, decisions and what each decision is expected to cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.cost_matrix import CostMatrix
from framework.core.decision import expected_costs, minimum_expected_cost
from framework.core.errors import ArtifactError, DataError, PluginError
from framework.core.frames import is_frame
from framework.data.reading import from_frame
from framework.inference import artifact
from framework.inference.artifact import Artifact, Decision
from framework.inference.folders import find_model
from framework.plugins import checks
from framework.plugins.registry import Registry
from framework.plugins.specs import DecisionRuleSpec

LEAST_COST = "least expected cost"
_WORDS = {"minimum_expected_cost": LEAST_COST, "argmax": "most probable class"}


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says to n cases: decisions, probabilities, dollars (negative = a loss).

    Parameters
    ----------
    labels, decision_labels : tuple of str
        The N classes; the M possible decisions, which may end in "refer".
    decisions : array (n,)
        Indices into ``decision_labels``, by the rule that ``decided_by`` puts into words.
    probabilities : array (n, N)
        Stated: calibrated to mean what they say, where a calibration was fitted. A rule other than
        least expected cost may have decided by others.
    expected_dollars : array (n, M)
        Of every possible decision, by the stated probabilities.
    """

    labels: tuple[str, ...]
    decision_labels: tuple[str, ...]
    decisions: np.ndarray
    probabilities: np.ndarray
    expected_dollars: np.ndarray
    decided_by: str

    def __len__(self) -> int:
        return len(self.decisions)

    @property
    def dollars(self) -> np.ndarray:
        """Expected dollars (n,) of the decisions that were taken."""
        return self.expected_dollars[np.arange(len(self)), self.decisions]

    @property
    def margins(self) -> np.ndarray:
        """Expected dollars (n,) of the decision taken less those of the best other one.

        How close the call was; below 0 where the rule decided for what is stated to be dearer.
        """
        others = self.expected_dollars.copy()
        others[np.arange(len(self)), self.decisions] = -np.inf
        margins: np.ndarray = self.dollars - others.max(axis=1)
        return margins

    @property
    def cheaper(self) -> list[str | None]:
        """The decision (n) that is stated to be cheaper than the one taken, or None."""
        best = self.expected_dollars.argmax(axis=1)
        return [
            self.decision_labels[other] if margin < 0 else None
            for other, margin in zip(best.tolist(), self.margins.tolist(), strict=True)
        ]

    def records(self) -> Iterator[dict[str, Any]]:
        """One plain dictionary per case."""
        for decision, p, dollars, margin, cheaper in self._columns():
            yield {
                "decision": self.decision_labels[decision],
                "probabilities": dict(zip(self.labels, p, strict=True)),
                "expected_dollars": dict(zip(self.decision_labels, dollars, strict=True)),
                "margin_dollars": margin,
                "decided_by": self.decided_by,
                "cheaper_by_stated_dollars": cheaper,
            }

    @property
    def header(self) -> list[str]:
        """Names of the columns of ``rows``."""
        return [
            "predicted",
            *(f"p({label})" for label in self.labels),
            *(f"expected_dollars({decision})" for decision in self.decision_labels),
            "margin_dollars",
            "decided_by",
            "cheaper_by_stated_dollars",
        ]

    def rows(self) -> Iterator[list[Any]]:
        """The same as ``records``, as rows of a table."""
        for decision, p, dollars, margin, cheaper in self._columns():
            decided = self.decision_labels[decision]
            yield [decided, *p, *dollars, margin, self.decided_by, cheaper]

    def _columns(self) -> Iterator[tuple[int, list[float], list[float], float, str | None]]:
        columns = (self.decisions, self.probabilities, self.expected_dollars, self.margins)
        return zip(*(column.tolist() for column in columns), self.cheaper, strict=True)


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A model from a run folder, ready for use.

    Examples
    --------
    >>> model = load("runs/breast_cancer-20260101-120000")       # doctest: +SKIP
    >>> model.predict(X)                                         # doctest: +SKIP
    array(['benign', 'malignant'], dtype='<U9')
    """

    artifact: Artifact
    rule: DecisionRuleSpec

    @property
    def labels(self) -> tuple[str, ...]:
        return self.artifact.signature.labels

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probabilities (n, N) that the rule decides by; see ``cases`` for ``X``."""
        return self.artifact.predict_proba(self.cases(X))

    def stated_proba(self, X: Any) -> np.ndarray:
        """Probabilities (n, N) that mean what they say, as far as calibration goes."""
        return self.artifact.stated_proba(self.cases(X))

    @property
    def decisions(self) -> tuple[str, ...]:
        """What may be decided: the labels, and "refer" where the matrix prices it."""
        return self.artifact.cost_matrix.decision_labels

    def decide(
        self, probabilities: np.ndarray, columns: Mapping[str, np.ndarray] | None = None
    ) -> np.ndarray:
        """Indices of decisions (n,) by the rule the model was evaluated with.

        ``columns`` are the data columns (n,) that the costs depend on, if they do.
        """
        costs = self.artifact.cost_matrix.dollar_costs(columns)
        return self._decide(probabilities, costs)

    def predict(self, X: Any, columns: Mapping[str, np.ndarray] | None = None) -> np.ndarray:
        """Names of the decisions (n,); costs find their columns in ``X`` or in ``columns``."""
        columns = self._all_columns(X, columns)
        return np.array(self.decisions)[self.decide(self.predict_proba(X), columns)]

    def answer(
        self,
        X: Any,
        columns: Mapping[str, np.ndarray] | None = None,
        matrix: CostMatrix | None = None,
    ) -> Answers:
        """Decisions with probabilities and dollars, for raw features ``X`` (see ``cases``).

        With a ``matrix``, its labels in the model's order, the decision is the one of least
        expected cost under it; without, by the rule and the matrix the model was evaluated with.
        Costs find their columns in ``X``, or in ``columns``, which are meant where both are there.

        Raises
        ------
        DataError, CostMatrixError
            When ``X`` does not fit the model, or a column the costs depend on is missing.
        """
        used, decision = matrix or self.artifact.cost_matrix, self.artifact.decision
        raw = self.artifact.raw_proba(self.cases(X))
        stated = decision.reporting(raw)
        costs = used.dollar_costs(self._all_columns(X, columns, used))
        if matrix is None:
            decisions, by = self._decide(decision.calibration(raw), costs), decided_by(decision)
        else:
            decisions, by = minimum_expected_cost(stated, costs), LEAST_COST
        dollars = 0.0 - expected_costs(stated, costs)
        return Answers(self.labels, used.decision_labels, decisions, stated, dollars, by)

    def cases(self, X: Any) -> np.ndarray:
        """The features (n, ...) of ``X`` in the model's order.

        Columns of a data frame (anything with ``columns``) go by name: their order does not matter
        and further ones are left out. Columns of an array go by position.

        Raises
        ------
        DataError
            When a frame lacks a feature.
        """
        if is_frame(X):
            return from_frame(X, self.artifact.signature.feature_names).X
        return np.asarray(X)

    def columns(self, X: Any, matrix: CostMatrix | None = None) -> dict[str, np.ndarray]:
        """Those columns of ``X`` that the costs of ``matrix`` (default: the model's) depend on.

        Of an array, those that are features; of a data frame, any.
        """
        names = self.artifact.signature.feature_names
        wanted = (matrix or self.artifact.cost_matrix).columns
        if is_frame(X):
            table = from_frame(X, names, wanted)
            return {name: table.columns[name] for name in wanted if name in table.columns}
        return {name: np.asarray(X)[:, names.index(name)] for name in wanted if name in names}

    def _all_columns(
        self,
        X: Any,
        given: Mapping[str, np.ndarray] | None,
        matrix: CostMatrix | None = None,
    ) -> dict[str, np.ndarray]:
        """Columns of ``X``, or ``given`` apart: these are meant where both are there."""
        found = {**self.columns(X, matrix), **(given or {})}
        for name, values in found.items():
            if np.shape(values) != (len(X),) or not np.isfinite(values).all():
                raise DataError(f'"{name}": expected {len(X)} finite numbers, one per case')
        return found

    def _decide(self, probabilities: np.ndarray, costs: np.ndarray) -> np.ndarray:
        parameters = self.artifact.decision.parameters
        return checks.decided(self.rule, probabilities, costs, parameters)


def decided_by(decision: Decision) -> str:
    """A decision rule in the words of a reply.

    Examples
    --------
    >>> decided_by(Decision("threshold", {"threshold": 0.2}))
    'threshold 0.2'
    """
    name = _WORDS.get(decision.rule, decision.rule.replace("_", " "))
    return " ".join([name, *(f"{value:.4g}" for value in decision.parameters.values())])


def load(
    folder: str | Path, model: str | None = None, registry: Registry | None = None
) -> TrainedModel:
    """Load a model from a run folder (the served one, or the one called ``model``) or a model folder.

    Raises
    ------
    ArtifactError
        When the folder is not one, is incomplete, or its decision rule is not installed.
    """
    loaded = artifact.load(find_model(Path(folder), model))
    try:
        rule = (registry or Registry()).decision_rule(loaded.decision.rule)
    except PluginError as error:
        raise ArtifactError(f"{folder}: {error}") from error
    return TrainedModel(loaded, rule)
