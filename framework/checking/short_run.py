"""A whole run, short: of a dataset with its own settings, of a model or loss on made-up cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from framework.checking.dataset_checks import dataset_of, matrix_of
from framework.checking.made_up_cases import MadeUpDatasets, dataset_name, made_up_matrix
from framework.checking.model_checks import cases_of
from framework.checking.subject import Subject
from framework.config.run_config import RunConfig
from framework.core.cases.dataset import Dataset
from framework.core.errors import PluginError
from framework.plugins.registry import Registry

if TYPE_CHECKING:  # TensorFlow: only when something is trained
    from framework.experiment.choosing.plan import ResolvedRun
    from framework.experiment.fitting.progress import Progress
    from framework.experiment.results.run_result import RunResult

# Enough to see whether a loss falls: of cases, of passes over them.
MOST_CASES = 400
FEWEST_OF_A_CLASS = 8
EPOCHS = 10


@dataclass(frozen=True, eq=False)
class ShortRun:
    """What came of it, and the mean losses by epoch of the networks that matter."""

    result: RunResult
    losses: dict[str, list[float]]


def short_run_of(subject: Subject) -> ShortRun:
    return subject.once("trained model", lambda: _run(subject))


def check_loss_falls(subject: Subject) -> None:
    """In a short training, the loss is finite and ends lower than it began."""
    for networks, losses in short_run_of(subject).losses.items():
        if not losses[-1] < losses[0]:
            raise PluginError(
                f"{subject}: in {len(losses)} epochs the loss went from {losses[0]:.5g} to "
                f"{losses[-1]:.5g} ({networks}); expected it to fall. Look for a learning rate that is "
                "too high, weights that do not learn, or a sign that is wrong"
            )


def _run(subject: Subject) -> ShortRun:
    from framework.experiment.run import carry_out

    plan = _of_dataset(subject) if subject.kind == "dataset" else _of_made_up_cases(subject)
    told: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))

    def listen(progress: Progress) -> None:
        told[progress.models][progress.epoch].append(progress.loss)

    result = carry_out(plan, Path("runs"), listen)
    if subject.kind == "loss":
        told = {name: of for name, of in told.items() if subject.spec.name in name.split(", ")}
    losses = {
        name: [float(np.mean(of_epoch)) for of_epoch in of.values()]
        for name, of in told.items()
        if len(of) > 1
    }
    return ShortRun(result, losses)


def _of_dataset(subject: Subject) -> ResolvedRun:
    from framework.experiment.choosing.plan import resolve

    dataset = few_cases(dataset_of(subject))
    config = RunConfig(dataset=subject.spec.name, cost_matrix=matrix_of(subject), **_SHORT)
    plan = resolve(config, subject.registry)
    spec = replace(subject.spec, load=_giving(dataset, subject.spec.load))
    return replace(plan, dataset=replace(plan.dataset, spec=spec))


def _of_made_up_cases(subject: Subject) -> ResolvedRun:
    """With what the framework brings and what the plugin does, and no one else's."""
    from framework.experiment.choosing.plan import resolve

    registry = Registry(entry_points=[])
    module = subject.registry.module(subject.offer.plugin)
    if not any(registry.module(offer.plugin) is module for offer in registry.offers):
        registry.register(module)
    registry.register(MadeUpDatasets())
    settings: dict[str, Any] = {"dataset": dataset_name("table", 3), "model": "logistic"}
    if subject.kind == "model":
        cases = "table" if subject.checked_as == "estimator" else cases_of(subject)
        settings = {"dataset": dataset_name(cases, 3), "model": subject.spec.name}
    elif subject.kind == "loss":
        settings["loss"] = subject.spec.name
    return resolve(RunConfig(**settings, cost_matrix=made_up_matrix(3), **_SHORT), registry)


_SHORT: dict[str, Any] = {"references": False, "epochs": EPOCHS, "folds": 2, "report": False}


def few_cases(dataset: Dataset) -> Dataset:
    """At most about MOST_CASES of each part, of every class as many as of the others."""
    if len(dataset) <= MOST_CASES:
        return dataset
    each = max(FEWEST_OF_A_CLASS, MOST_CASES // dataset.n_classes)
    part = np.zeros(len(dataset), int)
    for given in (dataset.test, dataset.validation):
        part = 2 * part + (0 if given is None else given.astype(bool))
    order = np.random.default_rng(0).permutation(len(dataset))
    kept = []
    for kind in sorted({*zip(dataset.y.tolist(), part.tolist(), strict=True)}):
        of_kind = order[(dataset.y[order] == kind[0]) & (part[order] == kind[1])]
        kept.append(of_kind[:each])
    rows = np.sort(np.concatenate(kept))
    return replace(
        dataset,
        X=dataset.X[rows],
        table=None if dataset.table is None else dataset.table[rows],
        y=np.array(dataset.labels)[dataset.y[rows]],
        groups=None if dataset.groups is None else dataset.groups[rows],
        test=None if dataset.test is None else dataset.test[rows],
        validation=None if dataset.validation is None else dataset.validation[rows],
        cost_columns={name: column[rows] for name, column in dataset.cost_columns.items()},
    )


def _giving(dataset: Dataset, load: Callable[..., Any]) -> Callable[..., Dataset]:
    @wraps(load)
    def give(**_: Any) -> Dataset:
        return dataset

    return give
