"""Validation on the training part: every recipe's probabilities for cases it was not trained on.

Everything that is chosen or fitted (strategies, calibrations, thresholds, the model that is served)
goes by these cases; the test part judges and does not choose.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from framework.core import calibration, pooling
from framework.core.arrays import FloatArray
from framework.core.cost_matrix import CostMatrix
from framework.core.costs import case_costs, of_cases
from framework.core.dataset import Dataset
from framework.core.errors import DataError
from framework.core.judged_cases import JudgedCases
from framework.core.pooling import geometric_mean
from framework.core.prevalence import Mix, cases_stood_for
from framework.core.splitting import Split, folds
from framework.core.steps import counted
from framework.experiment.progress import Progress
from framework.experiment.recipe import (
    AnyRecipe,
    EstimatorRecipe,
    MemberSpec,
    Recipe,
    TrainedMember,
)
from framework.experiment.strategy import Combination, Strategy, decide, fit_parameters
from framework.experiment.trainer import Trainer
from framework.inference.artifact import Decision

# Cross-validation up to this many training cases of a table; beyond, one held-out part serves.
CROSS_VALIDATE_UP_TO = 5_000
FOLDS = 5
HOLD_OUT_SHARE = 5  # one in five
# Stated probabilities are calibrated by this method where the decision goes by others.
REPORTING = "bias"


@dataclass(frozen=True, eq=False)
class Validation:
    """n cases of the training part that some models were not trained on.

    ``costs`` (N, M) or (n, N, M) are what decisions cost, ``known`` what is known of that when a case
    is decided; their first ``n_actions`` columns are actions, with 0 classes.
    ``probabilities[recipe]`` are (S, n, N): of every seed, the average of as many networks as are
    averaged in the end. ``fold`` (n,) numbers what was held out together, ``groups`` (n,) cases
    that belong together; ``method`` says in words how it was done, ``left_out`` which families of
    models there was no time for, or which cannot be fitted.
    """

    rows: np.ndarray
    fold: np.ndarray
    y: np.ndarray
    costs: np.ndarray
    known: np.ndarray
    groups: np.ndarray | None
    probabilities: Mapping[AnyRecipe, np.ndarray]
    n_actions: int = 0
    method: str = ""
    # Those fitted so far: they do not depend on what decisions cost.
    combinations: dict[Any, Combination] = field(default_factory=dict)
    log_losses: dict[AnyRecipe, float] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    mix: Mix | None = None

    @property
    def seeds(self) -> int:
        return len(next(iter(self.probabilities.values())))

    def fits(self) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """For every fold its number, and masks (n,) of its cases and of those to fit on: the others'."""
        for fold in np.unique(self.fold).tolist():
            here = self.fold == fold
            yield fold, here, ~here if not here.all() else here  # a single fold has only itself

    def of(self, strategy: Strategy, seed: int = 0) -> np.ndarray:
        """Probabilities (M, n, N) of the models of one seed, one for each of the M recipes."""
        return np.stack([self.probabilities[recipe][seed] for recipe in strategy.recipes])

    def combination(
        self, strategy: Strategy, seed: int = 0, fold: int | None = None
    ) -> Combination:
        """How they become one (n, N), fitted on all cases, or for a ``fold`` on those of the others.

        At the shares of the classes in the population that is meant, for a strategy that takes
        probabilities at their word.
        """
        moves = self.mix is not None and strategy.takes_probabilities
        key = (strategy.calibration, strategy.recipes, strategy.pooled, moves, seed, fold)
        if key not in self.combinations:
            p, y = self.of(strategy, seed), self.y
            if fold is not None:
                others = next(others for number, _, others in self.fits() if number == fold)
                p, y = p[:, others], y[others]
            weights = self._stood_for(y)
            plain = Combination(pooling.fit(p, y, weights) if strategy.pooled else None)
            fitted = calibration.fit(strategy.calibration, plain(p), y, weights)
            if moves and self.mix is not None:
                fitted = fitted.moved(self.mix.ratio)
            self.combinations[key] = replace(plain, calibration=fitted)
        return self.combinations[key]

    def decision(self, strategy: Strategy, seed: int = 0) -> Decision:
        """How a model of this strategy decides, and by what its dollars are stated.

        Probabilities are stated as they are decided by where those are calibrated; a strategy that
        decides by others gets a calibration for what it states alone.
        """
        fitted = self.combination(strategy, seed)
        p = fitted(self.of(strategy, seed))
        parameters = fit_parameters(strategy, p, self.y, self.weighted_costs, self.n_actions)
        stated = fitted
        if strategy.calibration == "none" and not strategy.pooled:
            stated = self.combination(replace(strategy, calibration=REPORTING), seed)
        return Decision(strategy.rule.name, parameters, fitted.calibration, stated.calibration)

    def log_loss(self, recipe: AnyRecipe) -> float:
        """Mean log loss (nats a case) of a recipe's probabilities, when calibrated.

        What recipes are ranked by, and not their dollars: where a few dear mistakes make up most of
        the costs, dollars of a few hundred cases tell who was lucky with two or three of them. The
        log loss is as proper, and hears every case.
        """
        if recipe not in self.log_losses:
            weights = self._stood_for(self.y)
            of_seeds = [pooling.log_loss(p, self.y, weights) for p in self.probabilities[recipe]]
            self.log_losses[recipe] = float(np.mean(of_seeds))
        return self.log_losses[recipe]

    def dollars(self, strategy: Strategy) -> np.ndarray:
        """What each case brought (n,), mean over the seeds; negative = a loss.

        Decided by what was fitted on other folds. Their mean is that of the population that is meant.
        """
        of_seeds = [
            case_costs(self.y, cross_fitted_decisions(strategy, self, seed), self.costs)
            for seed in range(self.seeds)
        ]
        return self.cases.values(0.0 - np.mean(of_seeds, axis=0))

    @property
    def weighted_costs(self) -> FloatArray:
        """``costs`` of cases that count as their classes do in the population that is meant."""
        return self.cases.weighted_costs

    @cached_property
    def cases(self) -> JudgedCases:
        """What means over them are of."""
        mix = self.mix
        target, totals = (None, None) if mix is None else (mix.target, mix.validated)
        return JudgedCases.of_part(self.y, self.costs, self.groups, target, totals)

    def _stood_for(self, y: np.ndarray) -> FloatArray | None:
        """How many cases of the whole validation part each of ``y`` (n,), some of these, stands for."""
        return cases_stood_for(y, None if self.mix is None else self.mix.validated)


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


def cross_fitted_decisions(strategy: Strategy, validation: Validation, seed: int = 0) -> np.ndarray:
    """Decisions on every validation case, by what was fitted on the other folds."""
    p = validation.of(strategy, seed)
    if not strategy.is_fitted:
        fitted = validation.combination(strategy, seed)
        return decide(
            strategy, fitted(p), validation.known, strategy.parameters, validation.n_actions
        )
    decisions = np.empty(len(validation.y), dtype=np.int64)
    for fold, here, others in validation.fits():
        fitted = validation.combination(strategy, seed, fold)
        parameters = fit_parameters(
            strategy,
            fitted(p[:, others]),
            validation.y[others],
            of_cases(validation.weighted_costs, others),
            validation.n_actions,
        )
        decisions[here] = decide(
            strategy,
            fitted(p[:, here]),
            of_cases(validation.known, here),
            parameters,
            validation.n_actions,
        )
    return decisions
