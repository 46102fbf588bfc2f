"""``fw compare``."""

from __future__ import annotations

from pathlib import Path

import click

from framework.cli import completion
from framework.cli.options import as_json, named_values, prevalence, print_json
from framework.cli.verbosity import detail


@click.command(short_help="Judge the models of several runs by one matrix.")
@click.argument(
    "run_dirs", metavar="RUN_DIR...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--evaluation-matrix",
    metavar="FILE",
    shell_complete=completion.matrices,
    help="Judge all models by this matrix (default: the one of the first run).",
)
@prevalence
@click.option(
    "--out",
    metavar="FILE.html",
    type=click.Path(path_type=Path),
    help="The page (default: runs/compare-TIME.html).",
)
@as_json
def compare(
    run_dirs: tuple[Path, ...],
    evaluation_matrix: str | None,
    prevalence: tuple[str, ...],
    out: Path | None,
    as_json: bool,
) -> None:
    """Judge the models of several runs by one matrix, from their stored predictions."""
    from framework.experiment.stored_runs.compare import compare as compare_runs
    from framework.report.compare.page import write_comparison
    from framework.report.progress import progress_on_stderr

    shares = named_values(prevalence, "prevalence")
    with progress_on_stderr(detail(), start="reading runs"):
        found = compare_runs(run_dirs, evaluation_matrix, shares)
    page = write_comparison(found, out)
    if as_json:
        return print_json(found.to_json())
    from framework.report.compare.text import comparison_text
    from framework.report.console import show

    show(comparison_text(found, page))
