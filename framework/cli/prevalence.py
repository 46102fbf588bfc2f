"""``fw prevalence``."""

from __future__ import annotations

from pathlib import Path

import click

from framework.cli.options import as_json, model_of_run, print_json, run_dir
from framework.cli.verbosity import detail


@click.command(short_help="Estimate the shares of the classes among new cases.")
@run_dir
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@model_of_run
@as_json
def prevalence(run_dir: Path, file: Path, model: str | None, as_json: bool) -> None:
    """Estimate the shares of the classes among the cases in FILE, which need no labels.

    FILE is a table as fw predict takes it, or of a model of pictures a folder of them: a fair sample of
    the cases that will be decided. Supposed is that cases of a class look as they did in training. Prints
    the options that tell fw run of these shares.
    """
    from framework.experiment.stored_runs.unlabelled_cases import estimate_prevalence
    from framework.report.progress import progress_on_stderr

    with progress_on_stderr(detail()):
        found = estimate_prevalence(run_dir, file, model)
    if as_json:
        return print_json(found.to_json())
    from framework.report.console import show
    from framework.report.prevalence_text import prevalence_text

    show(prevalence_text(found))
