"""A validation on the training part, planned: its parts, and the networks that are to be trained for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from framework.core.cases.dataset import Dataset
from framework.core.cases.splitting import Split, folds
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.decisions.pooling import geometric_mean
from framework.core.errors import DataError
from framework.core.steps import counted
from framework.experiment.choosing.validation import Validation
from framework.experiment.fitting.progress import Progress
from framework.experiment.fitting.recipe import (
    AnyRecipe,
    EstimatorRecipe,
    MemberSpec,
    Recipe,
    TrainedMember,
)
from framework.experiment.fitting.trainer import Trainer

# Cross-validation up to this many training cases of a table; beyond, one held-out part serves.
CROSS_VALIDATE_UP_TO = 5_000
FOLDS = 5
HOLD_OUT_SHARE = 5  # one in five


@dataclass(frozen=True, eq=False)
class PlannedValidation:
    """A validation whose networks are still to be trained: those of ``specs``, in that order.

    ``needed`` are recipes of classifiers that are not networks, ``families`` those of which a search takes
    the best.
    """

    trainer: Trainer
    recipes: tuple[Recipe, ...]
    needed: tuple[EstimatorRecipe, ...]
    families: tuple[tuple[EstimatorRecipe, ...], ...]
    parts: tuple[Split, ...]
    seeds: tuple[int, ...]
    members: int
    method: str

    @property
    def specs(self) -> list[MemberSpec[AnyRecipe]]:
        return [
            MemberSpec(recipe, self.members * seed + member, part.train, "validation")
            for recipe in self.recipes
            for seed in self.seeds
            for member in range(self.members)
            for part in self.parts
        ]

    def judged(
        self,
        networks: Sequence[TrainedMember],
        judge: CostMatrix,
        deciding: CostMatrix | None = None,
    ) -> Validation:
        """With the trained ``networks``. ``deciding``: what is known of ``judge`` when a case is
        decided (default: all of it).
        """
        dataset, waiting = self.trainer.dataset, iter(networks)

        def of_one() -> np.ndarray:
            """(n, N) of the next network of every part."""
            return np.concatenate(
                [self.trainer.predict(next(waiting), part.test) for part in self.parts]
            )

        probabilities: dict[AnyRecipe, np.ndarray] = {
            recipe: np.stack(
                [geometric_mean([of_one() for _ in range(self.members)]) for _ in self.seeds]
            )
            for recipe in counted(self.recipes, "validating")
        }
        of_families, left_out = self.trainer.estimators.out_of_fold(
            self.needed, self.families, self.parts, self.seeds
        )
        probabilities.update(of_families)
        seen = np.concatenate([part.test for part in self.parts])
        columns = dataset.columns(judge.columns, seen)
        return Validation(
            rows=seen,
            fold=self._folds(seen),
            y=dataset.y[seen],
            costs=judge.dollar_costs(columns),
            known=(deciding or judge).dollar_costs(columns),
            groups=None if dataset.groups is None else dataset.groups[seen],
            probabilities=probabilities,
            n_actions=judge.n_actions,
            method=self.method,
            left_out=left_out,
            mix=self.trainer.mix,
        )

    def _folds(self, seen: np.ndarray) -> np.ndarray:
        """The number of each case's fold; of one held-out part, folds to cross-fit on."""
        if len(self.parts) > 1:
            return np.repeat(np.arange(len(self.parts)), [len(part.test) for part in self.parts])
        k = most_folds(self.trainer.dataset, seen, FOLDS)
        if k < 2:
            return np.arange(len(seen)) % min(FOLDS, len(seen))
        inner = folds(self.trainer.dataset, seen, k, self.seeds[0])
        in_order = np.argsort(seen)
        fold = np.empty(len(seen), dtype=int)
        for number, part in enumerate(inner):
            fold[in_order[np.searchsorted(seen, part.test, sorter=in_order)]] = number
        return fold


def plan_validation(
    trainer: Trainer,
    rows: np.ndarray,
    recipes: Sequence[AnyRecipe],
    *,
    seeds: Sequence[int] = (0,),
    members: int = 1,
    searched: Collection[AnyRecipe] = (),
) -> PlannedValidation:
    """Every recipe on parts of the training part ``rows``; the folds are the same for all.

    ``members`` networks are averaged per recipe and seed, as they are in the model in the end:
    calibrations and thresholds are fitted on what they are applied to.

    Of the recipes ``searched``, those that are not promising may be left out.
    """
    dataset, config = trainer.dataset, trainer.config
    small = dataset.X.ndim == 2 and len(rows) <= CROSS_VALIDATE_UP_TO
    k = config.folds or (FOLDS if small else 1)
    possible = most_folds(dataset, rows, HOLD_OUT_SHARE if k == 1 else k)
    if possible < 2 and dataset.validation is None:
        raise DataError(
            f"{len(rows)} training cases are too few to validate on: no class has two of them (in two "
            "groups); bring more cases, or cases to validate on with --validation-data"
        )
    if config.folds is None:
        k = min(k, possible)
    if dataset.validation is not None:
        parts = [Split(rows, np.flatnonzero(dataset.validation))]
        method = f"{len(parts[0].test)} cases of the validation data"
    elif k == 1:
        parts = folds(dataset, rows, possible, seeds[0])[:1]
        method = f"{len(parts[0].test)} held-out cases of the training part"
    else:
        parts = folds(dataset, rows, k, seeds[0])
        method = f"{k}-fold cross-validation on the training part"
    networks = tuple(recipe for recipe in recipes if isinstance(recipe, Recipe))
    needed: list[EstimatorRecipe] = []
    families: dict[str, list[EstimatorRecipe]] = {}
    for recipe in recipes:
        if isinstance(recipe, EstimatorRecipe):
            of = families.setdefault(recipe.model, []) if recipe in searched else needed
            of.append(recipe)
    return PlannedValidation(
        trainer,
        networks,
        tuple(needed),
        tuple(map(tuple, families.values())),
        tuple(parts),
        tuple(seeds),
        members,
        method,
    )


def most_folds(dataset: Dataset, rows: np.ndarray, k: int) -> int:
    """As many of ``k`` folds as the ``rows`` allow: of a few cases, or of a few groups, fewer."""
    possible = min(k, int(np.bincount(dataset.y[rows]).max()))
    if dataset.groups is not None:
        possible = min(possible, len(np.unique(dataset.groups[rows])))
    return possible


def validate(
    trainer: Trainer,
    rows: np.ndarray,
    recipes: Sequence[AnyRecipe],
    judge: CostMatrix,
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    seeds: Sequence[int] = (0,),
    members: int = 1,
) -> Validation:
    """A planned validation, trained and judged."""
    planned = plan_validation(trainer, rows, recipes, seeds=seeds, members=members)
    return planned.judged(trainer.fit(planned.specs, progress), judge)
