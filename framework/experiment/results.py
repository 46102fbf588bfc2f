"""What a run found out, and the one JSON form it is told in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from framework.config.run_config import RunConfig
from framework.core.cost_matrix import CostMatrix
from framework.core.evaluation import Evaluation, costs_of_truths
from framework.core.intervals import Difference, Interval, mean_interval, paired_difference, support
from framework.core.intervals import reach as reach_of
from framework.core.references import Bounds
from framework.core.selection import level_of_best
from framework.experiment.roles import Role
from framework.experiment.selection import Choice, Served
from framework.inference.artifact import Artifact, Decision

# What each row adds to the one before it.
STEPS = {
    Role.DECISION: "the decision",
    Role.EQUAL_AUTO: "more and better networks",
    Role.TRAINED: "training with the costs",
}


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


@dataclass(frozen=True, eq=False)
class ModelResult:
    """One row of the comparison. What belongs to one training is the first seed's.

    ``probabilities`` (n, N) are those it decides by, ``decisions`` (n,) index the matrix's
    ``decision_labels``. ``seed_dollars`` (S, n) are what each test case brought with each seed;
    ``interval`` is that of their mean: cases and seeds vary.
    """

    name: str
    role: Role
    choice: Choice
    training_matrix: CostMatrix | None
    outcomes: tuple[SeedOutcome, ...]
    probabilities: np.ndarray
    decisions: np.ndarray
    seed_dollars: np.ndarray
    interval: Interval
    stated: Stated
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
    def case_dollars(self) -> np.ndarray:
        """What each test case brought with the first seed (n,)."""
        dollars: np.ndarray = self.seed_dollars[0]
        return dollars

    @property
    def dollars_per_case(self) -> np.ndarray:
        """One figure per seed; negative = a loss."""
        return np.array([outcome.evaluation.dollars_per_case for outcome in self.outcomes])

    def to_json(self) -> dict[str, Any]:
        evaluation, choice = self.evaluation, self.choice
        mean = float(self.dollars_per_case.mean())
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
            "training_costs": None
            if self.training_matrix is None
            else self.training_matrix.loss_weights.tolist(),
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


@dataclass(frozen=True, eq=False)
class RunResult:
    """Everything a run found out.

    ``config`` is resolved (nothing left open); ``matrix`` is the one that judged all models.
    ``costs`` are the test cases' dollars (N, M) or (n, N, M), positive = bad; ``test_columns`` what
    they depend on, ``test_groups`` (n,) what a split kept whole. ``served`` is the model that is
    loaded and served, chosen on validation; ``lost_least`` names the one that lost least on the
    test part, which nothing is chosen by. ``training_part`` is what ``fw compare`` finds constant
    decisions by.
    """

    config: RunConfig
    labels: tuple[str, ...]
    matrix: CostMatrix
    origins: dict[str, str]
    models: tuple[ModelResult, ...]
    served: Served
    bounds: Bounds
    warnings: tuple[str, ...]
    n_train: int
    training_part: Mapping[str, Any]
    cost_sentences: tuple[str, ...]
    test_rows: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    costs: np.ndarray
    test_columns: Mapping[str, np.ndarray]
    test_groups: np.ndarray | None
    versions: dict[str, Any]
    run_dir: Path
    verdict: str = field(default="")

    @cached_property
    def lost_least(self) -> str:
        return max(self.models, key=lambda model: model.dollars_per_case.mean()).name

    @property
    def baseline(self) -> ModelResult:
        return next(model for model in self.models if model.role is Role.BASELINE)

    def model(self, name: str) -> ModelResult:
        return next(model for model in self.models if model.name == name)

    @cached_property
    def free(self) -> dict[str, np.ndarray]:
        """Dollars (S, n) or (1, n) of what anyone has without training with costs, by name."""
        constant = self.bounds.constant_decision
        always = 0.0 - costs_of_truths(self.y_test, self.costs)[:, constant]
        free = {model.name: model.seed_dollars for model in self.models if model.role.is_free}
        return free | {f"always {self.matrix.decision_labels[constant]}": always[None]}

    @cached_property
    def saved(self) -> dict[str, dict[str, Difference]]:
        """By model and by rival: what it saves, paired on the test cases."""
        reach = reach_of(self.costs)
        return {
            model.name: {
                rival: paired_difference(model.seed_dollars, dollars, reach, self.test_groups)
                for rival, dollars in self.free.items()
                if rival != model.name
            }
            for model in self.models
        }

    @cached_property
    def half_of_the_loss(self) -> dict[str, Any] | None:
        """What a perfect oracle would have spared of the served model's dollars, and the fewest test
        cases that make up half of it (first seed); None where nothing was to be spared.
        """
        model = self.model(self.served.model)
        best = 0.0 - costs_of_truths(self.y_test, self.costs).min(axis=1)
        spared = np.sort(best - model.case_dollars)[::-1]
        total = float(spared.sum())
        if total <= 0:
            return None
        cases = int(np.searchsorted(np.cumsum(spared), total / 2)) + 1
        return {"cases": cases, "spared": total}

    @cached_property
    def strongest_rival(self) -> str:
        """Of what is free, other than the served model, the cheapest on the test part.

        Chosen on the test part, and so against us: the saving over it is no better than the truth.
        """
        rivals = {name: d.mean() for name, d in self.free.items() if name != self.served.model}
        return max(rivals, key=lambda name: rivals[name])

    @cached_property
    def steps(self) -> list[tuple[str, str, str, Difference]]:
        """Where the dollars of the user's models come from: (what, from, to, saved)."""
        last = next(model for model in self.models if model.role is Role.BASELINE)
        chain = []
        for role, what in STEPS.items():
            for model in self.models:
                if model.role is role:
                    chain.append((what, last.name, model.name, self.saved[model.name][last.name]))
                    last = model if role.is_free else last
        return chain

    def to_json(self) -> dict[str, Any]:
        """The object that ``fw run --json`` prints and ``metrics.json`` holds."""
        least = self.model(self.lost_least)
        level = level_of_best(len(self.models))
        interval = mean_interval(
            least.seed_dollars, support(self.costs), self.test_groups, level=level
        )
        models = []
        for model in self.models:
            rivals = {name: saved.to_json() for name, saved in self.saved[model.name].items()}
            models.append(model.to_json() | {"saved_against": rivals})
        return {
            "dataset": self.config.dataset,
            "labels": list(self.labels),
            "decisions": list(self.matrix.decision_labels),
            "n_train": self.n_train,
            "n_test": len(self.y_test),
            "training_part": dict(self.training_part),
            "evaluation_matrix": self.matrix.name,
            "cost_matrices": self.origins,
            "cost_sentences": list(self.cost_sentences),
            "verdict": self.verdict,
            "served": self.served.to_json(),
            "strongest_rival": self.strongest_rival,
            "lost_least": {"model": self.lost_least, "interval": interval.to_json()},
            "half_of_the_loss": self.half_of_the_loss,
            "models": models,
            "steps": [
                {"what": what, "from": before, "to": after, **saved.to_json()}
                for what, before, after, saved in self.steps
            ],
            "bounds": {
                "constant_decision": self.matrix.decision_labels[self.bounds.constant_decision],
                "constant_dollars_per_case": self.bounds.constant,
                "oracle_dollars_per_case": self.bounds.oracle,
            },
            "warnings": list(self.warnings),
            "run_dir": str(self.run_dir),
            "versions": self.versions,
        }
