"""``fw sagemaker monitor``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from framework.cli.options import print_json
from framework.cli.output import say
from framework.cli.sagemaker import options
from framework.cli.verbosity import tell


@click.command()
@click.argument("run_dir", metavar="RUN_DIR", type=click.Path(path_type=Path))
@click.argument("decisions", metavar="DECISIONS")
@click.argument("outcomes", metavar="[OUTCOMES]", required=False)
@click.option(
    "--schedule",
    metavar="EXPRESSION",
    help='Again and again, as EventBridge Scheduler has it: "rate(1 day)" (default: once, now).',
)
@click.option(
    "--scheduler-role",
    metavar="ARN",
    help="Role that the scheduler works in; it may create processing jobs, and pass --role.",
)
@options.model_of_folder
@click.option("--outcome", metavar="COLUMN", help="As of fw monitor.")
@click.option("--promise", metavar="DOLLARS", help="As of fw monitor.")
@click.option("--wait-days", metavar="DAYS", help="--wait of fw monitor.")
@options.with_options(options.ROLE, options.instances("ml.m5.large"), options.ACCOUNT)
def monitor(
    run_dir: Path,
    decisions: str,
    outcomes: str | None,
    schedule: str | None,
    scheduler_role: str | None,
    model: str | None,
    outcome: str | None,
    promise: str | None,
    wait_days: str | None,
    name: str | None,
    **given: Any,
) -> None:
    """Run fw monitor as a processing job, once or on a schedule; the job fails when there is an alarm.

    RUN_DIR is the folder of a run, here. DECISIONS is an s3:// address: what an endpoint's data capture
    writes, or fw serve. OUTCOMES is that of a table. Page and figures come to S3.
    """
    from framework.sagemaker.jobs.monitoring import Watched, monitor_requests

    launch = options.launch_of(given)
    asked = {
        "--model": model,
        "--outcome": outcome,
        "--promise": promise,
        "--wait": wait_days,
    }
    told = {option: value for option, value in asked.items() if value is not None}
    watched = Watched(run_dir, decisions, outcomes, told)
    name = name or (
        "fw-monitor" if schedule is not None else options.name_for(f"{run_dir.name}-monitor")
    )
    requests = monitor_requests(watched, launch, name, schedule, scheduler_role)
    if launch.dry_run:
        return print_json(requests.to_json())
    requests.send(launch.aws, tell)
    if schedule is not None:
        return say(f"Scheduled {name}, {schedule}; pages: {launch.place}/{name}-*/output")
    say(f"Started {name}; its page: {launch.place / name / 'output'}/monitor.html")
