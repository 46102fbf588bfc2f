"""``fw sweep``."""

from __future__ import annotations

from typing import Any

import click

from framework.cli.options import as_json, config_of, print_json, takes
from framework.config.settings import OPTIONS
from framework.core.errors import ConfigError

# What --scale means as in ``fw run``; anything else names cells.
_SCALES = ("normalized", "raw")


@takes(setting for setting in OPTIONS if setting.swept)
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
@as_json
def sweep(
    ratio: str | None, scale: tuple[str, ...], points: int | None, as_json: bool, **given: Any
) -> None:
    """Train one model per value of a cost, all at once, and say which to use where.

    Charts, break-even points and how far each cost may be wrong: in the report of the sweep.
    """
    cells = [text for text in scale if text not in _SCALES]
    if len(cells) > 1:
        raise ConfigError(f'give one --scale "cell=...", not {len(cells)}')
    names = [text for text in scale if text in _SCALES]
    config = config_of({**given, "scale": names[-1] if names else None})

    from framework.report.progress import progress_on_stderr

    with progress_on_stderr() as progress:
        from framework.sweeping.run import POINTS
        from framework.sweeping.run import sweep as run_sweep

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
        return print_json(result.data)
    from framework.report.console import show
    from framework.report.sweep.text import sweep_text

    show(sweep_text(result.data, config.report))
