"""What a trained model decides on the test part, and what that brings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from framework.core.costs import case_costs, expected_costs
from framework.core.evaluation import evaluate
from framework.experiment.answers import Answers
from framework.experiment.assembling import assemble, scaling_of
from framework.experiment.candidates import Candidate
from framework.experiment.held_out import HeldOut
from framework.experiment.ladder import Rung, ladder
from framework.experiment.model_result import ModelResult, SeedOutcome, Stated
from framework.experiment.recipe import TrainedMember
from framework.experiment.strategy import ChosenStrategy, Combination, decide
from framework.experiment.validation import Validation
from framework.inference.artifact import Artifact, Signature
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
    trainer = answers.trainer
    y, cases = test.y, test.cases
    outcomes, dollars, stated, probabilities = [], [], [], []
    first = None
    rungs: tuple[Rung, ...] = ()
    of_seeds = zip(members, choice.decisions, choice.pools, strict=True)
    for seed, (of_seed, decision, pool) in enumerate(of_seeds, start=trainer.config.seed):
        told = [answers.together(of_recipe) for of_recipe in of_seed]
        raw = Combination(pool).raw(told)
        p = decision.calibration(raw)
        decisions = decide(
            choice.strategy, p, test.known, decision.parameters, test.judge.n_actions
        )
        evaluation = evaluate(y, decisions, test.judge, p, test.columns, test.mix.judged)
        seconds = sum(member.seconds for of_recipe in of_seed for member in of_recipe)
        outcomes.append(SeedOutcome(seed, evaluation, seconds))
        dollars.append(0.0 - case_costs(y, decisions, test.costs))
        alike = decision.reporting == decision.calibration
        probabilities.append(p if alike else decision.reporting(raw))
        expected = expected_costs(probabilities[-1], test.known)
        stated.append(0.0 - expected[np.arange(len(y)), decisions])
        if first is None:
            first, rungs = (p, decisions), ladder(choice, validation, test, told)
    assert first is not None
    came, said = np.stack(dollars), np.stack(stated)
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
        interval=cases.interval(came),
        stated=Stated(said[0], probabilities[0], cases.gap(came, said)),
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
