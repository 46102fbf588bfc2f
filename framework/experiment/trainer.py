"""From recipes to trained networks: many at once, with a warm-up where the loss wants one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from framework.config.run_config import ResolvedConfig
from framework.core.dataset import Dataset
from framework.core.errors import ConfigError
from framework.experiment.loss_costs import cost_table
from framework.experiment.offers import EQUAL_COSTS, Offers
from framework.experiment.progress import Progress, ProgressReporter
from framework.experiment.recipe import NetworkSpec, Recipe, TrainedNetwork
from framework.plugins import guards
from framework.training.checkpoints import NO_CHECKPOINTS, Checkpoints
from framework.training.composing import averaged, in_front_of_bytes
from framework.training.early_stopping import still_falling
from framework.training.jobs import Cases, Job, JobResult, Schedule, Settings
from framework.training.loop import train
from framework.training.optimizers import optimizer
from framework.training.predicting import Predictor
from framework.training.scaling import Scaling, holds_bytes

if TYPE_CHECKING:
    from framework.core.backend import keras

# Another draw of one seed is no draw of the next seed.
DRAWS_APART = 1_000_003


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
        self._predictors: dict[str | None, Predictor] = {None: Predictor(self.build())}

    def fit(
        self, specs: Sequence[NetworkSpec], progress: Callable[[Progress], None] = lambda _: None
    ) -> list[TrainedNetwork]:
        """Train all ``specs``; those that share a loss and an architecture at once."""
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
            models = [spec.recipe.model for spec in group]
            jobs = [self._job(spec.recipe, spec, scalings) for spec in group]
            before: list[JobResult] = []
            if length:
                first = [
                    self._job(replace(equal, l2=spec.recipe.l2), spec, scalings) for spec in group
                ]
                told = reporter.of(numbers, "warm-up", final=False)
                before = self._train(models, first, length, 0, schedule, told, ending=False)
                jobs = [
                    replace(job, start=started.weights)
                    for job, started in zip(jobs, before, strict=True)
                ]
            told = reporter.of(numbers, "", final=True)
            rest = self.epochs - length
            results = self._train(models, jobs, rest, length, schedule, told)
            for k, (i, job, result) in enumerate(zip(numbers, jobs, results, strict=True)):
                networks[i] = TrainedNetwork(
                    models[k],
                    result.weights,
                    job.scaling,
                    (before[k].losses if before else ()) + result.losses,
                    (before[k].seconds if before else 0.0) + result.seconds,
                    still_falling(result.losses, schedule) if len(result.losses) == rest else None,
                )
        return [networks[i] for i in range(len(specs))]

    def predict(self, network: TrainedNetwork, rows: np.ndarray) -> np.ndarray:
        """Probabilities (n, N) of a network for rows of the dataset."""
        if network.model not in self._predictors:
            self._predictors[network.model] = Predictor(self.build(network.model))
        predict = self._predictors[network.model]
        return predict(network.scaling(self.dataset.X[rows]), network.weights)

    def model(self, networks: Sequence[TrainedNetwork]) -> keras.Model:
        """A Keras model, scaled features in; of several networks, the mean of their probabilities.

        All were trained on the same cases and share a scaling, which is saved beside the model.
        """
        if any(network.scaling is not networks[0].scaling for network in networks):
            raise ValueError("networks of different training parts have no scaling in common")
        members = []
        for network in networks:
            model = self.build(network.model)
            network.weights.assign_to(model)
            members.append(model)
        return averaged(members, f"{self.config.model}_ensemble")

    def build(self, name: str | None = None) -> keras.Model:
        """A fresh model: scaled features (or bytes) in, probabilities out. Default: the run's own."""
        offer = self.offers.models[name or self.config.model]
        parameters = self.config.model_parameters if name is None else {}
        shape = self.dataset.X.shape[1:]
        model: keras.Model = guards.built(offer, shape, self.dataset.n_classes, parameters)
        return in_front_of_bytes(model) if holds_bytes(self.dataset.X) else model

    def _job(self, recipe: Recipe, spec: NetworkSpec, scalings: dict[int, Scaling]) -> Job:
        return Job(
            loss=recipe.loss.function,
            cost_table=cost_table(recipe, self.dataset, spec.rows),
            seed=spec.seed + DRAWS_APART * spec.recipe.draw,
            rows=spec.rows,
            scaling=scalings[id(spec.rows)],
            l2=recipe.l2,
            loss_name=recipe.loss.name,
        )

    def _train(
        self,
        models: Sequence[str | None],
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
        n_classes = self.dataset.n_classes
        kinds = [
            (model, len(job.cost_table) != n_classes)
            for model, job in zip(models, jobs, strict=True)
        ]
        results: dict[int, JobResult] = {}
        for kind in dict.fromkeys(kinds):
            numbers = [i for i, own in enumerate(kinds) if own == kind]
            model, per_case = kind
            X, y = self.dataset.X, self.dataset.y
            trained = train(
                partial(self.build, model),
                [jobs[i] for i in numbers],
                Cases(X, y, np.arange(len(y)) if per_case else y),
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
