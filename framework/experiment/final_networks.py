"""From what may be used to what is: validated, chosen, and trained on the whole training part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from framework.core.cost_matrix import CostMatrix
from framework.experiment.progress import Progress
from framework.experiment.recipe import NetworkSpec, TrainedNetwork
from framework.experiment.selection import choose_strategy
from framework.experiment.strategy import ChosenStrategy, Strategy
from framework.experiment.trainer import Trainer
from framework.experiment.validation import Validation, plan_validation


@dataclass(frozen=True, eq=False)
class Trained:
    """What the rows of a comparison use: by row a strategy, and by row and seed its networks.

    ``validation`` holds the cases that chose.
    """

    validation: Validation
    choices: list[ChosenStrategy]
    networks: list[list[list[TrainedNetwork]]]


def choose_and_train(
    trainer: Trainer,
    rows: np.ndarray,
    options: Sequence[Sequence[Strategy]],
    judge: CostMatrix,
    deciding: CostMatrix,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Trained:
    """Choose one of the strategies of every row in validation, and train what it needs.

    Parameters
    ----------
    trainer : Trainer
    rows : array
        The training part.
    options : sequence, by row of the comparison, of sequences of Strategy
        Where each has one, nothing is searched, and all networks are trained at once.
    judge, deciding : CostMatrix
        What decisions cost, and what is known of that when a case is decided.
    """
    config = trainer.config
    seeds, members = range(config.seed, config.seed + config.seeds), config.members or 1
    recipes = {r: None for option in options for strategy in option for r in strategy.recipes}
    planned = plan_validation(trainer, rows, list(recipes), seeds=seeds, members=members)
    fixed = all(len(option) == 1 for option in options)
    final = _FinalNetworks(rows, seeds, members, [option[0] for option in options if fixed])
    trained = trainer.fit([*planned.specs, *final.specs], progress)
    validation = planned.judged(trained[: len(planned.specs)], judge, deciding)
    choices = [choose_strategy(option, validation) for option in options]
    if not fixed:
        final = _FinalNetworks(rows, seeds, members, [choice.strategy for choice in choices])
        trained = trainer.fit(final.specs, progress)
    return Trained(validation, choices, final.by_row(trained[-len(final.specs) :]))


class _FinalNetworks:
    """The networks of the whole training part, each trained once however many rows use it."""

    def __init__(
        self, rows: np.ndarray, seeds: Sequence[int], members: int, strategies: Sequence[Strategy]
    ) -> None:
        # By row of the comparison, by seed: those that are averaged.
        self._wanted = [
            [
                [
                    (recipe, members * seed + member)
                    for recipe in strategy.recipes
                    for member in range(members)
                ]
                for seed in seeds
            ]
            for strategy in strategies
        ]
        self._keys = list(
            dict.fromkeys(key for row in self._wanted for of_seed in row for key in of_seed)
        )
        self.specs = [NetworkSpec(recipe, seed, rows, str(recipe)) for recipe, seed in self._keys]

    def by_row(self, networks: Sequence[TrainedNetwork]) -> list[list[list[TrainedNetwork]]]:
        found = dict(zip(self._keys, networks, strict=True))
        return [[[found[key] for key in of_seed] for of_seed in row] for row in self._wanted]
