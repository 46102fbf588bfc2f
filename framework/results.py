"""What a run found out, and the one JSON form it is told in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework.config import RunConfig
from framework.core.artifact import Artifact, Decision
from framework.core.bootstrap import Difference, Interval
from framework.core.comparison import Bounds
from framework.core.cost_matrix import CostMatrix
from framework.core.evaluation import Evaluation
from framework.strategy import Choice

BASELINE = "built-in"


@dataclass(frozen=True, eq=False)
class SeedOutcome:
    """One model trained with one seed and judged on the test part."""

    seed: int
    evaluation: Evaluation
    train_seconds: float


@dataclass(frozen=True, eq=False)
class ModelResult:
    """One row of the comparison. What belongs to one training is the first seed's.

    ``probabilities`` (n, N) are calibrated, ``decisions`` (n,) index the matrix's
    ``decision_labels``, ``case_dollars`` (n,) are negative for a loss. ``interval`` is that of the
    dollars per case, ``saved`` the paired difference to the baseline (None for itself),
    ``saved_against_constant`` that to the best constant decision.
    """

    name: str
    choice: Choice
    training_matrix: CostMatrix | None
    outcomes: tuple[SeedOutcome, ...]
    probabilities: np.ndarray
    decisions: np.ndarray
    case_dollars: np.ndarray
    interval: Interval
    saved: Difference | None
    saved_against_constant: Difference
    artifact: Artifact
    networks: int

    @property
    def loss(self) -> str:
        return " + ".join(self.choice.strategy.losses)

    @property
    def decision(self) -> Decision:
        return self.choice.decision

    @property
    def evaluation(self) -> Evaluation:
        """That of the first seed."""
        return self.outcomes[0].evaluation

    @property
    def dollars_per_case(self) -> np.ndarray:
        """One figure per seed; negative = a loss."""
        return np.array([outcome.evaluation.dollars_per_case for outcome in self.outcomes])

    def to_json(self) -> dict[str, Any]:
        evaluation = self.evaluation
        data: dict[str, Any] = {
            "name": self.name,
            "loss": self.loss,
            "training_costs": None
            if self.training_matrix is None
            else self.training_matrix.loss_weights.tolist(),
            "networks": self.networks,
            "decision_rule": self.decision.rule,
            "decision_parameters": dict(self.decision.parameters),
            "calibration": asdict(self.decision.calibration),
            "confusion_matrix": evaluation.confusion_matrix.tolist(),
            "dollars_per_case": evaluation.dollars_per_case,
            "dollars_per_case_interval": [self.interval.low, self.interval.high],
            "saved_per_case": None if self.saved is None else self.saved.to_json(),
            "saved_against_constant": self.saved_against_constant.to_json(),
            "dollars_total": evaluation.dollars_total,
            "accuracy": evaluation.accuracy,
            "auc": evaluation.auc,
            "per_class": {
                label: asdict(measures) for label, measures in evaluation.per_class.items()
            },
            "train_seconds": self.outcomes[0].train_seconds,
        }
        if self.choice.trials:
            data["strategy"] = str(self.choice.strategy)
            data["validation"] = {
                "method": self.choice.validation,
                "trials": [asdict(trial) for trial in self.choice.trials],
            }
        if len(self.outcomes) > 1:
            data["seeds"] = {
                "seeds": [outcome.seed for outcome in self.outcomes],
                "dollars_per_case": self.dollars_per_case.tolist(),
                "mean": float(self.dollars_per_case.mean()),
                "standard_deviation": float(self.dollars_per_case.std(ddof=1)),
                "confusion_matrices": [
                    outcome.evaluation.confusion_matrix.tolist() for outcome in self.outcomes
                ],
            }
        return data


@dataclass(frozen=True, eq=False)
class RunResult:
    """Everything a run found out.

    ``config`` is resolved (nothing left open); ``matrix`` is the one that judged all models.
    ``test_columns`` are those the costs depend on, ``test_groups`` (n,) what a split kept whole.
    ``cheapest`` names the model that lost the fewest dollars per case (mean over the seeds).
    """

    config: RunConfig
    labels: tuple[str, ...]
    matrix: CostMatrix
    origins: dict[str, str]
    models: tuple[ModelResult, ...]
    bounds: Bounds
    warnings: tuple[str, ...]
    n_train: int
    test_rows: np.ndarray
    y_test: np.ndarray
    test_columns: Mapping[str, np.ndarray]
    test_groups: np.ndarray | None
    versions: dict[str, Any]
    run_dir: Path

    @property
    def cheapest(self) -> str:
        return max(self.models, key=lambda model: model.dollars_per_case.mean()).name

    @property
    def baseline(self) -> ModelResult:
        return self.model(BASELINE)

    def model(self, name: str) -> ModelResult:
        return next(model for model in self.models if model.name == name)

    def to_json(self) -> dict[str, Any]:
        """The object that ``fw run --json`` prints and ``metrics.json`` holds."""
        return {
            "dataset": self.config.dataset,
            "labels": list(self.labels),
            "decisions": list(self.matrix.decision_labels),
            "n_train": self.n_train,
            "n_test": len(self.y_test),
            "evaluation_matrix": self.matrix.name,
            "cost_matrices": self.origins,
            "models": [model.to_json() for model in self.models],
            "bounds": {
                "constant_decision": self.matrix.decision_labels[self.bounds.constant_decision],
                "constant_dollars_per_case": self.bounds.constant,
                "oracle_dollars_per_case": self.bounds.oracle,
            },
            "warnings": list(self.warnings),
            "cheapest": self.cheapest,
            "run_dir": str(self.run_dir),
            "versions": self.versions,
        }
