"""``fw runs``."""

from __future__ import annotations

from pathlib import Path

import click

from framework.cli.options import as_json, print_json


@click.command(short_help="List runs: complete, running, or cut short.")
@click.argument(
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    required=False,
    default=Path("runs"),
)
@as_json
def runs(folder: Path, as_json: bool) -> None:
    """List the runs and sweeps in FOLDER (default: runs).

    A run is complete, running, or dead: its process is gone before the end, and the same command goes on
    from what it had trained.
    """
    from framework.experiment.folders.run_listing import list_runs

    found = list_runs(folder)
    if as_json:
        return print_json({"folder": str(folder), "runs": [run.to_json() for run in found]})
    from framework.report.console import show
    from framework.report.runs_text import runs_text

    show(runs_text(found, folder))
