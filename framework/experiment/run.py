"""One run, from a configuration to a folder of results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from framework.config.run_config import ResolvedConfig, RunConfig
from framework.core.cost_matrix_cells import UNSEEN_CLASSES
from framework.core.cost_matrix_words import mistakes_in_words
from framework.core.dataset import split
from framework.core.words import currency, money
from framework.experiment import run_folder
from framework.experiment.held_out import bounds, judged, training_part, warnings
from framework.experiment.loading import load_dataset
from framework.experiment.plan import Plan, plan
from framework.experiment.progress import Progress
from framework.experiment.recipe import Network, Request
from framework.experiment.remarks import remarks
from framework.experiment.results import ModelResult, RunResult
from framework.experiment.round_trip import check_result
from framework.experiment.search_space import strategies
from framework.experiment.selection import Choice, choose, serve
from framework.experiment.strategy import Strategy
from framework.experiment.trainer import Task, unfinished
from framework.experiment.validation import plan_validation
from framework.experiment.verdict import against_the_constant, verdict
from framework.experiment.versions import versions
from framework.plugins.registry import Plugin, Registry
from framework.training.checkpoints import Checkpoints
from framework.training.hosts import join


def run(
    config: RunConfig,
    registry: Registry,
    progress: Callable[[Progress], None] = lambda _: None,
    write_page: Callable[[Path], Any] | None = None,
) -> RunResult:
    """What ``framework.api.run`` says, but for the page.

    That is written by ``write_page(run_dir)``, which is called if ``config.report``.
    """
    hosts = join()
    spec = registry.dataset(config.dataset)
    run_dir = run_folder.reserve(config.out, config.dataset)
    comparison = plan(config, spec)
    resolved = config.resolved(
        spec.defaults, spec.default_model, needs_costs=comparison.needs_costs
    )
    result = _compared(config, resolved, registry, comparison, run_dir, progress)
    if hosts.is_chief:
        run_folder.write(result, partial(check_result, registry=registry))
        if config.report and write_page is not None:
            write_page(run_dir)
        registry.run_finished(result.config, result)
    return result


def _compared(
    asked: RunConfig,
    config: ResolvedConfig,
    registry: Registry,
    comparison: Plan,
    run_dir: Path,
    progress: Callable[[Progress], None],
) -> RunResult:
    """Choose, train and judge; nothing is written."""
    judge, rows = comparison.judge, comparison.candidates
    dataset = load_dataset(config, registry)
    options = [strategies(config, registry, dataset, row) for row in rows]
    parts = split(
        dataset,
        test_fraction=config.test_fraction,
        seed=config.split_seed,
        stratify=config.stratify,
        unseen_classes=UNSEEN_CLASSES in judge.allow,
    )
    config = config.settled(len(parts.train), pictures=dataset.X.ndim > 2)
    checkpoints = Checkpoints(config.checkpoints)
    task = Task(config, registry, dataset, checkpoints)
    seeds = range(config.seed, config.seed + config.seeds)
    recipes = {r: None for option in options for strategy in option for r in strategy.recipes}
    y_train = dataset.y[parts.train]
    deciding = judge.for_decisions(y_train, dataset.columns(judge.columns, parts.train))
    members = config.members or 1
    with checkpoints.stop_on_signals():
        planned = plan_validation(task, parts.train, list(recipes), seeds=seeds, members=members)
        # Where nothing is searched, all that will be trained is known: it is trained at once.
        fixed = all(len(option) == 1 for option in options)
        final = _Final(task, parts.train, seeds, [option[0] for option in options] if fixed else [])
        trained = task.fit([*planned.requests, *final.requests], progress)
        validation = planned.judged(trained[: len(planned.requests)], judge, deciding)
        choices = [choose(option, validation) for option in options]
        if not fixed:
            final = _Final(task, parts.train, seeds, [choice.strategy for choice in choices])
            trained = task.fit(final.requests, progress)
        networks = final.by_row(trained[-len(final.requests) :])
    models = [
        judged(task, parts, row, choice, judge, deciding, of_row)
        for row, choice, of_row in zip(rows, choices, networks, strict=True)
    ]
    limits = bounds(dataset, judge, parts)
    columns = dataset.columns(judge.columns, parts.test)
    y, costs = dataset.y[parts.test], judge.dollar_costs(columns)
    with currency(judge.currency):
        served = serve([(model.name, model.choice) for model in models], validation, money)
    result = RunResult(
        config=config,
        labels=dataset.labels,
        matrix=judge,
        origins=comparison.origins,
        models=tuple(models),
        served=served,
        bounds=limits,
        warnings=(
            *remarks(asked, comparison, dataset, parts),
            *warnings(models, limits, judge, y, costs),
            *unfinished(_by_name(models, networks), task.epochs),
        ),
        n_train=len(parts.train),
        training_part=training_part(dataset, judge, parts),
        cost_sentences=mistakes_in_words(judge, np.bincount(y_train, minlength=judge.n_classes)),
        test_rows=parts.test,
        X_test=dataset.X[parts.test],
        y_test=y,
        costs=costs,
        test_columns=columns,
        test_groups=None if dataset.groups is None else dataset.groups[parts.test],
        versions=versions(_plugins_used(config, registry, choices)),
        run_dir=run_dir,
    )
    return replace(
        result,
        verdict=verdict(result),
        warnings=(*against_the_constant(result), *result.warnings),
    )


class _Final:
    """The networks of the whole training part, each trained once however many rows use it."""

    def __init__(
        self, task: Task, rows: np.ndarray, seeds: Sequence[int], strategies: Sequence[Strategy]
    ) -> None:
        members = task.config.members or 1
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
        self.requests = [Request(recipe, seed, rows, str(recipe)) for recipe, seed in self._keys]

    def by_row(self, networks: Sequence[Network]) -> list[list[list[Network]]]:
        found = dict(zip(self._keys, networks, strict=True))
        return [[[found[key] for key in of_seed] for of_seed in row] for row in self._wanted]


def _by_name(
    models: Sequence[ModelResult], networks: Sequence[Sequence[Sequence[Network]]]
) -> dict[str, list[Network]]:
    return {
        model.name: [network for of_seed in of_row for network in of_seed]
        for model, of_row in zip(models, networks, strict=True)
    }


def _plugins_used(
    config: ResolvedConfig, registry: Registry, choices: Sequence[Choice]
) -> list[Plugin]:
    used = [("dataset", config.dataset), ("model", config.model), ("loss", "cross_entropy")]
    used += [("model", model) for choice in choices for model in choice.strategy.models]
    used += [("loss", loss) for choice in choices for loss in choice.strategy.losses]
    used += [("decision rule", choice.strategy.rule.name) for choice in choices]
    return [registry.offer(kind, name).plugin for kind, name in used]
