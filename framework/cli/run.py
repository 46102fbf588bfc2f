"""``fw run``."""

from __future__ import annotations

from typing import Any

import click

from framework.cli.options import as_json, config_of, print_json, takes


@takes()
@click.command()
@click.argument("dataset")
@as_json
def run(as_json: bool, **given: Any) -> None:
    """Train DATASET's baseline and cost-trained models, and compare them in dollars."""
    config = config_of(given)

    from framework.report.background import report_writer
    from framework.report.progress import progress_on_stderr

    with report_writer(config.report) as write_report, progress_on_stderr() as progress:
        from framework.experiment.run import run as run_experiment
        from framework.plugins.registry import Registry

        result = run_experiment(config, Registry(), progress, write_report)
    if as_json:
        print_json(result.to_json())
    elif result.run_dir.exists():  # of several hosts, only the first writes
        from framework.experiment.stored_run import read_run
        from framework.report.console import show
        from framework.report.run.text import run_text

        show(run_text(read_run(result.run_dir), result.run_dir))
