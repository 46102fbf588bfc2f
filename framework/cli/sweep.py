"""``fw sweep`` and ``fw compare``. Imports nothing heavy before a command needs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framework.core.errors import ConfigError

if TYPE_CHECKING:
    from framework.config import RunConfig

# Options of ``fw run`` that a sweep has no use for, or defines anew.
_NOT_SWEPT = {
    "cost_matrix",
    "references",
    "seeds",
    "strategy",
    "members",
    "scale",
    "out",
    "as_json",
}
_SCALES = ("normalized", "raw")


@click.command()
@click.argument("dataset")
@click.option(
    "--ratio",
    metavar="fn:fp=LOW..HIGH",
    help="Two classes: what a missed positive costs, above a found one, per unit of what a false "
    "alarm costs (default: fn:fp=1:1..1000:1).",
)
@click.option(
    "--scale",
    metavar="cell=TRUE->PREDICTED:LOW..HIGH",
    multiple=True,
    help="The cost of a cell, or of all that labels, patterns (speed_*) or groups of the matrix "
    "file name, in its unit; x0.1..x10 multiplies. Also normalized or raw, as in fw run.",
)
@click.option("--cost-matrix", metavar="FILE", help="The matrix whose costs are swept.")
@click.option("--out", metavar="DIR", help="Folder (default: runs/sweep-DATASET-TIME).")
@click.option(
    "--points", type=int, default=None, help="Values, equally spaced in logs (default: 40)."
)
def sweep(ratio: str | None, scale: tuple[str, ...], points: int | None, **settings: Any) -> None:
    """Train one model per value of a cost, all at once, and say which to use where.

    Charts, break-even points and how far each cost may be wrong: in the report of the sweep.
    """
    cells = [text for text in scale if text not in _SCALES]
    if len(cells) > 1:
        raise ConfigError(f'give one --scale "cell=...", not {len(cells)}')
    as_json = settings.pop("as_json")
    names = [text for text in scale if text in _SCALES]
    config = config_from_flags({**settings, "scale": names[-1] if names else None})

    from framework.report.progress import progress_on_stderr

    with progress_on_stderr() as progress:
        from framework.sweep.run import POINTS
        from framework.sweep.run import sweep as run_sweep

        result = run_sweep(
            config,
            ratio=ratio,
            cells=cells[0] if cells else None,
            points=POINTS if points is None else points,
            progress=progress,
        )
    if config.report:
        from framework.report.sweep.page import write_sweep_report

        write_sweep_report(result.run_dir)
    if as_json:
        click.echo(json.dumps(result.data, indent=2, allow_nan=False))
        return
    from framework.report.console import show
    from framework.report.sweep.text import sweep_text

    show(sweep_text(result.data, config.report))


@click.command()
@click.argument(
    "run_dirs", metavar="RUN_DIR...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--evaluation-matrix",
    metavar="FILE",
    help="Judge all models by this matrix (default: the one of the first run).",
)
@click.option(
    "--out",
    metavar="FILE.html",
    type=click.Path(path_type=Path),
    help="The page (default: runs/compare-TIME.html).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def compare(
    run_dirs: tuple[Path, ...], evaluation_matrix: str | None, out: Path | None, as_json: bool
) -> None:
    """Judge the models of several runs by one matrix, from their stored predictions."""
    from framework.experiment.compare import compare as compare_runs
    from framework.experiment.compare import find_judge
    from framework.report.compare.page import write_comparison

    found = compare_runs(run_dirs, find_judge(run_dirs, evaluation_matrix))
    page = write_comparison(found, out)
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2, allow_nan=False))
        return
    from framework.report.compare.text import comparison_text
    from framework.report.console import show

    show(comparison_text(found, page))


def add_to(group: click.Group, run: click.Command) -> None:
    """Add the commands; a sweep takes the options of ``run`` that make sense for it."""
    sweep.params += [
        option
        for option in run.params
        if isinstance(option, click.Option) and option.name not in _NOT_SWEPT
    ]
    sweep.params += [option for option in run.params if option.name == "as_json"]
    group.add_command(sweep)
    group.add_command(compare)


def config_from_flags(flags: dict[str, Any]) -> RunConfig:
    """The settings that were given, as ``fw run`` and ``fw sweep`` name them."""
    from framework.config import RunConfig

    given = {name: value for name, value in flags.items() if value not in (None, ())}
    pairs = given.pop("model_parameter", ())
    if pairs:
        given["model_parameters"] = dict(_name_and_value(text) for text in pairs)
    return RunConfig(**given)


def _name_and_value(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ConfigError(f"--model-parameter: expected NAME=VALUE, received {text!r}")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
