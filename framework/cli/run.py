"""``fw run``."""

from __future__ import annotations

from typing import Any

import click

from framework.cli.help import GroupedCommand, examples
from framework.cli.options import as_json, config_file, config_of, dataset, print_json, takes
from framework.cli.verbosity import detail


@takes()
@click.command(
    cls=GroupedCommand,
    short_help="Train models with and without costs; compare their dollars.",
    epilog=examples(
        "fw run breast_cancer --cost-matrix medical.json",
        'fw run loans.csv --target status --cost "bad->good=5" --cost "good->bad=1"',
        "fw run --config runs/breast_cancer-20260101-120000/config.json --seed 1",
    ),
)
@dataset
@config_file
@as_json
def run(as_json: bool, **given: Any) -> None:
    """Train DATASET's baseline and cost-trained models, and compare them in dollars.

    DATASET is the name of one (see fw plugins), or a table with a --target: a CSV, Parquet, JSON lines
    or Excel file, a folder of such files, or a pattern ("orders/*.parquet"). Or pictures: a folder that
    has a folder a class, or a table of their paths (--picture). Where the dataset has defaults of its own,
    they come before those told here.
    """
    config = config_of(given)

    from framework.report.background import report_writer
    from framework.report.progress import progress_on_stderr

    with report_writer(config.report) as write_report, progress_on_stderr(detail()) as progress:
        from framework.experiment.run import run as run_experiment
        from framework.plugins.registry import Registry

        result = run_experiment(config, Registry(), progress, write_report)
    if as_json:
        print_json(result.to_json())
    elif result.run_dir.exists():  # of several hosts, only the first writes
        from framework.experiment.stored_runs.stored_run import read_run
        from framework.report.console import show
        from framework.report.run.text import run_text

        show(run_text(read_run(result.run_dir), result.run_dir))
