"""One sweep, from a configuration and an axis to a folder of results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from framework.config.defaults import DEFAULTS
from framework.config.run_config import RunConfig
from framework.config.settings import OPTIONS
from framework.core.errors import ConfigError
from framework.core.folder_format import write_format
from framework.experiment.choosing.plan import ResolvedRun, resolve
from framework.experiment.choosing.preparing import Prepared, prepared
from framework.experiment.fitting.progress import Progress
from framework.experiment.folders.claim import Claim, claimed
from framework.experiment.run import settings_of
from framework.plugins.registry import Registry
from framework.studies.sweeping import display, folder
from framework.studies.sweeping.axis import Axis, read_axis
from framework.studies.sweeping.part import Part

if TYPE_CHECKING:
    from framework.studies.sweeping.models import SweepModel

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
    add: Callable[[Path], Any] = lambda _: None,
) -> SweepResult:
    """The figures of ``framework.sweep``, in a folder, without its page.

    That is written by ``add``, which is called with the folder when all else is in it.
    """
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
    settings = settings_of(config, "sweep", ratio=ratio, cells=cells, points=points)
    with claimed(config.out, f"sweep-{config.short_name}", settings) as claim:
        axis, plan = _axis_and_plan(config, registry or Registry(), ratio, cells, points)
        with prepared(plan, claim.training, by_class=False) as cases:
            return _sweep(claim, axis, plan, cases, progress, add)


def _axis_and_plan(
    config: RunConfig, registry: Registry, ratio: str | None, cells: str | None, points: int
) -> tuple[Axis, ResolvedRun]:
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
    return axis, plan


def _sweep(
    claim: Claim,
    axis: Axis,
    plan: ResolvedRun,
    cases: Prepared,
    progress: Callable[[Progress], None],
    add: Callable[[Path], Any],
) -> SweepResult:
    # TensorFlow, only now: what is mistyped is told before it is loaded.
    from framework.experiment.fitting.trainer import Trainer
    from framework.studies.sweeping.analysis import Analysis
    from framework.studies.sweeping.models import TRAINED, train_models
    from framework.studies.sweeping.sweep_json import told

    matrix, judge = plan.candidates[-1].matrix, plan.judge
    assert matrix is not None
    dataset, parts = cases.dataset, cases.parts
    settled = plan.settled(dataset, parts)
    checkpoints = claim.checkpoints()
    trainer = Trainer(settled, plan.offers, dataset, checkpoints)
    with checkpoints.stop_on_signals():
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
    data = told(plan, dataset, parts, trained, analysis) | {"run_dir": str(claim.folder)}
    best = trained.models[analysis.now]
    to_train = None if best.family != TRAINED else axis.matrix(matrix, best.at or 0.0)
    with claim.complete() as partial:
        folder.write(partial, settled, data, judge, analysis.break_evens(), to_train)
        add(partial)
        write_format(partial, "sweep", data["versions"]["framework"])
    return SweepResult(axis, trained.models, data, claim.folder)
