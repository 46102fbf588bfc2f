"""One run, from a configuration to a folder of results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from framework import run_folder
from framework.candidates import Plan, plan
from framework.config import ResolvedConfig, RunConfig
from framework.core.checkpoints import Checkpoints
from framework.core.dataset import Split, split
from framework.core.hosts import join
from framework.fitting import Network, Progress, Request, Task
from framework.judging import bounds, judged, warnings
from framework.loading import load_dataset
from framework.plugins.registry import Plugin, Registry
from framework.results import ModelResult, RunResult
from framework.strategy import Choice, choose
from framework.strategy_options import strategies
from framework.versions import versions

# Networks per recipe that --strategy auto averages; of many recipes, one each is enough.
AUTO_MEMBERS = 2
AUTO_MEMBERS_UP_TO = 4


def run(
    config: RunConfig,
    registry: Registry | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    write_report: Callable[[Path], Any] | None = None,
) -> RunResult:
    """Train the baseline and one model per cost matrix, judge all by one matrix, write a folder.

    Parameters
    ----------
    config : RunConfig
    registry : Registry, optional
        Default: the plugins installed in this environment.
    progress : function of Progress, optional
        Called after every epoch.
    write_report : function of the run folder, optional
        Called if ``config.report``; default: ``framework.report.page.write_report``.

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
    Sets the global random seeds of Python, NumPy and TensorFlow. With ``config.checkpoints``,
    SIGTERM and Ctrl-C save and raise TrainingStoppedError. Of several hosts (see
    ``framework.core.hosts``), only the first writes the folder.
    """
    hosts = join()
    registry = registry or Registry()
    spec = registry.dataset(config.dataset)
    config = config.resolved(spec.defaults, spec.default_model, len(spec.labels))
    run_dir = run_folder.reserve(config.out, config.dataset)
    comparison = plan(config, spec)
    result = _compared(config, registry, comparison, run_dir, progress)
    if hosts.is_chief:
        run_folder.write(result)
        if config.report:
            (write_report or _write_report)(run_dir)
        registry.run_finished(config, result)
    return result


def _write_report(run_dir: Path) -> None:
    from framework.report.page import write_report

    write_report(run_dir)


def _compared(
    config: ResolvedConfig,
    registry: Registry,
    comparison: Plan,
    run_dir: Path,
    progress: Callable[[Progress], None],
) -> RunResult:
    """Choose, train and judge; nothing is written."""
    dataset = load_dataset(config, registry)
    options = [strategies(config, registry, dataset, row) for row in comparison.candidates]
    parts = split(
        dataset,
        test_fraction=config.test_fraction,
        seed=config.split_seed,
        stratify=config.stratify,
    )
    checkpoints = Checkpoints(config.checkpoints)
    task = Task(config, registry, dataset, checkpoints)
    with checkpoints.stop_on_signals():
        choices = [
            choose(task, parts.train, option, comparison.judge, config.seed, row.name, progress)
            for row, option in zip(comparison.candidates, options, strict=True)
        ]
        networks = _train(task, comparison, choices, parts, progress)
    limits = bounds(dataset, comparison.judge, parts)
    models: list[ModelResult] = []
    for row, choice, of_row in zip(comparison.candidates, choices, networks, strict=True):
        baseline = models[0] if models else None
        models.append(judged(task, parts, row, choice, comparison.judge, limits, of_row, baseline))
    return RunResult(
        config=config,
        labels=dataset.labels,
        matrix=comparison.judge,
        origins=comparison.origins,
        models=tuple(models),
        bounds=limits,
        warnings=warnings(models, limits, comparison.judge),
        n_train=len(parts.train),
        test_rows=parts.test,
        y_test=dataset.y[parts.test],
        test_columns=dataset.columns(comparison.judge.columns, parts.test),
        test_groups=None if dataset.groups is None else dataset.groups[parts.test],
        versions=versions(_plugins_used(config, registry, choices)),
        run_dir=run_dir,
    )


def _train(
    task: Task,
    comparison: Plan,
    choices: Sequence[Choice],
    parts: Split,
    progress: Callable[[Progress], None],
) -> list[list[list[Network]]]:
    """All networks at once; by row of the comparison, by seed: those that are averaged."""
    config = task.config
    requests = []
    for row, choice in zip(comparison.candidates, choices, strict=True):
        few = len(choice.trials) > 1 and len(choice.strategy.recipes) <= AUTO_MEMBERS_UP_TO
        members = config.members or (AUTO_MEMBERS if few else 1)
        requests.append(
            [
                [
                    Request(recipe, members * seed + member, parts.train, row.name)
                    for recipe in choice.strategy.recipes
                    for member in range(members)
                ]
                for seed in range(config.seed, config.seed + config.seeds)
            ]
        )
    flat = [request for of_row in requests for of_seed in of_row for request in of_seed]
    networks = iter(task.fit(flat, progress))
    return [[[next(networks) for _ in of_seed] for of_seed in of_row] for of_row in requests]


def _plugins_used(
    config: ResolvedConfig, registry: Registry, choices: Sequence[Choice]
) -> list[Plugin]:
    used = [("dataset", config.dataset), ("model", config.model), ("loss", "cross_entropy")]
    used += [("model", model) for choice in choices for model in choice.strategy.models]
    used += [("loss", loss) for choice in choices for loss in choice.strategy.losses]
    used += [("decision rule", choice.strategy.rule.name) for choice in choices]
    return [registry.offer(kind, name).plugin for kind, name in used]
