"""From what may be used to what is: validated, chosen, and trained on the whole training part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from framework.core.costs.cost_matrix import CostMatrix
from framework.experiment.choosing.planned_validation import PlannedValidation, plan_validation
from framework.experiment.choosing.search_space import Search
from framework.experiment.choosing.selection import choose_strategy
from framework.experiment.choosing.validation import Validation
from framework.experiment.fitting.progress import NO_OBJECTIVE, Objective, Progress
from framework.experiment.fitting.recipe import (
    AnyRecipe,
    MemberSpec,
    Recipe,
    TrainedMember,
    TrainedNetwork,
)
from framework.experiment.fitting.strategy import ChosenStrategy, Strategy
from framework.experiment.fitting.trainer import Trainer


@dataclass(frozen=True, eq=False)
class Trained:
    """What the rows of a comparison use: by row a strategy, and by row, seed and recipe its members.

    ``validation`` holds the cases that chose.
    """

    validation: Validation
    choices: list[ChosenStrategy]
    members: list[list[list[list[TrainedMember]]]]


def choose_and_train(
    trainer: Trainer,
    rows: np.ndarray,
    options: Sequence[Strategy | Search],
    judge: CostMatrix,
    deciding: CostMatrix,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Trained:
    """Choose the strategy of every row in validation, and train what it needs.

    Parameters
    ----------
    trainer : Trainer
    rows : array
        The training part.
    options : sequence, by row of the comparison, of Strategy or Search
        Where nothing is searched, all networks are trained at once.
    judge, deciding : CostMatrix
        What decisions cost, and what is known of that when a case is decided.
    """
    config = trainer.config
    seeds, members = range(config.seed, config.seed + config.seeds), config.members or 1
    recipes = {recipe: None for option in options for recipe in option.recipes}
    known = [option for option in options if isinstance(option, Strategy)]
    needed = {recipe for strategy in known for recipe in strategy.recipes}
    planned = plan_validation(
        trainer,
        rows,
        list(recipes),
        seeds=seeds,
        members=members,
        searched=recipes.keys() - needed,
    )
    fixed = len(known) == len(options)
    final = _FinalMembers(rows, seeds, known if fixed else [])
    objective = _objective(planned, judge, deciding)
    trained = trainer.fit([*planned.specs, *final.specs], progress, objective)
    validation = planned.judged(trained[: len(planned.specs)], judge, deciding)
    choices = [choose_strategy(option, validation) for option in options]
    if not fixed:
        final = _FinalMembers(rows, seeds, [choice.strategy for choice in choices])
        trained = trainer.fit(final.specs, progress)
    return Trained(validation, choices, final.by_row(trained[-len(final.specs) :]))


def _objective(planned: PlannedValidation, judge: CostMatrix, deciding: CostMatrix) -> Objective:
    """Validation dollars a case of the strategy that is tuned, by networks that are still in training.

    None until those of all folds are trained at once, and for what is no network.
    """
    tuned = planned.trainer.tuned
    recipes = () if tuned is None else tuple(r for r in planned.recipes if r in tuned.recipes)
    if tuned is None or len(recipes) < len(tuned.recipes):
        return NO_OBJECTIVE
    own = replace(planned, recipes=recipes, needed=(), families=())
    numbers = [i for i, spec in enumerate(planned.specs) if spec.recipe in recipes]

    def of(networks: Mapping[int, TrainedNetwork]) -> float | None:
        validation = own.judged([networks[i] for i in numbers], judge, deciding)
        return choose_strategy(tuned, validation).trial.dollars_per_case

    return Objective(frozenset(numbers), of)


class _FinalMembers:
    """The models of the whole training part, each trained once however many rows use it."""

    def __init__(
        self, rows: np.ndarray, seeds: Sequence[int], strategies: Sequence[Strategy]
    ) -> None:
        # By row of the comparison, by seed, by recipe: those that are averaged.
        self._wanted = [
            [
                [
                    [(recipe, members * seed + member) for member in range(members)]
                    for recipe, members in map(_with_members, strategy.recipes)
                ]
                for seed in seeds
            ]
            for strategy in strategies
        ]
        self._keys = list(
            dict.fromkeys(
                key
                for row in self._wanted
                for of_seed in row
                for of_recipe in of_seed
                for key in of_recipe
            )
        )
        self.specs = [MemberSpec(recipe, seed, rows, str(recipe)) for recipe, seed in self._keys]

    def by_row(self, members: Sequence[TrainedMember]) -> list[list[list[list[TrainedMember]]]]:
        found = dict(zip(self._keys, members, strict=True))
        return [
            [[[found[key] for key in of_recipe] for of_recipe in of_seed] for of_seed in row]
            for row in self._wanted
        ]


def _with_members(recipe: AnyRecipe) -> tuple[AnyRecipe, int]:
    return recipe, recipe.members if isinstance(recipe, Recipe) else 1
