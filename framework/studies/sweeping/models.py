"""The models of a sweep: trained at once, and their decisions on the validation and the test part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from framework.core.cases.dataset import Dataset
from framework.core.cases.splitting import Split
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.steps import counted
from framework.experiment.choosing.candidates import BASELINE, DECISION, EQUAL_AUTO, Candidate, Role
from framework.experiment.choosing.chosen_models import choose_and_train
from framework.experiment.choosing.search_space import strategy_of
from framework.experiment.choosing.validation import Validation, cross_fitted_decisions
from framework.experiment.fitting.answers import Answers
from framework.experiment.fitting.progress import Progress
from framework.experiment.fitting.strategy import Strategy, decide, fit_parameters
from framework.experiment.fitting.trainer import Trainer
from framework.studies.sweeping.axis import Axis

# From simple to elaborate: of equally cheap models the simpler one is told.
CONSTANT, EQUAL, MOVED, TRAINED = "constant", "equal costs", "moved", "trained"


@dataclass(frozen=True, eq=False)
class SweepModel:
    """A fixed way to decide: a constant, the baseline, or one that belongs to a swept value ``at``.

    ``moved`` is the baseline network, or the pool of models, with the decision of least expected cost at
    that value;
    ``trained`` was trained with the costs at that value, and decides by the configured rule.
    ``validation`` and ``test`` are its decisions (n,) on the two parts.
    """

    name: str
    family: str
    at: float | None
    validation: np.ndarray
    test: np.ndarray


@dataclass(frozen=True, eq=False)
class SweepModels:
    """All models, the validation part they were judged on, and the seconds the networks took.

    ``seconds`` counts the networks of the whole training part; those of the folds came on top.
    """

    models: tuple[SweepModel, ...]
    validation: Validation
    networks: int
    seconds: float


def train_models(
    trainer: Trainer,
    parts: Split,
    axis: Axis,
    matrix: CostMatrix,
    judge: CostMatrix,
    progress: Callable[[Progress], None] = lambda _: None,
) -> SweepModels:
    """One network per value of ``axis`` and the baseline; their decisions, and the constant ones.

    ``matrix`` is what is trained with, ``judge`` what decisions of least expected cost go by; the
    axis applies to both.
    """
    fixed = trainer.config.model_copy(update={"strategy": "fixed"})
    free = Candidate(DECISION, None, "", Role.DECISION)
    if trainer.config.strategy == "auto":
        free = Candidate(EQUAL_AUTO, None, "", Role.EQUAL_AUTO)
    rows = [Candidate(BASELINE, None, "", Role.BASELINE)]
    rows += [Candidate(axis.label(value), axis.matrix(matrix, value), "") for value in axis.values]
    options = [strategy_of(fixed, trainer.offers, trainer.dataset, row) for row in rows]
    options.append(strategy_of(trainer.config, trainer.offers, trainer.dataset, free))
    # What its cases cost, and what is known of that, is another thing at each value (below).
    trained = choose_and_train(trainer, parts.train, options, judge, judge, progress)
    *ways, moved = [choice.strategy for choice in trained.choices]
    answers = Answers(trainer, parts.test)
    *probabilities, of_moved = [
        [answers.together(of_recipe) for of_recipe in of_seeds[0]] for of_seeds in trained.members
    ]
    validation = trained.validation
    deciding = _Deciding(trainer.dataset, parts, axis, judge, validation)
    models = [
        *deciding.constants(),
        deciding.model(ways[0], probabilities[0], EQUAL, None),
        *(
            deciding.model(moved, of_moved, MOVED, value)
            for value in counted(list(axis.values), "moving the decision")
        ),
        *(
            deciding.model(way, p, TRAINED, value)
            for way, p, value in counted(
                list(zip(ways[1:], probabilities[1:], axis.values, strict=True)), "calibrating"
            )
        ),
    ]
    final = {
        id(member): member
        for of_row in trained.members
        for of_recipe in of_row[0]
        for member in of_recipe
    }
    seconds = sum(member.seconds for member in final.values())
    return SweepModels(tuple(models), validation, len(final), seconds)


@dataclass(frozen=True, eq=False)
class _Deciding:
    """The cases of both parts, to be decided at any value of the axis."""

    dataset: Dataset
    parts: Split
    axis: Axis
    judge: CostMatrix
    validation: Validation

    @cached_property
    def _columns(self) -> list[dict[str, np.ndarray]]:
        """What the costs depend on: of validation, test and training cases."""
        return [
            self.dataset.columns(self.judge.columns, rows)
            for rows in (self.validation.rows, self.parts.test, self.parts.train)
        ]

    def constants(self) -> list[SweepModel]:
        """The same decision for every case, one of each."""
        n_seen, n_test = len(self.validation.rows), len(self.parts.test)
        return [
            SweepModel(f"always {label}", CONSTANT, None, np.full(n_seen, k), np.full(n_test, k))
            for k, label in enumerate(self.judge.decision_labels)
        ]

    def model(
        self, way: Strategy, told: Sequence[np.ndarray], family: str, at: float | None
    ) -> SweepModel:
        """Decisions by the costs ``at`` a value (None: the matrix as it stands).

        ``told`` are the probabilities (n, N) that each member gives the test part.
        """
        worth = self.judge if at is None else self.axis.matrix(self.judge, at)
        seen_columns, test_columns, train_columns = self._columns
        known = worth.for_decisions(self.dataset.y[self.parts.train], train_columns)
        seen = replace(
            self.validation,
            costs=worth.dollar_costs(seen_columns),
            known=known.dollar_costs(seen_columns),
        )
        calibrated = seen.combination(way)
        n_actions = worth.n_actions
        parameters = fit_parameters(way, calibrated(seen.of(way)), seen.y, seen.costs, n_actions)
        return SweepModel(
            family if at is None else f"{family} at {self.axis.label(at)}",
            family,
            at,
            cross_fitted_decisions(way, seen),
            decide(way, calibrated(told), known.dollar_costs(test_columns), parameters, n_actions),
        )
