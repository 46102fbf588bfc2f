"""``fw sagemaker tune``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from framework.cli.help import GroupedCommand
from framework.cli.options import as_json, config_file, dataset, takes
from framework.cli.sagemaker import options
from framework.cli.sagemaker.fetch import best_job, fetch_and_show
from framework.cli.sagemaker.order import order_of, sent


@takes()
@click.command(cls=GroupedCommand)
@dataset
@config_file
@as_json
@click.option(
    "--range",
    "ranges",
    metavar="NAME=...",
    multiple=True,
    help="What to vary, repeatable: cost_ratio=1..1000, cost_weight=0.1..10:log, "
    "learning_rate=0.001..0.1:log, model_parameters.NAME=..., or A,B,C to choose from.",
)
@click.option(
    "--search",
    type=click.Choice(["bayesian", "random", "grid"]),
    default="bayesian",
    show_default=True,
)
@click.option("--jobs", metavar="N", type=click.IntRange(1), default=20, show_default=True)
@click.option("--parallel", metavar="N", type=click.IntRange(1), default=2, show_default=True)
@options.with_options(options.ROLE, options.instances("ml.m5.xlarge"), options.JOB, options.WAIT)
@options.with_options(options.ACCOUNT)
def tune(
    ranges: tuple[str, ...],
    search: str,
    jobs: int,
    parallel: int,
    name: str | None,
    wait: bool,
    out: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Search the settings that lose DATASET the fewest dollars in validation.

    The test part is not looked at while searching. The best job's run is fetched and shown.
    """
    from framework.sagemaker.tuning import Search, tuning_requests

    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        order = order_of(given, scratch)
        how = Search(ranges, search.capitalize(), jobs, parallel, order.config.seed)
        requests = tuning_requests(order, how, options.now(), scratch, name)
        if not sent(requests, order):
            return
    if not wait:
        return click.echo(f"Later: fw sagemaker fetch --best-of {requests.names[0]}")
    best = best_job(order.launch.aws, requests.names[0])
    fetch_and_show(order.launch.aws, [best], out, as_json)
