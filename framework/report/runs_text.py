"""The runs of a folder for the terminal."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from framework.core.words import plural
from framework.experiment.folders.run_listing import ListedRun
from framework.report.console import terminal_table
from framework.report.tables import Table


def runs_text(runs: Sequence[ListedRun], folder: Path) -> RenderableType:
    """Each with its state; then what to do about those whose process is gone."""
    if not runs:
        return Text(f"There is no run in {folder}.")
    rows = [
        (str(run.folder), run.state, run.kind, run.dataset, f"{run.time:%Y-%m-%d %H:%M}", _by(run))
        for run in runs
    ]
    table = Table(("folder", "state", "kind", "dataset", "since", "by"), tuple(rows), words=6)
    return Group(terminal_table(table), *(Text(_left(run)) for run in runs if run.state == "dead"))


def _by(run: ListedRun) -> str:
    return "" if run.writer is None else str(run.writer)


def _left(run: ListedRun) -> str:
    remove = f"rm -r {shlex.quote(str(run.work))}"
    if run.folder.exists():
        return f"{run.folder}: complete; what its process left besides can go: {remove}"
    goes_on = f"the same command goes on from {plural(run.trainings, 'training')}"
    told = goes_on if run.trainings else "it has kept no training there"
    return f"{run.folder}: its process is gone; {told}. To give it up: {remove}"
