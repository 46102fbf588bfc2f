"""One run, from a configuration to a folder of results."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from framework import run_folder
from framework.candidates import Candidate, plan
from framework.config import ResolvedConfig, RunConfig
from framework.core.artifact import Artifact, Signature
from framework.core.comparison import Bounds, bounds, collapsed
from framework.core.cost_matrix import CostMatrix
from framework.core.dataset import Dataset, Split, split
from framework.core.evaluation import case_costs, evaluate
from framework.errors import ConfigError, DataError, FrameworkError, PluginError
from framework.fitting import Network, Progress, Request, Task
from framework.plugins.registry import Plugin, Registry
from framework.results import ModelResult, RunResult, SeedOutcome
from framework.strategy import Choice, choose
from framework.strategy_options import strategies
from framework.versions import versions

# Networks per recipe that --strategy auto averages.
AUTO_MEMBERS = 2


def run(
    config: RunConfig,
    registry: Registry | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> RunResult:
    """Train the baseline and one model per cost matrix, judge all by one matrix, write a folder.

    Parameters
    ----------
    config : RunConfig
    registry : Registry, optional
        Default: the plugins installed in this environment.
    progress : function of Progress, optional
        Called after every epoch.

    Returns
    -------
    RunResult
        Its ``run_dir`` holds everything (see ``framework.run_folder``).

    Raises
    ------
    FrameworkError
        One of its subclasses, for whatever the user can mend.

    Notes
    -----
    Sets the global random seeds of Python, NumPy and TensorFlow.
    """
    registry = registry or Registry()
    spec = registry.dataset(config.dataset)
    config = config.resolved(spec.defaults, spec.default_model, len(spec.labels))
    run_dir = run_folder.reserve(config.out, config.dataset)
    comparison = plan(config, spec)
    dataset = load_dataset(config, registry)
    options = [strategies(config, registry, dataset, row) for row in comparison.candidates]
    parts = split(
        dataset,
        test_fraction=config.test_fraction,
        seed=config.split_seed,
        stratify=config.stratify,
    )
    task = Task(config, registry, dataset)
    choices = [
        choose(task, parts.train, option, comparison.judge, config.seed, row.name, progress)
        for row, option in zip(comparison.candidates, options, strict=True)
    ]
    requests = [
        [
            [
                Request(recipe, members(config, choice) * seed + member, parts.train, row.name)
                for recipe in choice.strategy.recipes
                for member in range(members(config, choice))
            ]
            for seed in range(config.seed, config.seed + config.seeds)
        ]
        for row, choice in zip(comparison.candidates, choices, strict=True)
    ]
    networks = iter(task.fit([r for row in requests for seed in row for r in seed], progress))
    models = tuple(
        judged(
            task,
            parts,
            row,
            choice,
            comparison.judge,
            [[next(networks) for _ in of_seed] for of_seed in of_row],
        )
        for row, choice, of_row in zip(comparison.candidates, choices, requests, strict=True)
    )
    limits = bounds(
        *_truths_and_costs(dataset, comparison.judge, parts.train),
        *_truths_and_costs(dataset, comparison.judge, parts.test),
    )
    result = RunResult(
        config=config,
        labels=dataset.labels,
        matrix=comparison.judge,
        origins=comparison.origins,
        models=models,
        bounds=limits,
        warnings=_warnings(models, limits, comparison.judge),
        n_train=len(parts.train),
        test_rows=parts.test,
        y_test=dataset.y[parts.test],
        versions=versions(_plugins_used(config, registry, choices)),
        run_dir=run_dir,
    )
    run_folder.write(result)
    registry.run_finished(config, result)
    return result


def load_dataset(config: RunConfig, registry: Registry) -> Dataset:
    """The dataset that ``config`` names, loaded by its plugin and checked."""
    offer = registry.offer("dataset", config.dataset)
    spec = registry.dataset(config.dataset)
    accepted = inspect.signature(spec.load).parameters
    arguments: dict[str, Any] = {}
    for option, argument, folder in (
        ("--data", "data_dir", config.data),
        ("--test-data", "test_dir", config.test_data),
    ):
        if folder is None:
            continue
        if argument not in accepted:
            raise ConfigError(f'{option}: the dataset "{spec.name}" takes no such folder')
        if not folder.exists():
            raise DataError(f"{option} {folder}: no such file or folder")
        arguments[argument] = folder
    try:
        loaded = spec.load(**arguments)
        if not isinstance(loaded, Dataset):
            X, y = loaded
            loaded = Dataset(X, y, spec.labels)
        if loaded.labels != spec.labels:
            raise PluginError(
                f"its data has the labels {loaded.labels}, its description {spec.labels}"
            )
        return loaded
    except FrameworkError as error:
        raise type(error)(f'dataset "{spec.name}": {error}') from error
    except Exception as error:
        raise PluginError(
            f'dataset "{spec.name}" ({offer.plugin}) failed to load: '
            f"{type(error).__name__}: {error}"
        ) from error


def members(config: ResolvedConfig, choice: Choice) -> int:
    """Networks per recipe: as the user says; else several where auto chose, and one elsewhere."""
    return config.members or (AUTO_MEMBERS if len(choice.trials) > 1 else 1)


def judged(
    task: Task,
    parts: Split,
    row: Candidate,
    choice: Choice,
    judge: CostMatrix,
    networks: Sequence[Sequence[Network]],
) -> ModelResult:
    """Decide and evaluate the test part with the networks of every seed."""
    dataset, config = task.dataset, task.config
    y = dataset.y[parts.test]
    columns = dataset.columns(judge.columns, parts.test)
    costs = judge.dollar_costs(columns)
    outcomes, first = [], None
    for seed, of_seed in enumerate(networks, start=config.seed):
        p = np.mean([task.predict(member, parts.test) for member in of_seed], axis=0)
        p = choice.decision.calibration(p)
        decisions = choice.strategy.rule.function(p, costs, **choice.decision.parameters)
        evaluation = evaluate(y, decisions, judge, p, columns)
        seconds = sum(member.seconds for member in of_seed)
        outcomes.append(SeedOutcome(seed, evaluation, seconds))
        first = first or (p, decisions)
    assert first is not None
    signature = Signature(dataset.labels, dataset.X.shape[1:], dataset.feature_names)
    return ModelResult(
        name=row.name,
        choice=choice,
        training_matrix=row.matrix,
        outcomes=tuple(outcomes),
        probabilities=first[0],
        decisions=first[1],
        case_dollars=-case_costs(y, first[1], costs),
        networks=len(networks[0]),
        artifact=Artifact(task.model(networks[0]), signature, choice.decision, judge),
    )


def _truths_and_costs(
    dataset: Dataset, judge: CostMatrix, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    return dataset.y[rows], judge.dollar_costs(dataset.columns(judge.columns, rows))


def _warnings(models: Sequence[ModelResult], limits: Bounds, judge: CostMatrix) -> tuple[str, ...]:
    """What a reader must not miss: a loss likely to fail here, a model that did."""
    found = []
    for model in models:
        if judge.n_classes > 2 and any(
            recipe.loss.name == "expected_cost" and not recipe.warm_up
            for recipe in model.choice.strategy.recipes
        ):
            found.append(
                f'"{model.name}" was trained from scratch with expected_cost on {judge.n_classes} '
                "classes, where that loss is flat wherever the model is confidently wrong; "
                "--loss cross_entropy_then_cost, or --warm-up 0.5, avoids it"
            )
        for outcome in model.outcomes:
            evaluation = outcome.evaluation
            decision = collapsed(evaluation.confusion_matrix, evaluation.dollars_per_case, limits)
            if decision is not None:
                found.append(
                    f'"{model.name}" COLLAPSED (seed {outcome.seed}): it says '
                    f'"{judge.decision_labels[decision]}" to nearly every case and loses more than '
                    f'always saying "{judge.decision_labels[limits.constant_decision]}" would'
                )
    return tuple(found)


def _plugins_used(
    config: ResolvedConfig, registry: Registry, choices: Sequence[Choice]
) -> list[Plugin]:
    used = [("dataset", config.dataset), ("model", config.model), ("loss", "cross_entropy")]
    used += [("loss", loss) for choice in choices for loss in choice.strategy.losses]
    used += [("decision rule", choice.strategy.rule.name) for choice in choices]
    return [registry.offer(kind, name).plugin for kind, name in used]
