"""``fw costs``."""

from __future__ import annotations

from pathlib import Path

import click

from framework.cli.help import examples
from framework.cli.options import (
    as_json,
    find_matrix_of,
    model_of_run,
    print_json,
    run_dir,
    whole_number,
)


@click.command(
    short_help="Compare a run's models under costs that nobody knows exactly.",
    epilog=examples(
        "fw costs runs/demo", "fw costs runs/demo --ranges anna.json --ranges ben.json"
    ),
)
@run_dir
@click.option(
    "--ranges",
    metavar="FILE",
    multiple=True,
    help="A cost matrix with ranges; repeated, several people's side by side (default: the run's own).",
)
@model_of_run
@whole_number("--draws", 100, 10_000, "Plausible cost matrices that are drawn.", 1_000_000)
@whole_number("--seed", 0, 0, "Of what is drawn.")
@as_json
def costs(
    run_dir: Path, ranges: tuple[str, ...], model: str | None, draws: int, seed: int, as_json: bool
) -> None:
    """Say which model of RUN_DIR is the cheapest over all plausible costs, and which number to ask for.

    A cell of a cost matrix may be a range, {"low": 800, "likely": 1300, "high": 4000}. On the run's test
    part, every model that decides at the least expected cost is decided anew for each matrix that is drawn.
    """
    from framework.experiment.stored_runs.ranges_of_run import cost_ranges_of_run

    matrices = [find_matrix_of(file).matrix for file in ranges]
    found = cost_ranges_of_run(run_dir, matrices, model, draws, seed)
    if as_json:
        return print_json(found.to_json())
    from framework.report.console import show
    from framework.report.run.cost_ranges import ranges_text

    show(ranges_text(found))
