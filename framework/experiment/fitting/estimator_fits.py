"""Classifiers of scikit-learn's kind: fitted in folds, family by family, and in the end on all cases."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.cases.dataset import Dataset
from framework.core.cases.splitting import Split
from framework.core.costs.prevalence import Mix, cases_stood_for
from framework.core.decisions import pooling
from framework.core.errors import PluginError
from framework.core.fitted_estimator import FittedEstimator, one_thread
from framework.core.process import cores
from framework.core.steps import Step, counted_answers, tell
from framework.experiment.fitting.fitted_members import FittedMember, as_member, taken_up
from framework.experiment.fitting.loss_costs import case_weights
from framework.experiment.fitting.offers import Offers
from framework.experiment.fitting.recipe import AnyRecipe, EstimatorRecipe, MemberSpec
from framework.experiment.fitting.time_budget import TimeBudget
from framework.plugins import guards
from framework.plugins.registry import RAISED, Offer
from framework.plugins.specs import EstimatorSpec, TableShape
from framework.training.checkpoints import Checkpoints, Saved, digest
from framework.training.estimators import fit

# With more training cases than this, settings are chosen on so many of them, and only the best one is
# fitted on all.
HALVED_FROM = 4_000
CORES = cores()
# The fit of all cases takes as long as this many in folds: more cases, more trees.
IN_THE_END = 3
NO_TIME = "no time left"
Told = dict[AnyRecipe, FloatArray]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class EstimatorFits:
    """Fits of the classifiers that ``offers`` has, on cases of ``dataset``.

    Costs weight cases to the shares of ``mix``. A ``compact`` pool is of models as they are fitted in folds.
    """

    offers: Offers
    dataset: Dataset
    checkpoints: Checkpoints
    budget: TimeBudget
    mix: Mix | None = None
    compact: bool = False

    def out_of_fold(
        self,
        needed: Sequence[EstimatorRecipe],
        families: Sequence[Sequence[EstimatorRecipe]],
        parts: Sequence[Split],
        seeds: Sequence[int],
    ) -> tuple[Told, tuple[str, ...]]:
        """Probabilities (S, n, N) of cases held out, part by part, by what is ``needed`` and by families.

        In the order of the families, as long as there is time; and in words, which were left out.

        Raises
        ------
        PluginError
            When what is needed cannot be fitted.
        """
        search = _Search(parts, seeds)
        for recipe in needed:
            self._add([recipe], search)
        fixed = len(search.found)
        for done, family in enumerate(families):
            name = family[0].model
            tell(Step(f"fitting {name}{search.best}", done, len(families)))
            if len(search.found) > fixed and self.budget.is_spent:
                search.left_out[name] = NO_TIME
                continue
            try:
                promising, seconds = self._promising(family, parts)
                if seconds > max(self.budget.left, 0.0):
                    search.left_out[name] = NO_TIME
                    search.too_long.append((seconds, promising))
                    continue
                self._add(promising, search)
            except PluginError as error:
                _log.info("%s", error)
                search.left_out[name] = "it cannot be fitted to these cases"
        if len(search.found) == fixed and search.too_long:  # the quickest, however long it takes
            _, quickest = min(search.too_long, key=lambda found: found[0])
            self._add(quickest, search)
            del search.left_out[quickest[0].model]
        return search.found, tuple(f"{name} ({why})" for name, why in search.left_out.items())

    def _add(self, family: Sequence[EstimatorRecipe], search: _Search) -> None:
        told = [self._of_family(family, search.parts, seed) for seed in search.seeds]
        y = self.dataset.y[np.concatenate([part.test for part in search.parts])]
        for recipe in told[0]:
            search.found[recipe] = np.stack([of_seed[recipe] for of_seed in told])
            loss = pooling.log_loss(told[0][recipe], y, self._stood_for(y))
            if loss < search.least:
                search.least = loss
                search.best = f" (best so far: {recipe}, log loss {loss:.3f})"

    def final(self, specs: Sequence[MemberSpec[EstimatorRecipe]]) -> list[FittedMember]:
        """Fitted as their families are in the end."""
        if not specs:
            return []

        def fit_and_ask(spec: MemberSpec[EstimatorRecipe]) -> FittedEstimator:
            found = self._fit(spec.recipe, spec.rows, spec.seed, in_folds=self.compact)
            with self._named(spec.recipe, "cannot be asked"):
                found(self.dataset.X[spec.rows[:1]])
            return found

        def fitted(spec: MemberSpec[EstimatorRecipe]) -> FittedMember:
            fit_it = partial(fit_and_ask, spec)
            if self.checkpoints.folder is None:
                return as_member(fit_it())
            key = self._key(f"final, compact {self.compact}", [spec.recipe], spec.seed, spec.rows)
            trusted = self._offer(spec.recipe).spec.trusted
            return taken_up(self.checkpoints.folder, key, fit_it, trusted)

        with one_thread(), ThreadPoolExecutor(CORES) as pool:
            return list(counted_answers(pool.map(fitted, specs), len(specs), "fitting the best"))

    def _promising(
        self, family: Sequence[EstimatorRecipe], parts: Sequence[Split]
    ) -> tuple[Sequence[EstimatorRecipe], float]:
        """Of many cases, the recipe that is best on some of them; else all of them.

        With those that come of the same fit: more cases may bear more rounds. And how many seconds it takes
        to validate and train it, as far as some cases tell.
        """
        first = parts[0]
        if len(first.train) <= HALVED_FROM:
            return family, 0.0
        draw = np.random.default_rng(0)
        some = Split(
            draw.permutation(first.train)[:HALVED_FROM], draw.permutation(first.test)[:HALVED_FROM]
        )
        started = time.monotonic()
        told = self._of_family(family, [some], 0)
        fits = self._together(family)
        seconds = (time.monotonic() - started) / len(fits)
        y = self.dataset.y[some.test]
        fitted = [recipe for recipe in family if recipe in told]
        counts = self._stood_for(y)
        best = min(fitted, key=lambda recipe: pooling.log_loss(told[recipe], y, counts))
        promising = next(recipes for recipes in fits if best in recipes)
        at_the_end = IN_THE_END if len(promising) == 1 else 1  # rounds are not more in the end
        seconds *= (len(parts) + at_the_end) * len(first.train) / HALVED_FROM
        return promising, seconds

    def _stood_for(self, y: IntArray) -> FloatArray | None:
        """How many cases of the whole validation part each of ``y`` (n,), some held out, stands for."""
        return cases_stood_for(y, None if self.mix is None else self.mix.validated)

    def _of_family(
        self, family: Sequence[EstimatorRecipe], parts: Sequence[Split], seed: int
    ) -> Told:
        """Probabilities (n, N) of the cases held out, by every recipe that can be fitted."""
        key = ""
        if self.checkpoints.folder is not None:  # else all cases would be read for nothing
            trained, told_of = [part.train for part in parts], [part.test for part in parts]
            key = self._key(f"out of fold, {digest(*told_of)}", family, seed, *trained)
        saved = self.checkpoints.read(key)
        if saved is not None:
            return dict(zip(family, saved.state, strict=True))
        jobs = [(recipes, part) for recipes in self._together(family) for part in parts]
        with one_thread(), ThreadPoolExecutor(CORES) as pool:
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

    def _key(
        self, what: str, recipes: Sequence[EstimatorRecipe], seed: int, *rows: IntArray
    ) -> str:
        """A digest of all that decides how ``recipes`` are fitted to those ``rows``."""
        weights = [
            case_weights(recipe.matrix, self.dataset, of_fit, self.mix)
            for recipe in recipes
            if recipe.matrix is not None
            for of_fit in rows
        ]
        names = [(str(recipe), str(self._offer(recipe).plugin)) for recipe in recipes]
        return digest(what, names, seed, *rows, *weights, self.dataset.X, self.dataset.y)

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
                with self._named(recipes[0], "cannot be asked"):
                    return {recipes[0]: fitted(X)}
            assert staged is not None
            rounds = {recipe: int(dict(recipe.parameters)[staged]) for recipe in recipes}
            longest = max(recipes, key=lambda recipe: rounds[recipe])
            fitted = self._fit(longest, part.train, seed)
            with self._named(longest, "cannot be asked after every round"):
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
        weights = (
            None if recipe.matrix is None else case_weights(recipe.matrix, dataset, rows, self.mix)
        )
        with self._named(recipe, f"cannot be fitted to {shape} with {dict(recipe.parameters)}"):
            return fit(classifier, X, y, dataset.n_classes, seed, weights)

    @contextmanager
    def _named(self, recipe: EstimatorRecipe, what: str) -> Iterator[None]:
        """Tell what the classifier's own code raises as its plugin's failure."""
        offer = self._offer(recipe)
        try:
            yield
        except RAISED as error:
            raise PluginError(
                f'model "{offer.spec.name}" ({offer.plugin}) {what}: {type(error).__name__}: {error}'
            ) from error

    def _offer(self, recipe: EstimatorRecipe) -> Offer[EstimatorSpec]:
        return cast("Offer[EstimatorSpec]", self.offers.models[recipe.model])


@dataclass(eq=False)
class _Search:
    """What was found of the families so far, and what not."""

    parts: Sequence[Split]
    seeds: Sequence[int]
    found: Told = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    too_long: list[tuple[float, Sequence[EstimatorRecipe]]] = field(default_factory=list)
    least: float = np.inf
    best: str = ""


class _Failed(Told):
    """No answer, and why."""

    def __init__(self, error: PluginError) -> None:
        super().__init__()
        self.error = error
