"""The test part: what every model decides there, and what that brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from framework.core.cost_matrix import CostMatrix
from framework.core.costs import case_costs, expected_costs
from framework.core.dataset import Dataset
from framework.core.evaluation import evaluate
from framework.core.intervals import mean_interval, support
from framework.core.references import Bounds
from framework.core.splitting import Split
from framework.core.table import Table
from framework.data.schema import Schema
from framework.experiment.candidates import Candidate
from framework.experiment.model_result import ModelResult, SeedOutcome, Stated
from framework.experiment.recipe import TrainedNetwork
from framework.experiment.strategy import ChosenStrategy, decide
from framework.experiment.trainer import Trainer
from framework.inference.artifact import Artifact, Signature
from framework.inference.keras_model import KerasModel
from framework.inference.trained_model import TrainedModel


@dataclass(frozen=True, eq=False)
class HeldOut:
    """The n cases of the test part, priced by the matrix that judges.

    ``X`` are raw cases: features (n, ...), or the columns of a table that ``schema`` makes features.
    ``costs`` are dollars (N, M) or (n, N, M), positive = bad, ``known`` what is known of them when a
    case is decided. ``columns`` (n,) by name are what they depend on, ``groups`` (n,) what a split
    kept whole. ``deciding`` is the matrix of the known costs.
    """

    rows: np.ndarray
    X: np.ndarray | Table
    y: np.ndarray
    columns: Mapping[str, np.ndarray]
    costs: np.ndarray
    known: np.ndarray
    groups: np.ndarray | None
    judge: CostMatrix
    deciding: CostMatrix
    schema: Schema | None

    @classmethod
    def of(
        cls, dataset: Dataset, parts: Split, judge: CostMatrix, schema: Schema | None = None
    ) -> HeldOut:
        trained = dataset.columns(judge.columns, parts.train)
        deciding = judge.for_decisions(dataset.y[parts.train], trained)
        columns = dataset.columns(judge.columns, parts.test)
        return cls(
            rows=parts.test,
            X=(dataset.X if dataset.table is None else dataset.table)[parts.test],
            y=dataset.y[parts.test],
            columns=columns,
            costs=judge.dollar_costs(columns),
            known=deciding.dollar_costs(columns),
            groups=None if dataset.groups is None else dataset.groups[parts.test],
            judge=judge,
            deciding=deciding,
            schema=schema,
        )

    def bounds(self, dataset: Dataset, train: np.ndarray) -> Bounds:
        """Dollars of a perfect oracle, and of the constant decision that is best on ``train``."""
        costs = self.judge.dollar_costs(dataset.columns(self.judge.columns, train))
        return Bounds.of(dataset.y[train], costs, self.y, self.costs)


def evaluate_model(
    trainer: Trainer,
    test: HeldOut,
    row: Candidate,
    choice: ChosenStrategy,
    networks: Sequence[Sequence[TrainedNetwork]],
) -> ModelResult:
    """Decide and evaluate the test part with the ``networks`` of every seed."""
    y, costs, groups = test.y, test.costs, test.groups
    outcomes, dollars, stated, probabilities = [], [], [], []
    first = None
    of_seeds = zip(networks, choice.decisions, strict=True)
    for seed, (of_seed, decision) in enumerate(of_seeds, start=trainer.config.seed):
        raw = np.mean([trainer.predict(member, test.rows) for member in of_seed], axis=0)
        p = decision.calibration(raw)
        decisions = decide(choice.strategy, p, test.known, decision.parameters)
        evaluation = evaluate(y, decisions, test.judge, p, test.columns)
        seconds = sum(member.seconds for member in of_seed)
        outcomes.append(SeedOutcome(seed, evaluation, seconds))
        dollars.append(0.0 - case_costs(y, decisions, costs))
        probabilities.append(decision.reporting(raw))
        expected = expected_costs(probabilities[-1], test.known)
        stated.append(0.0 - expected[np.arange(len(y)), decisions])
        first = first or (p, decisions)
    assert first is not None
    came, said = np.stack(dollars), np.stack(stated)
    low, high = support(costs)
    dataset = trainer.dataset
    signature = Signature(
        dataset.labels,
        dataset.X.shape[1:],
        dataset.feature_names,
        dataset.X.dtype.name,
        dataset.image_border,
    )
    return ModelResult(
        name=row.name,
        role=row.role,
        choice=choice,
        training_matrix=row.matrix,
        outcomes=tuple(outcomes),
        probabilities=first[0],
        decisions=first[1],
        seed_dollars=came,
        interval=mean_interval(came, (low, high), groups),
        stated=Stated(
            said[0], probabilities[0], mean_interval(came - said, (low - high, high - low), groups)
        ),
        networks=len(networks[0]),
        trained=TrainedModel(
            Artifact(
                networks[0][0].scaling, signature, choice.decision, test.deciding, test.schema
            ),
            KerasModel(trainer.model(networks[0])),
            choice.strategy.rule,
        ),
    )
