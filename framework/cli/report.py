"""``fw report``."""

from __future__ import annotations

from pathlib import Path

import click

from framework.cli.options import run_dir
from framework.cli.output import say


@click.command(short_help="Write the page of a run or a sweep again.")
@run_dir
def report(run_dir: Path) -> None:
    """Write RUN_DIR/report.html (again), of a run or a sweep, and its main charts as plots/*.png."""
    if (run_dir / "sweep.json").is_file():
        from framework.report.sweep.page import write_sweep_report as write
    else:
        from framework.report.run.page import write_report as write

    say(f"Report: {write(run_dir, plots=True)}")
