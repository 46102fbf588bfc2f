"""``fw explain``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from framework.cli import completion
from framework.cli.options import as_json, print_json, run_dir, whole_number
from framework.cli.output import say
from framework.cli.verbosity import detail


@click.command(short_help="Show what the models of a run look at, in dollars.")
@run_dir
@click.option(
    "--model",
    "models",
    metavar="NAME",
    multiple=True,
    help="Default: all of the run.",
    shell_complete=completion.models_of_run,
)
@whole_number("--repeats", 2, 20, "Tables: shuffles of every feature.")
@whole_number("--seed", 0, 0, "Tables: of the shuffles.")
@click.option(
    "--together",
    metavar="A,B,...",
    multiple=True,
    help="Tables: shuffle these features as one; may be repeated.",
)
@whole_number(
    "--pictures", 1, 6, "Pictures: how many dearest mistakes, and how many closest calls."
)
@whole_number("--top", 1, 10, "Features printed; the files hold all.")
@click.option(
    "--data", metavar="DIR", type=click.Path(path_type=Path), help="Where the data are now."
)
@click.option("--test-data", metavar="DIR", type=click.Path(path_type=Path), help="Likewise.")
@as_json
def explain(
    run_dir: Path,
    models: tuple[str, ...],
    together: tuple[str, ...],
    top: int,
    as_json: bool,
    **given: Any,
) -> None:
    """Show what the models of RUN_DIR look at, in dollars, on its test part.

    Tables: how many dollars per case are lost when a feature is shuffled. Pictures: which pixels
    speak for and against the decision, for the dearest mistakes and the closest calls. Writes
    importance.html, importance.json and importance.csv into RUN_DIR.
    """
    from framework.report.explanation.page import write_explanation
    from framework.report.progress import progress_on_stderr
    from framework.studies.explanation.explained_run import explain as explain_run

    groups = [[name.strip() for name in names.split(",")] for names in together]
    with progress_on_stderr(detail()):
        explanation = explain_run(run_dir, models, together=groups, **given)
    page = write_explanation(explanation, run_dir)
    if as_json:
        return print_json(explanation.to_json())
    from framework.report.console import show
    from framework.report.explanation.text import explanation_text

    show(explanation_text(explanation, top))
    say(f"Page: {page}")
