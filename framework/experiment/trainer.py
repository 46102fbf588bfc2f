"""From recipes to trained models: networks many at once, with a warm-up where the loss wants one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np

from framework.config.run_config import ResolvedConfig
from framework.core.arrays import FloatArray
from framework.core.dataset import Dataset
from framework.core.errors import ConfigError
from framework.core.pooling import geometric_mean
from framework.experiment.estimator_fits import EstimatorFits
from framework.experiment.loss_costs import cost_table
from framework.experiment.offers import EQUAL_COSTS, Offers
from framework.experiment.progress import Progress, ProgressReporter
from framework.experiment.recipe import (
    AnyRecipe,
    EstimatorRecipe,
    MemberSpec,
    Recipe,
    TrainedMember,
    TrainedNetwork,
)
from framework.experiment.time_budget import TimeBudget
from framework.plugins import guards
from framework.plugins.registry import Offer
from framework.plugins.specs import ModelSpec
from framework.training import composing
from framework.training.checkpoints import NO_CHECKPOINTS, Checkpoints
from framework.training.composing import in_front_of_bytes
from framework.training.early_stopping import still_falling
from framework.training.jobs import Cases, Job, JobResult, Schedule, Settings
from framework.training.loop import train
from framework.training.optimizers import optimizer
from framework.training.predicting import Predictor
from framework.training.scaling import Scaling, holds_bytes

if TYPE_CHECKING:
    from framework.core.backend import keras


class Trainer:
    """A dataset, an optimizer and the architectures: what all recipes of a run share."""

    def __init__(
        self,
        config: ResolvedConfig,
        offers: Offers,
        dataset: Dataset,
        checkpoints: Checkpoints = NO_CHECKPOINTS,
    ) -> None:
        self.checkpoints = checkpoints
        self.config, self.offers, self.dataset = config, offers, dataset
        if config.epochs is None or config.learning_rate is None:
            raise ConfigError("a Trainer takes a configuration that is settled; see ResolvedConfig")
        self.epochs = config.epochs
        self._optimizer = partial(optimizer, config.optimizer, config.learning_rate)
        self._optimizer()  # a wrong name is told before anything is trained
        budget = TimeBudget(config.time_budget)
        self.estimators = EstimatorFits(
            offers, dataset, checkpoints, budget, config.model, config.compact
        )
        self._told_by: dict[tuple[int, int], tuple[TrainedMember, np.ndarray, FloatArray]] = {}
        self._predict: Predictor | None = None
        if isinstance(offers.models[config.model].spec, ModelSpec):
            self._predict = Predictor(self.build())

    def fit(
        self,
        specs: Sequence[MemberSpec[AnyRecipe]],
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> list[TrainedMember]:
        """Train all ``specs``; networks that share a loss at once."""
        networks, others = [], []
        for spec in specs:
            if isinstance(spec.recipe, Recipe):
                networks.append(cast("MemberSpec[Recipe]", spec))
            else:
                others.append(cast("MemberSpec[EstimatorRecipe]", spec))
        trained: Iterator[TrainedMember] = iter(self._fit_networks(networks, progress))
        fitted: Iterator[TrainedMember] = iter(self.estimators.final(others))
        return [next(trained if isinstance(s.recipe, Recipe) else fitted) for s in specs]

    def _fit_networks(
        self, specs: Sequence[MemberSpec[Recipe]], progress: Callable[[Progress], None]
    ) -> list[TrainedNetwork]:
        scalings: dict[int, Scaling] = {}
        for spec in specs:
            if id(spec.rows) not in scalings:
                part = self.dataset.X[spec.rows]
                scalings[id(spec.rows)] = Scaling.fit(part, self.dataset.feature_names)
        schedule = Schedule(self.epochs, self.config.decay)
        reporter = ProgressReporter([spec.name for spec in specs], progress)
        warm = [round(spec.recipe.warm_up * self.epochs) for spec in specs]
        equal = Recipe(self.offers.loss(EQUAL_COSTS), None)
        networks: dict[int, TrainedNetwork] = {}
        for length in sorted(set(warm)):
            numbers = [i for i, own in enumerate(warm) if own == length]
            group = [specs[i] for i in numbers]
            jobs = [self._job(spec.recipe, spec, scalings) for spec in group]
            before: list[JobResult] = []
            if length:
                first = [
                    self._job(replace(equal, l2=spec.recipe.l2), spec, scalings) for spec in group
                ]
                told = reporter.of(numbers, "warm-up", final=False)
                before = self._train(first, length, 0, schedule, told, ending=False)
                jobs = [
                    replace(job, start=started.weights)
                    for job, started in zip(jobs, before, strict=True)
                ]
            told = reporter.of(numbers, "", final=True)
            rest = self.epochs - length
            results = self._train(jobs, rest, length, schedule, told)
            for k, (i, job, result) in enumerate(zip(numbers, jobs, results, strict=True)):
                networks[i] = TrainedNetwork(
                    result.weights,
                    job.scaling,
                    (before[k].losses if before else ()) + result.losses,
                    (before[k].seconds if before else 0.0) + result.seconds,
                    still_falling(result.losses, schedule) if len(result.losses) == rest else None,
                )
        return [networks[i] for i in range(len(specs))]

    def predict(self, network: TrainedMember, rows: np.ndarray) -> np.ndarray:
        """Probabilities (n, N) of a trained model for rows of the dataset."""
        if not isinstance(network, TrainedNetwork):
            return network(self.dataset.X[rows])
        assert self._predict is not None
        return self._predict(network.scaling(self.dataset.X[rows]), network.weights)

    def together(self, members: Sequence[TrainedMember], rows: np.ndarray) -> FloatArray:
        """The same of ``members`` of one recipe: their geometric mean.

        Several rows of a comparison may share members; each is asked once.
        """
        told = []
        for member in members:
            key = (id(member), id(rows))
            if key not in self._told_by:
                self._told_by[key] = (member, rows, self.predict(member, rows))
            told.append(self._told_by[key][-1])
        return geometric_mean(told)

    def network(self, members: Sequence[TrainedNetwork]) -> keras.Model:
        """A Keras model, scaled features in: ``members`` of one recipe as one."""
        models = []
        for member in members:
            model = self.build()
            member.weights.assign_to(model)
            models.append(model)
        return composing.geometric_mean(models, f"{self.config.model}_ensemble")

    def build(self) -> keras.Model:
        """A fresh model of the run's architecture: scaled features (or bytes) in, probabilities out."""
        offer = cast("Offer[ModelSpec]", self.offers.models[self.config.model])
        shape, parameters = self.dataset.X.shape[1:], self.config.model_parameters
        model: keras.Model = guards.built(offer, shape, self.dataset.n_classes, parameters)
        return in_front_of_bytes(model) if holds_bytes(self.dataset.X) else model

    def _job(self, recipe: Recipe, spec: MemberSpec[Recipe], scalings: dict[int, Scaling]) -> Job:
        return Job(
            loss=recipe.loss.function,
            cost_table=cost_table(recipe, self.dataset, spec.rows),
            seed=spec.seed,
            rows=spec.rows,
            scaling=scalings[id(spec.rows)],
            l2=recipe.l2,
            loss_name=recipe.loss.name,
        )

    def _train(
        self,
        jobs: list[Job],
        epochs: int,
        first_epoch: int,
        schedule: Schedule,
        on_epoch: Callable[..., None],
        ending: bool = True,
    ) -> list[JobResult]:
        settings = Settings(
            self._optimizer,
            epochs,
            self.config.batch_size,
            first_epoch,
            schedule,
            early_stopping=bool(self.config.early_stopping) and ending,
        )
        # Costs per class are looked up by class, costs per case by case: two kinds of tables.
        per_case = [len(job.cost_table) != self.dataset.n_classes for job in jobs]
        results: dict[int, JobResult] = {}
        for kind in dict.fromkeys(per_case):
            numbers = [i for i, own in enumerate(per_case) if own == kind]
            X, y = self.dataset.X, self.dataset.y
            trained = train(
                self.build,
                [jobs[i] for i in numbers],
                Cases(X, y, np.arange(len(y)) if kind else y),
                settings,
                partial(self._told, on_epoch, numbers, epochs),
                self.checkpoints,
            )
            results.update(zip(numbers, trained, strict=True))
        return [results[i] for i in range(len(jobs))]

    @staticmethod
    def _told(
        on_epoch: Callable[..., None],
        numbers: list[int],
        epochs: int,
        told: Sequence[int],
        epoch: int,
        losses: np.ndarray,
    ) -> None:
        on_epoch([numbers[i] for i in told], epoch, epochs, losses)
