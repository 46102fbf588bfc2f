"""The models of a run: chosen, trained, and judged on the test part.

What only training and choosing need is held in here, and its memory is free when this is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from framework.config.run_config import PROMISE_RULE
from framework.core.evaluation.promise import Promise
from framework.core.steps import counted
from framework.core.words import currency, money
from framework.experiment.choosing.candidates import Role
from framework.experiment.choosing.chosen_models import Trained, choose_and_train
from framework.experiment.choosing.plan import ResolvedRun
from framework.experiment.choosing.preparing import Prepared
from framework.experiment.choosing.promised import PromisedModel, certified
from framework.experiment.choosing.search_space import strategy_of
from framework.experiment.choosing.selection import Served, choose_served
from framework.experiment.fitting.answers import Answers
from framework.experiment.fitting.progress import Progress
from framework.experiment.fitting.recipe import TrainedNetwork
from framework.experiment.fitting.strategy import Strategy
from framework.experiment.fitting.trainer import Trainer
from framework.experiment.results.evaluating import evaluate_model
from framework.experiment.results.held_out import HeldOut
from framework.experiment.results.model_result import ModelResult
from framework.experiment.results.remarks import not_tried, unfinished
from framework.training.checkpoints import Checkpoints


@dataclass(frozen=True, eq=False)
class JudgedModels:
    """One result for each row of a comparison; ``remarks`` are on how they were trained and chosen."""

    models: tuple[ModelResult, ...]
    served: Served
    promised: PromisedModel | None
    remarks: tuple[str, ...]


def judged_models(
    plan: ResolvedRun,
    cases: Prepared,
    test: HeldOut,
    progress: Callable[[Progress], None],
    training: Path | None,
) -> JudgedModels:
    """Train on the training part of ``cases`` and judge on ``test``; see ``carry_out``."""
    dataset, parts = cases.dataset, cases.parts
    config = plan.settled(dataset, parts)
    options = [strategy_of(config, plan.offers, dataset, row) for row in plan.candidates]
    checkpoints = Checkpoints(config.checkpoints or training)
    trainer = Trainer(config, plan.offers, dataset, checkpoints, test.mix)
    trainer.tuned = next(
        (
            option
            for row, option in zip(plan.candidates, options, strict=True)
            if row.role is Role.TRAINED and isinstance(option, Strategy)
        ),
        None,
    )
    with checkpoints.stop_on_signals():
        trained = choose_and_train(
            trainer, parts.train, options, plan.judge, test.deciding, progress
        )

    names, choices = [row.name for row in plan.candidates], list(trained.choices)
    with currency(*plan.judge.money):
        served = choose_served(list(zip(names, choices, strict=True)), trained.validation, money)
    promised = None
    if config.promise is not None:
        number, rule = names.index(served.model), plan.offers.rule(PROMISE_RULE)
        promise = Promise.of(config.promise)
        promised, choices[number] = certified(
            promise, served.model, choices[number], trained.validation, rule
        )
    answers = Answers(trainer, test.rows)
    models = tuple(
        evaluate_model(answers, test, row, choice, members, trained.validation)
        for row, choice, members in counted(
            list(zip(plan.candidates, choices, trained.members, strict=True)), "judging"
        )
    )
    networks = _networks(models, trained)
    told = (*unfinished(networks, trainer.epochs), *not_tried(trained.validation.left_out))
    return JudgedModels(models, served, promised, told)


def _networks(models: Sequence[ModelResult], trained: Trained) -> dict[str, list[TrainedNetwork]]:
    """All networks of each row, by its name."""
    return {
        model.name: [
            member
            for of_seed in of_row
            for of_recipe in of_seed
            for member in of_recipe
            if isinstance(member, TrainedNetwork)
        ]
        for model, of_row in zip(models, trained.members, strict=True)
    }
