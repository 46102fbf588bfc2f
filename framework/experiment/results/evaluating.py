"""What a trained model decides on the test part, and what that brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import case_costs, expected_costs
from framework.core.evaluation.evaluation import Evaluation, evaluate
from framework.experiment.choosing.candidates import Candidate
from framework.experiment.choosing.validation import Validation
from framework.experiment.fitting.answers import Answers
from framework.experiment.fitting.assembling import assemble, scaling_of
from framework.experiment.fitting.recipe import TrainedMember
from framework.experiment.fitting.strategy import ChosenStrategy, Combination, Strategy, decide
from framework.experiment.results.held_out import HeldOut
from framework.experiment.results.ladder import Rung, ladder
from framework.experiment.results.model_result import ModelResult, SeedOutcome, Stated
from framework.inference.artifact import Artifact, Decision, Signature
from framework.inference.trained_model import TrainedModel


def evaluate_model(
    answers: Answers,
    test: HeldOut,
    row: Candidate,
    choice: ChosenStrategy,
    members: Sequence[Sequence[Sequence[TrainedMember]]],
    validation: Validation,
) -> ModelResult:
    """Decide and evaluate the test part by the ``answers`` of the ``members`` of every seed and recipe."""
    trainer, cases = answers.trainer, test.cases
    came, said = np.empty((2, len(members), len(test.rows)))  # dollars of each seed and case
    outcomes: list[SeedOutcome] = []
    first: _Judged | None = None
    rungs: tuple[Rung, ...] = ()
    of_seeds = zip(members, choice.decisions, choice.pools, strict=True)
    for seed, (of_seed, decision, pool) in enumerate(of_seeds, start=trainer.config.seed):
        told = [answers.together(of_recipe) for of_recipe in of_seed]
        seconds = sum(member.seconds for of_recipe in of_seed for member in of_recipe)
        raw = Combination(pool).raw(told)
        judged = _judged(raw, test, choice.strategy, decision)
        came[len(outcomes)], said[len(outcomes)] = judged.dollars, judged.stated
        outcomes.append(SeedOutcome(seed, judged.evaluation, seconds))
        if first is None:
            first, rungs = judged, ladder(choice, validation, test, told)
        del told, raw, judged  # of many cases, much
    assert first is not None
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
        probabilities=first.p,
        decisions=first.decisions,
        seed_dollars=came,
        interval=cases.interval(came),
        stated=Stated(said[0], first.reported, cases.gap(came, said)),
        networks=sum(map(len, members[0])),
        ladder=rungs,
        trained=TrainedModel(
            Artifact(
                scaling_of(members[0]),
                signature,
                choice.decision,
                test.deciding,
                test.schema,
                test.mix,
            ),
            assemble(trainer, choice.strategy.recipes, members[0], choice.pools[0]),
            choice.strategy.rule,
        ),
    )


@dataclass(frozen=True, eq=False)
class _Judged:
    """What one seed's members say of n cases and bring there.

    ``p`` and ``reported`` (n, N) are probabilities, for decisions and as told; ``decisions`` (n,).
    """

    p: FloatArray
    reported: FloatArray
    decisions: IntArray
    evaluation: Evaluation
    test: HeldOut

    @property
    def dollars(self) -> FloatArray:
        """What came (n,), negative = a loss."""
        return 0.0 - case_costs(self.test.y, self.decisions, self.test.costs)

    @property
    def stated(self) -> FloatArray:
        """What was to be expected by ``reported`` (n,)."""
        expected = expected_costs(self.reported, self.test.known)
        return 0.0 - expected[np.arange(len(expected)), self.decisions]


def _judged(raw: FloatArray, test: HeldOut, strategy: Strategy, decision: Decision) -> _Judged:
    """By ``raw`` probabilities (n, N) of the test part."""
    p = decision.calibration(raw)
    decisions = decide(strategy, p, test.known, decision.parameters, test.judge.n_actions)
    evaluation = evaluate(test.y, decisions, test.judge, p, test.columns, test.mix.judged)
    reported = p if decision.reporting == decision.calibration else decision.reporting(raw)
    return _Judged(p, reported, decisions, evaluation, test)
