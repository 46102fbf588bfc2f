"""One sweep, from a configuration and an axis to a folder of results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework.config.run_config import RunConfig
from framework.config.settings import DEFAULTS, OPTIONS
from framework.core.errors import ConfigError
from framework.experiment import run_folder
from framework.experiment.loading import encode_table, load_dataset, split_cases
from framework.experiment.plan import resolve
from framework.experiment.progress import Progress
from framework.experiment.trainer import Trainer
from framework.plugins.registry import Registry
from framework.sweeping import display, folder
from framework.sweeping.analysis import Analysis
from framework.sweeping.axis import Axis, read_axis
from framework.sweeping.models import TRAINED, SweepModel, train_models
from framework.sweeping.part import Part
from framework.sweeping.sweep_json import told

POINTS = 40


@dataclass(frozen=True, eq=False, repr=False)
class SweepResult:
    """All models with their decisions, the axis, and ``data``: what sweep.json holds."""

    axis: Axis
    models: tuple[SweepModel, ...]
    data: dict[str, Any]
    run_dir: Path

    def __repr__(self) -> str:
        return display.sweep_text(self.data, self.run_dir)

    def _repr_html_(self) -> str:
        return display.sweep_html(self.data, self.run_dir)


def sweep(
    config: RunConfig,
    *,
    ratio: str | None = None,
    cells: str | None = None,
    points: int = POINTS,
    registry: Registry | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> SweepResult:
    """The figures of ``framework.api.sweep``, in a folder, without its page."""
    # References it leaves out itself; anything else would be ignored in silence.
    for name in {setting.name for setting in OPTIONS if not setting.swept} - {"references"}:
        # A sweep's own config.json says what holds by default.
        open_values = (RunConfig.model_fields[name].default, DEFAULTS.get(name))
        if getattr(config, name) not in open_values:
            raise ConfigError(f"{name}: a sweep takes no such setting; leave it out")
    if len(config.cost_matrix) > 1:
        raise ConfigError(
            f"expected one cost matrix to sweep, received {len(config.cost_matrix)}; "
            "--evaluation-matrix names another one to judge by"
        )
    registry = registry or Registry()
    run_dir = run_folder.reserve(config.out, f"sweep-{config.short_name}")
    # The pool of --strategy auto only where it is asked for: a dataset's default is for a run.
    strategy = config.strategy or "fixed"
    plan = resolve(config.model_copy(update={"references": False, "strategy": strategy}), registry)
    if plan.config.prevalence:
        raise ConfigError(
            "prevalence: a sweep of costs goes by the shares of the classes in the data; take the "
            "prevalence out of the matrix, or sweep it alone with --prevalence LABEL=LOW..HIGH"
        )
    matrix, judge = plan.candidates[-1].matrix, plan.judge
    assert matrix is not None
    if matrix.acts != judge.acts:
        raise ConfigError(
            f'one axis cannot go over the costs of "{matrix.name}", which decides for one of '
            f'{", ".join(matrix.acts)}, and of "{judge.name}", which decides for one of '
            f"{', '.join(judge.acts)}; sweep with one matrix, or with two of the same actions"
        )
    axis = read_axis(ratio, cells, points, matrix)
    axis.check(judge)
    dataset = load_dataset(plan.config, plan.dataset)
    parts = split_cases(plan.config, judge, dataset)
    dataset, _ = encode_table(plan.config, dataset, parts)
    settled = plan.settled(dataset, parts)
    trainer = Trainer(settled, plan.offers, dataset)
    trained = train_models(trainer, parts, axis, matrix, judge, progress)
    seen = trained.validation.rows
    validation, test = (
        Part(
            dataset.y[rows],
            np.stack([getattr(model, part) for model in trained.models]),
            dataset.columns(judge.columns, rows),
            None if dataset.groups is None else dataset.groups[rows],
        )
        for part, rows in (("validation", seen), ("test", parts.test))
    )
    analysis = Analysis(trained.models, axis, judge, validation, test)
    data = told(plan, dataset, parts, trained, analysis) | {"run_dir": str(run_dir)}
    best = trained.models[analysis.now]
    to_train = None if best.family != TRAINED else axis.matrix(matrix, best.at or 0.0)
    folder.write(run_dir, settled, data, judge, analysis.break_evens(), to_train)
    return SweepResult(axis, trained.models, data, run_dir)
