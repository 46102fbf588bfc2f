"""Using a trained model again: probabilities, decisions and what each decision is expected to cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework import run_folder
from framework.core import artifact
from framework.core.artifact import Artifact
from framework.core.cost_matrix import CostMatrix
from framework.core.decision import expected_costs, margins, minimum_expected_cost
from framework.errors import ArtifactError, PluginError
from framework.plugins.registry import Registry
from framework.plugins.specs import DecisionRuleSpec


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says to n cases: decisions, probabilities, dollars (negative = a loss).

    Parameters
    ----------
    labels, decision_labels : tuple of str
        The N classes; the M possible decisions, which may end in "refer".
    decisions : array (n,)
        Indices into ``decision_labels``.
    probabilities : array (n, N)
    expected_dollars : array (n, M)
        Of every possible decision.
    """

    labels: tuple[str, ...]
    decision_labels: tuple[str, ...]
    decisions: np.ndarray
    probabilities: np.ndarray
    expected_dollars: np.ndarray

    def __len__(self) -> int:
        return len(self.decisions)

    @property
    def margins(self) -> np.ndarray:
        """How close each call was (n,): dollars between the two best decisions, at least 0."""
        return margins(self.expected_dollars)

    @property
    def dollars(self) -> np.ndarray:
        """Expected dollars (n,) of the decisions that were taken."""
        return self.expected_dollars[np.arange(len(self)), self.decisions]

    def records(self) -> Iterator[dict[str, Any]]:
        """One plain dictionary per case."""
        for decision, p, dollars, margin in self._columns():
            yield {
                "decision": self.decision_labels[decision],
                "probabilities": dict(zip(self.labels, p, strict=True)),
                "expected_dollars": dict(zip(self.decision_labels, dollars, strict=True)),
                "margin_dollars": margin,
            }

    @property
    def header(self) -> list[str]:
        """Names of the columns of ``rows``."""
        return [
            "predicted",
            *(f"p({label})" for label in self.labels),
            *(f"expected_dollars({decision})" for decision in self.decision_labels),
            "margin_dollars",
        ]

    def rows(self) -> Iterator[list[Any]]:
        """The same as ``records``, as rows of a table."""
        for decision, p, dollars, margin in self._columns():
            yield [self.decision_labels[decision], *p, *dollars, margin]

    def _columns(self) -> Iterator[tuple[int, list[float], list[float], float]]:
        columns = (self.decisions, self.probabilities, self.expected_dollars, self.margins)
        return zip(*(column.tolist() for column in columns), strict=True)


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

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Probabilities (n, N) for raw features (n, ...); DataError when they do not fit."""
        return self.artifact.predict_proba(X)

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
        parameters = self.artifact.decision.parameters
        decisions: np.ndarray = self.rule.function(probabilities, costs, **parameters)
        return decisions

    def predict(self, X: np.ndarray, columns: Mapping[str, np.ndarray] | None = None) -> np.ndarray:
        """Names of the decisions (n,); costs that depend on features find them in ``X``."""
        columns = {**self.columns(X), **(columns or {})}
        return np.array(self.decisions)[self.decide(self.predict_proba(X), columns)]

    def answer(
        self,
        X: np.ndarray,
        columns: Mapping[str, np.ndarray] | None = None,
        matrix: CostMatrix | None = None,
    ) -> Answers:
        """Decisions with probabilities and dollars, for raw features ``X`` (n, ...).

        With a ``matrix``, its labels in the model's order, the decision is the one of least
        expected cost under it; without, by the rule and the matrix the model was evaluated with.

        Raises
        ------
        DataError, CostMatrixError
            When ``X`` does not fit the model, or a column the costs depend on is missing.
        """
        used = matrix or self.artifact.cost_matrix
        probabilities = self.predict_proba(X)
        columns = {**self.columns(X, used), **(columns or {})}
        costs = used.dollar_costs(columns)
        if matrix is None:
            decisions = self.decide(probabilities, columns)
        else:
            decisions = minimum_expected_cost(probabilities, costs)
        dollars = 0.0 - expected_costs(probabilities, costs)
        return Answers(self.labels, used.decision_labels, decisions, probabilities, dollars)

    def columns(self, X: np.ndarray, matrix: CostMatrix | None = None) -> dict[str, np.ndarray]:
        """Those features of ``X`` that the costs of ``matrix`` (default: the model's) depend on."""
        names = self.artifact.signature.feature_names
        wanted = (matrix or self.artifact.cost_matrix).columns
        return {name: np.asarray(X)[:, names.index(name)] for name in wanted if name in names}


def load(
    folder: str | Path, model: str | None = None, registry: Registry | None = None
) -> TrainedModel:
    """Load a model from a run folder (the cheapest, or the one called ``model``) or a model folder.

    Raises
    ------
    ArtifactError
        When the folder is not one, is incomplete, or its decision rule is not installed.
    """
    loaded = artifact.load(run_folder.find_model(Path(folder), model))
    try:
        rule = (registry or Registry()).decision_rule(loaded.decision.rule)
    except PluginError as error:
        raise ArtifactError(f"{folder}: {error}") from error
    return TrainedModel(loaded, rule)
