"""``fw slices``."""

from __future__ import annotations

from pathlib import Path

import click

from framework.cli.options import as_json, model_of_run, print_json, run_dir


@click.command(short_help="Dollars by slice of the test cases: who pays for mistakes.")
@run_dir
@click.option(
    "--slice",
    "wishes",
    metavar="COLUMN|auto",
    multiple=True,
    help='By this column, numbers cut at their quarters or as told ("age:30,50"); "sex x age" crosses two; '
    "auto: each; may be repeated (default: what the run was sliced by, or every column of --columns).",
)
@click.option(
    "--columns",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A table with further columns, which no model has seen: a row for every test case, and a column "
    '"case" with its number in predictions/*.csv.',
)
@model_of_run
@as_json
def slices(
    run_dir: Path, wishes: tuple[str, ...], columns: Path | None, model: str | None, as_json: bool
) -> None:
    """Tell what slices of RUN_DIR's test cases cost, and which gaps chance does not explain.

    Columns are those of fw run --slice, those that costs depend on, the groups, and those of --columns.
    """
    from framework.experiment.stored_runs.sliced_run import slice_run

    found = slice_run(run_dir, wishes, model, columns)
    if as_json:
        return print_json(found.to_json())
    from framework.core.words import currency
    from framework.report.console import show
    from framework.report.run.slices import slices_text

    with currency(*found.run.matrix.money):
        show(slices_text(found.told, found.model.name))
