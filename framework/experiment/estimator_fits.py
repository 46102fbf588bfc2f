"""Classifiers of scikit-learn's kind: fitted in folds, family by family, and in the end on all cases."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np

from framework.core import pooling
from framework.core.arrays import FloatArray, IntArray
from framework.core.dataset import Dataset
from framework.core.errors import PluginError
from framework.core.splitting import Split
from framework.core.steps import Step, counted_answers, tell
from framework.experiment.loss_costs import case_weights
from framework.experiment.offers import Offers
from framework.experiment.recipe import AnyRecipe, EstimatorRecipe, MemberSpec
from framework.experiment.time_budget import TimeBudget
from framework.plugins import guards
from framework.plugins.registry import Offer
from framework.plugins.specs import EstimatorSpec, TableShape
from framework.training.checkpoints import Checkpoints, Saved, digest
from framework.training.estimators import FittedEstimator, fit

# With more training cases than this, settings are chosen on so many of them, and only the best one is
# fitted on all.
HALVED_FROM = 4_000
CORES = os.cpu_count() or 1
Told = dict[AnyRecipe, FloatArray]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class EstimatorFits:
    """Fits of the classifiers that ``offers`` has, on cases of ``dataset``.

    ``own`` is the run's own model: where that cannot be fitted, there is no pool without it. A ``compact``
    one is of models as they are fitted in folds.
    """

    offers: Offers
    dataset: Dataset
    checkpoints: Checkpoints
    budget: TimeBudget
    own: str
    compact: bool = False

    def out_of_fold(
        self,
        families: Sequence[Sequence[EstimatorRecipe]],
        parts: Sequence[Split],
        seeds: Sequence[int],
    ) -> tuple[Told, tuple[str, ...]]:
        """Probabilities (S, n, N) of cases held out, part by part, by the recipes of each family.

        In the order of the families, as long as there is time; and in words, which were left out.
        """
        found: Told = {}
        left_out: list[str] = []
        y = self.dataset.y[np.concatenate([part.test for part in parts])]
        best = ""
        for done, family in enumerate(families):
            name = family[0].model
            tell(Step(f"fitting {name}{best}", done, len(families)))
            if found and self.budget.is_spent:
                left_out.append(f"{name} (no time left)")
                continue
            try:
                of_seeds = [
                    self._of_family(self._promising(family, parts), parts, s) for s in seeds
                ]
            except PluginError as error:
                if name == self.own:
                    raise
                _log.info("%s", error)
                left_out.append(f"{name} (it cannot be fitted to these cases)")
                continue
            for recipe in of_seeds[0]:
                found[recipe] = np.stack([told[recipe] for told in of_seeds])
            losses = {recipe: pooling.log_loss(p[0], y) for recipe, p in found.items()}
            first = min(losses, key=lambda recipe: losses[recipe])
            best = f" (best so far: {first}, log loss {losses[first]:.3f})"
        return found, tuple(left_out)

    def final(self, specs: Sequence[MemberSpec[EstimatorRecipe]]) -> list[FittedEstimator]:
        """Fitted as their families are in the end."""

        def fitted(spec: MemberSpec[EstimatorRecipe]) -> FittedEstimator:
            return self._fit(spec.recipe, spec.rows, spec.seed, in_folds=self.compact)

        with ThreadPoolExecutor(CORES) as pool:
            return list(counted_answers(pool.map(fitted, specs), len(specs), "fitting the best"))

    def _promising(
        self, family: Sequence[EstimatorRecipe], parts: Sequence[Split]
    ) -> Sequence[EstimatorRecipe]:
        """Of many cases, the recipe that is best on some of them; else all of them."""
        first = parts[0]
        if len(family) == 1 or len(first.train) <= HALVED_FROM:
            return family
        draw = np.random.default_rng(0)
        some = Split(
            draw.permutation(first.train)[:HALVED_FROM], draw.permutation(first.test)[:HALVED_FROM]
        )
        told = self._of_family(family, [some], 0)
        y = self.dataset.y[some.test]
        fitted = [recipe for recipe in family if recipe in told]
        return [min(fitted, key=lambda recipe: pooling.log_loss(told[recipe], y))]

    def _of_family(
        self, family: Sequence[EstimatorRecipe], parts: Sequence[Split], seed: int
    ) -> Told:
        """Probabilities (n, N) of the cases held out, by every recipe that can be fitted."""
        rows = [part.train for part in parts] + [part.test for part in parts]
        key = digest("out of fold", [str(recipe) for recipe in family], seed, *rows, *self._data)
        saved = self.checkpoints.read(key)
        if saved is not None:
            return dict(zip(family, saved.state, strict=True))
        jobs = [(recipes, part) for recipes in self._together(family) for part in parts]
        with ThreadPoolExecutor(CORES) as pool:
            answers = list(pool.map(lambda job: self._held_out(job[0], job[1], seed), jobs))
        told: Told = {}
        for recipe in family:
            of_parts = [answer[recipe] for answer in answers if recipe in answer]
            if len(of_parts) == len(parts):
                told[recipe] = np.concatenate(of_parts)
        if not told:
            raise next(answer for answer in answers if isinstance(answer, _Failed)).error
        if len(told) == len(family):
            self.checkpoints.save(key, Saved(np.empty(0), 0.0, tuple(told.values())))
        return told

    def _together(self, family: Sequence[EstimatorRecipe]) -> list[list[EstimatorRecipe]]:
        """Recipes that come of one fit: those that differ in the number of rounds alone."""
        staged = self._offer(family[0]).spec.staged
        groups: dict[Any, list[EstimatorRecipe]] = {}
        for recipe in family:
            same = tuple(item for item in recipe.parameters if item[0] != staged)
            groups.setdefault((same, recipe.matrix), []).append(recipe)
        return list(groups.values())

    def _held_out(self, recipes: Sequence[EstimatorRecipe], part: Split, seed: int) -> Told:
        """What the recipes of one fit say of the part's held-out cases; nothing when it fails."""
        X = self.dataset.X[part.test]
        staged = self._offer(recipes[0]).spec.staged
        try:
            if len(recipes) == 1:
                fitted = self._fit(recipes[0], part.train, seed)
                return {recipes[0]: fitted(X)}
            assert staged is not None
            rounds = {recipe: int(dict(recipe.parameters)[staged]) for recipe in recipes}
            longest = max(recipes, key=lambda recipe: rounds[recipe])
            fitted = self._fit(longest, part.train, seed)
            stages = fitted.staged(X, list(rounds.values()))
            return {recipe: stages[rounds[recipe]] for recipe in recipes}
        except PluginError as error:
            return _Failed(error)

    def _fit(
        self, recipe: EstimatorRecipe, rows: IntArray, seed: int, in_folds: bool = True
    ) -> FittedEstimator:
        offer, dataset = self._offer(recipe), self.dataset
        shape = TableShape(len(rows), dataset.X.shape[1], dataset.n_classes)
        parameters = {**dict(recipe.parameters), **(offer.spec.in_folds if in_folds else {})}
        classifier = guards.built_estimator(offer, shape, parameters)
        X, y = dataset.X[rows].astype(np.float64), dataset.y[rows]
        weights = None if recipe.matrix is None else case_weights(recipe.matrix, dataset, rows)
        try:
            return fit(classifier, X, y, dataset.n_classes, seed, weights)
        except Exception as error:
            raise PluginError(
                f'model "{offer.spec.name}" ({offer.plugin}) cannot be fitted to {shape} with '
                f"{dict(recipe.parameters)}: {type(error).__name__}: {error}"
            ) from error

    @cached_property
    def _data(self) -> tuple[np.ndarray, np.ndarray]:
        return self.dataset.X, self.dataset.y

    def _offer(self, recipe: EstimatorRecipe) -> Offer[EstimatorSpec]:
        return cast("Offer[EstimatorSpec]", self.offers.models[recipe.model])


class _Failed(Told):
    """No answer, and why."""

    def __init__(self, error: PluginError) -> None:
        super().__init__()
        self.error = error
