"""From recipes to trained models: networks many at once, with a warm-up where the loss wants one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from framework.config.resolved_config import SettledConfig
from framework.core.cases.augmentation import Augmentation
from framework.core.cases.dataset import Dataset
from framework.core.costs.prevalence import Mix
from framework.core.scaling import Scaling, holds_bytes
from framework.core.weights import Weights
from framework.experiment.fitting.estimator_fits import EstimatorFits
from framework.experiment.fitting.loss_costs import cost_table, costs_of_blocks
from framework.experiment.fitting.offers import EQUAL_COSTS, Offers
from framework.experiment.fitting.phases import RATE_OF_TRAINED_LAYERS, Phase, phases
from framework.experiment.fitting.plugin_trial import try_classifiers, try_network
from framework.experiment.fitting.progress import (
    NO_OBJECTIVE,
    Objective,
    Progress,
    ProgressReporter,
)
from framework.experiment.fitting.recipe import (
    AnyRecipe,
    EstimatorRecipe,
    MemberSpec,
    Recipe,
    TrainedMember,
    TrainedNetwork,
)
from framework.experiment.fitting.time_budget import TimeBudget
from framework.inference.predicting import Predictor
from framework.plugins import guards
from framework.plugins.registry import Offer
from framework.plugins.specs import ModelSpec
from framework.training import composing
from framework.training.checkpoints import NO_CHECKPOINTS, Checkpoints
from framework.training.composing import in_front_of_bytes, thaw
from framework.training.early_stopping import still_falling
from framework.training.jobs import Cases, Job, JobResult, Schedule, Settings
from framework.training.loop import train
from framework.training.optimizers import optimizer
from framework.training.precision import FULL, computing_in

if TYPE_CHECKING:
    from framework.core.backend import keras
    from framework.experiment.fitting.strategy import Strategy

CASES_AT_ONCE = 2**13  # that are predicted


class Trainer:
    """A dataset, an optimizer and the architectures: what all recipes of a run share.

    ``mix`` are the shares of the classes that normalised training costs are weighted to (default: as the
    cases are). Of the strategy ``tuned``, if one is set, progress can tell its validation dollars.
    """

    tuned: Strategy | None = None

    def __init__(
        self,
        config: SettledConfig,
        offers: Offers,
        dataset: Dataset,
        checkpoints: Checkpoints = NO_CHECKPOINTS,
        mix: Mix | None = None,
    ) -> None:
        self.checkpoints, self.mix = checkpoints, mix
        self.config, self.offers, self.dataset = config, offers, dataset
        self.epochs = config.epochs
        self._schedule = Schedule(self.epochs, config.decay, config.learning_rate_warm_up)
        self._thaws = config.frozen < 1
        self._optimizer()  # a wrong name is told before anything is trained
        budget = TimeBudget(config.time_budget)
        weighed = mix if config.scale == "normalized" else None
        self.estimators = EstimatorFits(
            offers, dataset, checkpoints, budget, weighed, config.compact
        )
        # With the rows that they were trained on, whose id is in the key.
        self._networks: dict[tuple[Recipe, int, int], tuple[TrainedNetwork, np.ndarray]] = {}
        self._predict: Predictor | None = None
        if isinstance(offers.models[config.model].spec, ModelSpec):
            model = self.build()
            self._predict = Predictor(model)
            try_network(offers, config.model, model, self._predict)
        try_classifiers(offers, dataset)

    def fit(
        self,
        specs: Sequence[MemberSpec[AnyRecipe]],
        progress: Callable[[Progress], None] = lambda _: None,
        objective: Objective = NO_OBJECTIVE,
    ) -> list[TrainedMember]:
        """Train all ``specs``; networks that share a loss at once.

        ``objective`` is what their progress can tell of networks, by their places in ``specs``.
        """
        networks, others = [], []
        for spec in specs:
            if isinstance(spec.recipe, Recipe):
                networks.append(cast("MemberSpec[Recipe]", spec))
            else:
                others.append(cast("MemberSpec[EstimatorRecipe]", spec))
        trained: Iterator[TrainedMember] = iter(self._fit_networks(networks, progress, objective))
        fitted: Iterator[TrainedMember] = iter(self.estimators.final(others))
        return [next(trained if isinstance(s.recipe, Recipe) else fitted) for s in specs]

    def _fit_networks(
        self,
        specs: Sequence[MemberSpec[Recipe]],
        progress: Callable[[Progress], None],
        objective: Objective,
    ) -> list[TrainedNetwork]:
        scalings: dict[int, Scaling] = {}
        for spec in specs:
            if id(spec.rows) not in scalings:
                names = self.dataset.feature_names
                scalings[id(spec.rows)] = Scaling.fit(self.dataset.X, names, spec.rows)
        plans = [phases(self.epochs, s.recipe.warm_up, self.config.frozen) for s in specs]
        reporter = ProgressReporter([spec.name for spec in specs], progress, objective)
        # Where cases to validate on come with the data, the model in the end is the one that was validated.
        keys = [(spec.recipe, spec.seed, id(spec.rows)) for spec in specs]
        new = {key: i for i, key in reversed([*enumerate(keys)]) if key not in self._networks}
        for plan in sorted(set(plans)):
            numbers = [i for i in sorted(new.values()) if plans[i] == plan]
            if not numbers:
                continue
            group = [specs[i] for i in numbers]
            trained = self._in_phases(plan, group, scalings, partial(reporter.of, numbers))
            for i, network in zip(numbers, trained, strict=True):
                self._networks[keys[i]] = (network, specs[i].rows)
        return [self._networks[key][0] for key in keys]

    def _in_phases(
        self,
        plan: Sequence[Phase],
        specs: Sequence[MemberSpec[Recipe]],
        scalings: dict[int, Scaling],
        told: Callable[[str, bool], Callable[..., None]],
    ) -> list[TrainedNetwork]:
        """Networks that go through the same phases, each from where the one before has ended."""
        equal = Recipe(self.offers.loss(EQUAL_COSTS), None)
        done: list[list[JobResult]] = [[] for _ in specs]
        jobs: list[Job] = []
        for phase, before in zip(plan, (None, *plan), strict=False):
            first = [replace(equal, l2=spec.recipe.l2) for spec in specs]
            recipes = first if phase.warm_up else [spec.recipe for spec in specs]
            jobs = [self._job(r, spec, scalings) for r, spec in zip(recipes, specs, strict=True)]
            if before is not None:
                starts = [results[-1].weights for results in done]
                if before.frozen and not phase.frozen:
                    starts = self._thawed(starts)
                jobs = [replace(job, start=w) for job, w in zip(jobs, starts, strict=True)]
            last = phase is plan[-1]
            results = self._train(jobs, phase, told(str(phase), last), ending=last)
            for so_far, result in zip(done, results, strict=True):
                so_far.append(result)
        return [
            TrainedNetwork(
                results[-1].weights,
                job.scaling,
                sum((result.losses for result in results), ()),
                sum(result.seconds for result in results),
                still_falling(results[-1].losses, self._schedule)
                if len(results[-1].losses) == plan[-1].epochs
                else None,
            )
            for job, results in zip(jobs, done, strict=True)
        ]

    def predict(self, network: TrainedMember, rows: np.ndarray) -> np.ndarray:
        """Probabilities (n, N) of a trained model for rows of the dataset."""
        if not isinstance(network, TrainedNetwork):
            return network(self.dataset.X[rows])
        assert self._predict is not None
        # So many cases at a time that they take little memory, in whole chunks of the predictor's.
        each = self._predict.chunk * max(1, CASES_AT_ONCE // self._predict.chunk)
        told = [
            self._predict(
                network.scaling(self.dataset.X, rows[start : start + each]), network.weights
            )
            for start in range(0, max(1, len(rows)), each)
        ]
        return told[0] if len(told) == 1 else np.concatenate(told)

    def network(self, members: Sequence[TrainedNetwork]) -> keras.Model:
        """A Keras model, scaled features in: ``members`` of one recipe as one."""
        models = []
        for member in members:
            model = self.build()
            member.weights.assign_to(model)
            models.append(model)
        return composing.geometric_mean(models, f"{self.config.model}_ensemble")

    def build(self, frozen: bool = False, precision: str = FULL) -> keras.Model:
        """A fresh model of the run's architecture: scaled features (or bytes) in, probabilities out.

        ``frozen``: as it is while layers that it brings trained do not learn yet. ``precision`` is that of
        its products; what answers is always of FULL precision, and has the same weights.
        """
        offer = cast("Offer[ModelSpec]", self.offers.models[self.config.model])
        shape, parameters = self.dataset.X.shape[1:], self.config.model_parameters
        made = partial(guards.built, offer, shape, self.dataset.n_classes, parameters)
        model = computing_in(precision, made)
        if holds_bytes(self.dataset.X):
            model = in_front_of_bytes(model)
        if self._thaws and not frozen:
            thaw(model)
        return model

    def _thawed(self, of_networks: Sequence[Weights]) -> list[Weights]:
        """The same weights, sorted into those that learn and those that do not when all layers do."""
        sorted_anew = []
        for weights in of_networks:
            model = self.build(frozen=True)
            weights.assign_to(model)
            thaw(model)
            sorted_anew.append(Weights.of(model))
        return sorted_anew

    def _optimizer(self, factor: float = 1.0) -> keras.optimizers.Optimizer:
        config = self.config
        return optimizer(config.optimizer, factor * config.learning_rate, config.weight_decay)

    def _job(self, recipe: Recipe, spec: MemberSpec[Recipe], scalings: dict[int, Scaling]) -> Job:
        return Job(
            loss=recipe.loss.function,
            cost_table=cost_table(recipe, self.dataset, spec.rows, self.mix),
            seed=spec.seed,
            rows=spec.rows,
            scaling=scalings[id(spec.rows)],
            l2=recipe.l2,
            loss_name=recipe.loss.name,
            costs_of=costs_of_blocks(recipe, self.dataset, spec.rows, self.mix),
        )

    def _train(
        self, jobs: list[Job], phase: Phase, on_epoch: Callable[..., None], ending: bool
    ) -> list[JobResult]:
        thawed = self._thaws and not phase.frozen
        settings = Settings(
            partial(self._optimizer, RATE_OF_TRAINED_LAYERS if thawed else 1.0),
            phase.epochs,
            self.config.batch_size,
            phase.begins,
            self._schedule,
            early_stopping=self.config.early_stopping and ending,
            augmentation=Augmentation.of(self.config.augment),
        )
        # Costs per class are looked up by class, costs per case by case: two kinds of tables.
        per_case = [len(job.cost_table) != self.dataset.n_classes for job in jobs]
        results: dict[int, JobResult] = {}
        for kind in dict.fromkeys(per_case):
            numbers = [i for i, own in enumerate(per_case) if own == kind]
            X, y = self.dataset.X, self.dataset.y
            trained = train(
                partial(self.build, phase.frozen, self.config.precision),
                [jobs[i] for i in numbers],
                Cases(X, y, np.arange(len(y)) if kind else y, self.dataset.stream),
                settings,
                partial(self._told, on_epoch, {i: jobs[i].scaling for i in numbers}, phase.epochs),
                self.checkpoints,
            )
            results.update(zip(numbers, trained, strict=True))
        return [results[i] for i in range(len(jobs))]

    @staticmethod
    def _told(
        on_epoch: Callable[..., None],
        scalings: Mapping[int, Scaling],
        epochs: int,
        told: Sequence[int],
        *epoch_losses_weights: Any,
    ) -> None:
        epoch, losses, weights = epoch_losses_weights
        numbers = list(scalings)
        at = [numbers[i] for i in told]

        def networks() -> dict[int, TrainedNetwork]:
            return {
                i: TrainedNetwork(own, scalings[i], (), 0.0)
                for i, own in zip(at, weights(), strict=True)
            }

        on_epoch(at, epoch, epochs, losses, networks)
