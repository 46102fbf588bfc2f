"""Using a trained model again: probabilities, decisions and what each decision is expected to cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from framework.core.case_costs import expected_costs
from framework.core.cases.table import Table
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.prevalence import ratio, target_shares
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.errors import ArtifactError, ConfigError, DataError
from framework.core.frames import is_frame
from framework.data.features import from_frame
from framework.inference.answers import LEAST_COST, Answers, decided_by
from framework.inference.artifact import Artifact, write_values
from framework.plugins import guards
from framework.plugins.specs import DecisionRuleSpec

if TYPE_CHECKING:
    from framework.inference.keras_model import KerasModel
    from framework.inference.onnx_model import OnnxModel
    from framework.inference.pooled_model import PooledModel


@dataclass(frozen=True, eq=False, repr=False)
class TrainedModel:
    """A model ready for use: its network, what is needed to use it, and its decision rule.

    Examples
    --------
    >>> model = load("runs/breast_cancer-20260101-120000")       # doctest: +SKIP
    >>> model.predict(X)                                         # doctest: +SKIP
    array(['benign', 'malignant'], dtype='<U9')
    """

    artifact: Artifact
    network: KerasModel | OnnxModel | PooledModel
    rule: DecisionRuleSpec

    @property
    def labels(self) -> tuple[str, ...]:
        return self.artifact.signature.labels

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probabilities (n, N) that the rule decides by; see ``cases`` for ``X``."""
        return self.artifact.decision.calibration(self.raw_proba(X))

    def stated_proba(self, X: Any) -> np.ndarray:
        """Probabilities (n, N) that mean what they say, as far as calibration goes."""
        return self.artifact.decision.reporting(self.raw_proba(X))

    def raw_proba(self, X: Any) -> np.ndarray:
        """Uncalibrated probabilities (n, N); see ``cases`` for ``X``.

        Raises
        ------
        DataError
            When features do not fit the model's signature, or are too large for it.
        """
        features = self.artifact.signature.checked(self.cases(X))
        with np.errstate(over="ignore"):  # told below
            probabilities = self.network(features)
        lost = np.flatnonzero(~np.isfinite(probabilities).all(axis=1))
        if len(lost):
            raise DataError(
                f"the model has no probabilities for case {lost[0]} (counting from 0): its "
                f"features are too large for it ({len(lost)} such cases in all)"
            )
        return probabilities

    def warm(self) -> None:
        """Predict once, so that the first caller does not wait for the compilation."""
        self.raw_proba(np.zeros((1, *self.artifact.signature.input_shape)))

    def save(self, folder: Path, versions: Mapping[str, Any]) -> None:
        """Write the model into ``folder``, which must not exist yet."""
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            raise ArtifactError(f"{folder} exists already; nothing was overwritten") from None
        self.network.save(folder)
        write_values(self.artifact, folder, versions)

    @property
    def decisions(self) -> tuple[str, ...]:
        """What may be decided: the labels, or the matrix's actions; "refer" where it prices that."""
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
        prevalence: Mapping[str, float] = MappingProxyType({}),
    ) -> Answers:
        """Decisions with probabilities and dollars, for raw features ``X`` (see ``cases``).

        With a ``matrix``, its labels in the model's order, or with the ``prevalence`` of some labels,
        the decision is the one of least expected cost; without, by the rule, the matrix and the shares
        of the classes that the model was evaluated with. A matrix may bring a prevalence of its own.
        Costs find their columns in ``X``, or in ``columns``, which are meant where both are there.

        Raises
        ------
        DataError, CostMatrixError
            When ``X`` does not fit the model, a column the costs depend on is missing, or the
            prevalence is of other labels or no share.
        """
        used, decision = matrix or self.artifact.cost_matrix, self.artifact.decision
        named = prevalence or ({} if matrix is None else matrix.prevalence)
        moving = self._ratio(named)
        raw = self.raw_proba(X)
        stated = decision.reporting.moved(moving)(raw)
        costs = used.dollar_costs(self._all_columns(X, columns, used))
        if matrix is None and not named:
            decisions, by = self._decide(decision.calibration(raw), costs), decided_by(decision)
        else:
            decisions, by = minimum_expected_cost(stated, costs), LEAST_COST
        dollars = 0.0 - expected_costs(stated, costs)
        return Answers(self.labels, used.decision_labels, decisions, stated, dollars, by)

    def cases(self, X: Any) -> np.ndarray:
        """The features (n, ...) of ``X`` in the model's order.

        Columns of a data frame or a ``Table`` go by name: their order does not matter and further
        ones are left out. Columns of an array go by position; where the model has a schema, they
        are features already.

        Raises
        ------
        DataError
            When a frame lacks a column, or a cell is not of its column's kind.
        """
        if not is_frame(X):
            return np.asarray(X)
        if self.artifact.schema is not None:
            return self.artifact.schema.encode(Table.of_frame(X))
        return from_frame(X, self.artifact.signature.feature_names).X

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns a table of cases must have; further ones only for costs."""
        schema = self.artifact.schema
        return self.artifact.signature.feature_names if schema is None else schema.names

    def unknown_columns(self, names: Iterable[str]) -> list[str]:
        """Those of a table's columns that are neither features nor of any other use to the model."""
        schema = self.artifact.schema
        known = {*self.column_names, *self.artifact.cost_matrix.columns}
        if schema is not None:
            known |= {*schema.left_out, *schema.beside}
        return [name for name in names if name not in known]

    def unseen(self, table: Table) -> dict[str, list[str]]:
        """Levels in columns of a ``table`` that the training part did not have."""
        schema = self.artifact.schema
        return schema.unseen(table) if schema is not None else {}

    def columns(self, X: Any, matrix: CostMatrix | None = None) -> dict[str, np.ndarray]:
        """Those columns of ``X`` that the costs of ``matrix`` (default: the model's) depend on.

        Of an array, those that are features; of a data frame, any.
        """
        names = self.artifact.signature.feature_names
        wanted = (matrix or self.artifact.cost_matrix).columns
        if is_frame(X) and self.artifact.schema is not None:
            table, schema = Table.of_frame(X), self.artifact.schema
            return {n: schema.numbers(table, n) for n in wanted if n in table.columns}
        if is_frame(X):
            found = from_frame(X, names, wanted).by_name
            return {name: found[name] for name in wanted if name in found}
        return {name: np.asarray(X)[:, names.index(name)] for name in wanted if name in names}

    def __repr__(self) -> str:
        from framework.inference.display import model_text

        return model_text(self.artifact)

    def _repr_html_(self) -> str:
        from framework.inference.display import model_html

        return model_html(self.artifact)

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

    def _ratio(self, named: Mapping[str, float]) -> np.ndarray:
        """How many times as frequent each class (N,) is at that prevalence as at the model's own."""
        sample, mix = self.artifact.sample, self.artifact.mix
        if not named:
            return np.ones(len(self.labels))
        if sample is None or mix is None:
            raise DataError(
                "prevalence: the model does not know the shares of the classes it was trained on, for an "
                "older version has written it; run it again"
            )
        try:
            return ratio(sample, target_shares(named, self.labels, mix.training))
        except ConfigError as error:
            raise DataError(str(error)) from error

    def _decide(self, probabilities: np.ndarray, costs: np.ndarray) -> np.ndarray:
        artifact = self.artifact
        return guards.decided(
            self.rule,
            probabilities,
            costs,
            artifact.decision.parameters,
            artifact.cost_matrix.n_actions,
        )
