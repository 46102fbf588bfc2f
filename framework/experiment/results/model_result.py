"""What was found out about one model, and the JSON form it is told in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from framework.core.costs.cost_matrix import READABLE, CostMatrix
from framework.core.evaluation.evaluation import Evaluation
from framework.core.uncertainty.intervals import Interval
from framework.experiment.choosing.candidates import Role
from framework.experiment.fitting.strategy import ChosenStrategy
from framework.experiment.results.ladder import Rung
from framework.inference.artifact import Decision
from framework.inference.trained_model import TrainedModel


@dataclass(frozen=True, eq=False)
class SeedOutcome:
    """One model trained with one seed and judged on the test part."""

    seed: int
    evaluation: Evaluation
    train_seconds: float


@dataclass(frozen=True, eq=False)
class Stated:
    """What a model says its decisions will bring, by its calibrated probabilities.

    ``dollars`` (n,) and the ``probabilities`` (n, N) they go by are the first seed's; ``gap`` is what
    came minus what was stated, per case.
    """

    dollars: np.ndarray
    probabilities: np.ndarray
    gap: Interval


@dataclass(frozen=True, eq=False, repr=False)
class ModelResult:
    """One row of the comparison. What belongs to one training is the first seed's.

    ``probabilities`` (n, N) are those it decides by, ``decisions`` (n,) index the matrix's
    ``decision_labels``. ``seed_dollars`` (S, n) are what each test case brought with each seed;
    ``interval`` is that of their mean: cases and seeds vary. ``ladder`` is what the families of a pool
    brought, with the first seed.
    """

    name: str
    role: Role
    choice: ChosenStrategy
    training_matrix: CostMatrix | None
    outcomes: tuple[SeedOutcome, ...]
    probabilities: np.ndarray
    decisions: np.ndarray
    seed_dollars: np.ndarray
    interval: Interval
    stated: Stated
    trained: TrainedModel
    networks: int
    ladder: tuple[Rung, ...] = ()

    @property
    def loss(self) -> str:
        return " + ".join(self.choice.strategy.losses) or "its own"

    @property
    def decision(self) -> Decision:
        return self.choice.decision

    @property
    def evaluation(self) -> Evaluation:
        """That of the first seed."""
        return self.outcomes[0].evaluation

    @property
    def case_dollars(self) -> np.ndarray:
        """What each test case brought with the first seed (n,)."""
        dollars: np.ndarray = self.seed_dollars[0]
        return dollars

    @property
    def dollars_per_case(self) -> np.ndarray:
        """One figure per seed; negative = a loss."""
        return np.array([outcome.evaluation.dollars_per_case for outcome in self.outcomes])

    @property
    def mean_dollars(self) -> float:
        """Per case, over all seeds: what models are compared by."""
        return float(self.dollars_per_case.mean())

    def _training_costs(self) -> list[list[float]] | None:
        """Relative costs (N, N) of the loss; None without, or of more classes than anyone reads."""
        if self.training_matrix is None or self.training_matrix.n_classes > READABLE:
            return None
        weights: list[list[float]] = self.training_matrix.loss_weights.tolist()
        return weights

    def __repr__(self) -> str:
        return (
            f'ModelResult "{self.name}": {self.choice.strategy}, '
            f"{self.mean_dollars:,.2f} dollars per test case"
        )

    def to_json(self) -> dict[str, Any]:
        evaluation, choice = self.evaluation, self.choice
        mean = self.mean_dollars
        validated: dict[str, Any] = {
            "method": choice.validation,
            "dollars_per_case": choice.trial.dollars_per_case,
            "standard_error": choice.trial.standard_error,
        }
        if choice.trials:
            validated["trials"] = [asdict(trial) for trial in choice.trials]
        data: dict[str, Any] = {
            "name": self.name,
            "role": str(self.role),
            "loss": self.loss,
            "training_costs": self._training_costs(),
            "networks": self.networks,
            "strategy": str(choice.strategy),
            "decision_rule": self.decision.rule,
            "decision_parameters": dict(self.decision.parameters),
            "calibration": asdict(self.decision.calibration),
            "reporting": asdict(self.decision.reporting),
            "confusion_matrix": evaluation.confusion_matrix.tolist(),
            "dollars_per_case": mean,
            "dollars_per_case_interval": self.interval.to_json(),
            "dollars_total": mean * self.seed_dollars.shape[1],
            "stated_dollars_per_case": mean - self.stated.gap.mean,
            "stated_gap_interval": self.stated.gap.to_json(),
            "accuracy": evaluation.accuracy,
            "referred": evaluation.referred,
            "auc": evaluation.auc,
            "per_class": {
                label: asdict(measures) for label, measures in evaluation.per_class.items()
            },
            "validation": validated,
            "ladder": [rung.to_json() for rung in self.ladder],
            "train_seconds": self.outcomes[0].train_seconds,
        }
        if len(self.outcomes) > 1:
            data["seeds"] = {
                "seeds": [outcome.seed for outcome in self.outcomes],
                "dollars_per_case": self.dollars_per_case.tolist(),
                "mean": mean,
                "standard_deviation": float(self.dollars_per_case.std(ddof=1)),
                "confusion_matrices": [
                    outcome.evaluation.confusion_matrix.tolist() for outcome in self.outcomes
                ],
            }
        return data
