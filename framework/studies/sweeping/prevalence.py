"""One run, and what its models lose at every share of a class: a sweep that trains nothing anew.

The folder is a run's, with the swept shares in prevalence.json.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framework.config.run_config import RunConfig
from framework.core.errors import ConfigError
from framework.core.files import write_json
from framework.experiment.choosing.plan import resolve
from framework.experiment.fitting.progress import Progress
from framework.experiment.results.run_result import RunResult
from framework.experiment.run import run
from framework.experiment.stored_runs.prevalence_curve import POINTS, PrevalenceCurve, read_range
from framework.experiment.stored_runs.stored_run import SWEPT_PREVALENCE, read_run
from framework.plugins.registry import Registry


@dataclass(frozen=True, eq=False)
class PrevalenceSweep:
    """The run, and the curve along the shares that were swept."""

    run: RunResult
    curve: PrevalenceCurve


def sweep_prevalence(
    config: RunConfig,
    prevalence: Mapping[str, Any],
    points: int = POINTS,
    registry: Registry | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    add: Callable[[Path], Any] = lambda _: None,
) -> PrevalenceSweep:
    """Run ``config``, and decide and judge its test part at ``points`` shares of a label,
    ``{label: "LOW..HIGH"}``. ``add`` is called with the folder when all else is in it.

    Raises
    ------
    ConfigError
        When the range cannot be read.
    """
    registry = registry or Registry()
    if points < 2:
        raise ConfigError(f"--points: expected at least 2, received {points}")
    plan = resolve(config, registry)
    label, ends = read_range(prevalence, plan.dataset.spec.labels)
    curves = []

    def add_curve(folder: Path) -> None:
        curve = PrevalenceCurve.of(read_run(folder), label, ends, points)
        assert curve is not None  # it was written just now
        write_json(folder / SWEPT_PREVALENCE, curve.to_json())
        curves.append(curve)
        add(folder)

    result = run(config, registry, progress, add_curve)
    return PrevalenceSweep(result, curves[0])
