"""Using a trained model again: probabilities, decisions and what each decision is expected to cost."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from framework import run_folder
from framework.core import artifact
from framework.core.artifact import Artifact
from framework.core.decision import expected_costs
from framework.errors import ArtifactError, DataError, PluginError
from framework.plugins.registry import Registry
from framework.plugins.specs import DecisionRuleSpec


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

    def columns(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Those features of ``X`` that the costs depend on."""
        names = self.artifact.signature.feature_names
        wanted = self.artifact.cost_matrix.columns
        return {name: np.asarray(X)[:, names.index(name)] for name in wanted if name in names}

    def expected_dollars(
        self, probabilities: np.ndarray, columns: Mapping[str, np.ndarray] | None = None
    ) -> np.ndarray:
        """Expected dollars (n, M) of every possible decision; negative = a loss."""
        return -expected_costs(probabilities, self.artifact.cost_matrix.dollar_costs(columns))


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


@dataclass(frozen=True, eq=False)
class Table:
    """Features read from a CSV file, further columns that were asked for, and those not needed."""

    X: np.ndarray
    columns: Mapping[str, np.ndarray]
    ignored: tuple[str, ...]


def read_table(path: Path, feature_names: Iterable[str], columns: Iterable[str] = ()) -> Table:
    """Features (n, d) from a CSV file whose header names them, in any order.

    ``columns`` are further ones to be read: what the costs depend on and is not a feature.

    Raises
    ------
    DataError
        Naming the file, and the column or the line.
    """
    features = tuple(feature_names)
    if not features:
        raise DataError("the model takes no table (its cases are not rows of named features)")
    names = (*features, *(name for name in columns if name not in features))
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if row]
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as CSV ({error})") from error
    if not rows:
        raise DataError(f"{path}: the file is empty; expected a header row of feature names")
    header = [cell.strip() for cell in rows[0]]
    missing = [name for name in names if name not in header]
    if missing:
        raise DataError(
            f"{path}: the header lacks {len(missing)} of {len(names)} columns: {', '.join(missing)}"
        )
    twice = [name for name in names if header.count(name) > 1]
    if twice:
        raise DataError(f'{path}: the header names "{twice[0]}" more than once')
    if len(rows) == 1:
        raise DataError(f"{path}: no cases below the header")
    positions = [header.index(name) for name in names]
    X = np.empty((len(rows) - 1, len(names)))
    for i, row in enumerate(rows[1:]):
        if len(row) != len(header):
            raise DataError(
                f"{path}: case {i + 1} has {len(row)} cells; expected {len(header)}, as the header"
            )
        for j, (name, column) in enumerate(zip(names, positions, strict=True)):
            try:
                X[i, j] = float(row[column])
            except ValueError:
                raise DataError(
                    f'{path}: case {i + 1}, "{name}": expected a number, received {row[column]!r}'
                ) from None
    return Table(
        X[:, : len(features)],
        {name: X[:, j] for j, name in enumerate(names)},
        tuple(name for name in header if name not in names),
    )
