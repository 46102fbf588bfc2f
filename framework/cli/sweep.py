"""``fw sweep``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framework.cli import completion
from framework.cli.help import SWEPT, GroupedCommand, GroupedOption, examples
from framework.cli.options import (
    as_json,
    config_file,
    config_of,
    dataset,
    named_values,
    print_json,
    takes,
)
from framework.cli.swept import RATIO, SCALE, cells_and_scale
from framework.cli.verbosity import detail
from framework.config.setting import COSTS, FILES
from framework.config.settings import OPTIONS
from framework.core.errors import ConfigError

if TYPE_CHECKING:
    from framework.config.run_config import RunConfig


class _HereOrThere(GroupedCommand):
    """``fw sweep``; with ``--sagemaker`` the command of that name there, with its own options."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        if "--sagemaker" not in args:
            return super().make_context(info_name, args, parent, **extra)
        from framework.cli.sagemaker.sweep import sweep as there

        return there.make_context(f"{info_name} --sagemaker", args, parent, **extra)


@takes(setting for setting in OPTIONS if setting.swept)
@click.command(
    cls=_HereOrThere,
    short_help="Train a model for every value of a cost; which one where?",
    epilog=examples(
        "fw sweep breast_cancer --ratio fn:fp=1:1..1000:1",
        "fw sweep breast_cancer --prevalence malignant=0.001..0.5 --strategy auto",
        'fw sweep gtsrb --data DIR --cost-matrix road_safety.json --scale "cell=stop->speed_*:x0.1..x10"',
    ),
)
@dataset
@config_file
@RATIO
@SCALE
@click.option(
    "--prevalence",
    metavar="LABEL=LOW..HIGH",
    multiple=True,
    cls=GroupedOption,
    group=SWEPT,
    help="Instead of a cost: the share of a label among the cases. The models of a run are trained once, and "
    "decided and judged at every share.",
)
@click.option(
    "--points",
    metavar="N",
    type=int,
    default=None,
    cls=GroupedOption,
    group=SWEPT,
    help="Values, equally spaced in logs (default: 40; shares in log odds, 61).",
)
@click.option(
    "--sagemaker",
    is_flag=True,
    expose_value=False,
    cls=GroupedOption,
    group=SWEPT,
    help="Instead, in SageMaker's training jobs, one a value; its options: fw sweep --sagemaker --help",
)
@click.option(
    "--cost-matrix",
    metavar="FILE",
    cls=GroupedOption,
    group=COSTS,
    shell_complete=completion.matrices,
    help="The matrix whose costs are swept (default: the dataset's own).",
)
@click.option(
    "--out",
    metavar="DIR",
    cls=GroupedOption,
    group=FILES,
    help="Folder (default: runs/sweep-DATASET-TIME).",
)
@as_json
def sweep(
    ratio: str | None,
    scale: tuple[str, ...],
    prevalence: tuple[str, ...],
    points: int | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Train one model per value of a cost, all at once, and say which to use where.

    With --strategy auto, the pool of models is decided anew at every value. With --prevalence, what
    varies is how frequent a class is.

    Charts, break-even points and how far each cost may be wrong: in the report of the sweep. The
    config.json of a sweep says what was swept as well, for --config.
    """
    cells, name = cells_and_scale(scale)
    config = config_of({**given, "scale": name})
    swept: dict[str, Any] = {"ratio": ratio, "cells": cells}
    if prevalence and any(swept.values()):
        raise ConfigError("--prevalence is swept alone; leave --ratio and --scale cell=... out")
    if prevalence:
        swept = {"prevalence": named_values(prevalence, "prevalence")}
    elif not any(swept.values()) and given["config"] is not None:
        from framework.studies.sweeping.folder import axis_of

        swept = axis_of(given["config"].parent)
    if points is not None:
        swept["points"] = points
    if "prevalence" in swept:
        return _along_prevalence(config, swept, as_json)

    from framework.report.progress import progress_on_stderr

    with progress_on_stderr(detail()) as progress:
        from framework.studies.sweeping.run import sweep as run_sweep

        add = _write_page if config.report else lambda _: None
        result = run_sweep(config, progress=progress, add=add, **swept)
    if as_json:
        return print_json(result.data)
    from framework.report.console import show
    from framework.report.sweep.text import sweep_text

    show(sweep_text(result.data, config.report))


def _write_page(folder: Path) -> None:
    from framework.report.sweep.page import write_sweep_report

    write_sweep_report(folder)


def _along_prevalence(config: RunConfig, swept: Mapping[str, Any], as_json: bool) -> None:
    from framework.report.background import report_writer
    from framework.report.progress import progress_on_stderr

    with report_writer(config.report) as write_report, progress_on_stderr(detail()) as progress:
        from framework.studies.sweeping.prevalence import sweep_prevalence

        found = sweep_prevalence(config, **swept, progress=progress, add=write_report)
    if as_json:
        return print_json(found.curve.to_json() | {"run_dir": str(found.run.run_dir)})
    from framework.report.console import show
    from framework.report.run.prevalence import prevalence_text

    show(prevalence_text(found.curve, found.run.run_dir, config.report))
