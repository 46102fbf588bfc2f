"""``fw monitor``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from framework.cli.options import as_json, model_of_run, print_json, run_dir
from framework.cli.output import say

ALARM = 3  # exit code
PAGE, FIGURES = "monitor.html", "monitor.json"
a_file = click.Path(path_type=Path)


@click.command(short_help="What came of decisions, in dollars; an alarm.")
@run_dir
@click.argument("decisions", metavar="DECISIONS", type=a_file)
@click.argument("outcomes", metavar="[OUTCOMES]", type=a_file, required=False)
@model_of_run
@click.option(
    "--outcome",
    metavar="COLUMN",
    default="outcome",
    show_default=True,
    help="Of labels, in OUTCOMES.",
)
@click.option(
    "--promise",
    metavar="DOLLARS",
    help="At most so many dollars lost a case, as fw certify --promise found it (default: what the model "
    "stated of each case).",
)
@click.option(
    "--wait",
    metavar="DAYS",
    type=float,
    default=0.0,
    help="Count an outcome when the decision is so old: where some outcomes come earlier than others, these "
    "alone would mislead (default: 0).",
)
@click.option(
    "--level",
    metavar="SHARE",
    type=float,
    default=0.05,
    show_default=True,
    help="How often a promise that is kept raises an alarm, at most, however often it is looked at.",
)
@click.option(
    "--inputs", metavar="FILE", type=a_file, help='The cases\' own columns, with their "id".'
)
@click.option(
    "--reference",
    metavar="FILE",
    type=a_file,
    help="Cases to compare inputs with (default: the first week).",
)
@click.option(
    "--out",
    metavar="FOLDER",
    type=a_file,
    help=f"Write {PAGE} and {FIGURES} there, in place of older ones.",
)
@as_json
def monitor(
    run_dir: Path,
    decisions: Path,
    outcomes: Path | None,
    promise: str | None,
    out: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Show the dollars that came of a model's decisions, week by week, beside those it promised.

    DECISIONS is what fw serve --decisions wrote, or SageMaker's data capture: a file, or a folder. OUTCOMES
    is a table with the columns "id", "outcome" and perhaps "time", which may be late, partial and corrected.
    The exit code is 3 when more was lost than promised; it may be asked every day.
    """
    from framework.core.files import write_json
    from framework.core.words import currency
    from framework.studies.monitoring.monitored_run import Asked, monitor_run

    found = monitor_run(run_dir, Asked(decisions, outcomes, promise=promise, **asked))
    with currency(*found.monitored.currency):
        told = found.to_json()
    if out is not None:
        from framework.report.monitoring.page import write_monitor_page

        out.mkdir(parents=True, exist_ok=True)
        write_json(out / FIGURES, told)
        write_monitor_page(found, out / PAGE)
    if as_json:
        print_json(told)
    else:
        from framework.report.console import show
        from framework.report.monitoring.page import monitor_text

        show(monitor_text(found))
        if out is not None:
            say(f"Page: {out / PAGE}")
    if found.monitored.alarm.raised is not None:
        raise SystemExit(ALARM)
