"""``fw sagemaker tune``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from framework.cli.help import GroupedCommand
from framework.cli.options import as_json, config_file, dataset, takes
from framework.cli.output import say
from framework.cli.sagemaker import options
from framework.cli.sagemaker.fetch import fetch_best
from framework.cli.sagemaker.order import order_of, sent
from framework.core.errors import ConfigError

# Options that a search takes under their own names.
WHEN_TO_END = ("stop_early", "warm_start", "target", "patience", "until_converged")


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
    type=click.Choice(["bayesian", "random", "grid", "hyperband"]),
    default="bayesian",
    show_default=True,
)
@click.option("--jobs", metavar="N", type=click.IntRange(1), default=20, show_default=True)
@click.option("--parallel", metavar="N", type=click.IntRange(1), default=2, show_default=True)
@click.option(
    "--resources", metavar="MIN..MAX", help="With --search hyperband: epochs of a job, at most MAX."
)
@click.option("--stop-early", is_flag=True, help="End jobs whose objective falls behind.")
@click.option(
    "--warm-start",
    metavar="TUNING-JOB",
    multiple=True,
    help="Begin with what this one has found; may be repeated.",
)
@click.option(
    "--target", metavar="DOLLARS", type=float, help="End when a job comes to these, a case."
)
@click.option(
    "--patience",
    metavar="N",
    type=click.IntRange(3),
    help="End after so many jobs without a better one.",
)
@click.option("--until-converged", is_flag=True, help="End when more jobs will hardly help.")
@options.with_options(options.ROLE, options.instances("ml.m5.xlarge"), options.JOB, options.WAIT)
@options.with_options(options.ACCOUNT)
def tune(
    ranges: tuple[str, ...],
    search: str,
    jobs: int,
    parallel: int,
    resources: str | None,
    name: str | None,
    wait: bool,
    out: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Search the settings that lose DATASET the fewest dollars in validation.

    The test part is not looked at while searching. All jobs are listed, with the best for every value
    that was chosen among; the best job's run is fetched and shown.
    """
    from framework.sagemaker.jobs.tuning import Search, tuning_requests

    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        when_to_end = {name: given.pop(name) for name in WHEN_TO_END}
        order = order_of(given, scratch)
        how = Search(
            ranges,
            search.capitalize(),
            jobs,
            parallel,
            order.config.seed,
            _between(resources),
            **when_to_end,
        )
        requests = tuning_requests(order, how, options.now(), scratch, name)
        if not sent(requests, order):
            return
    if not wait:
        return say(f"Later: fw sagemaker fetch --best-of {requests.names[0]}")
    fetch_best(order.launch.aws, requests.names[0], out, as_json)


def _between(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    fewest, dots, most = text.partition("..")
    if not dots or not fewest.isdecimal() or not most.isdecimal() or int(fewest) >= int(most):
        raise ConfigError(f"--resources: expected MIN..MAX, as 4..100, received {text!r}")
    return int(fewest), int(most)
