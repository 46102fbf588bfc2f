"""``fw sweep --sagemaker``: a training job for every value of a cost."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framework.cli.help import SWEPT, GroupedCommand, GroupedOption
from framework.cli.options import as_json, config_file, dataset, find_matrix_of, takes
from framework.cli.output import say
from framework.cli.sagemaker import options
from framework.cli.sagemaker.fetch import fetch_best
from framework.cli.sagemaker.order import order_of, sent
from framework.cli.swept import RATIO, SCALE, cells_and_scale
from framework.core.errors import ConfigError

if TYPE_CHECKING:
    from framework.core.costs.cost_matrix import CostMatrix
    from framework.sagemaker.jobs.training_job import Order

POINTS = 12


@takes()
@click.command(cls=GroupedCommand)
@dataset
@config_file
@as_json
@click.option(
    "--sagemaker", is_flag=True, cls=GroupedOption, group=SWEPT, help="What you see here."
)
@RATIO
@SCALE
@click.option(
    "--points",
    metavar="N",
    type=click.IntRange(2, 30),
    default=POINTS,
    cls=GroupedOption,
    group=SWEPT,
    help=f"Values, equally spaced in logs, a job each (default: {POINTS}; SageMaker takes 30).",
)
@click.option(
    "--parallel",
    metavar="N",
    type=click.IntRange(1),
    default=2,
    cls=GroupedOption,
    group=SWEPT,
    help="Jobs at once (default: 2).",
)
@options.with_options(options.ROLE, options.instances("ml.m5.xlarge"), options.JOB, options.WAIT)
@options.with_options(options.ACCOUNT)
def sweep(
    sagemaker: bool,
    ratio: str | None,
    scale: tuple[str, ...],
    points: int,
    parallel: int,
    name: str | None,
    wait: bool,
    out: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Train a model for every value of a cost, a SageMaker job each, and show the frontier.

    The jobs are those of a tuning job over a grid: each trains with the matrix at its value, and all are
    judged on validation cases by the matrix as it stands. What each came to is listed, the cheapest first;
    its run is fetched.
    """
    from framework.sagemaker.jobs.tuning import Search, tuning_requests

    cells, given["scale"] = cells_and_scale(scale)
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        order = order_of(given, scratch)
        files = _matrices(order, ratio, cells, points, scratch)
        varied = f"cost_matrix={','.join(map(str, files))}"
        how = Search((varied,), "Grid", parallel=parallel, seed=order.config.seed)
        requests = tuning_requests(order, how, options.now(), scratch, name)
        if not sent(requests, order):
            return
    if not wait:
        return say(f"Later: fw sagemaker fetch --best-of {requests.names[0]}")
    fetch_best(order.launch.aws, requests.names[0], out, as_json)


def _matrices(
    order: Order, ratio: str | None, cells: str | None, points: int, scratch: Path
) -> list[Path]:
    """A file for the matrix at every value, named after it."""
    from framework.studies.sweeping.axis import read_axis

    base = _matrix(order, ratio, cells)
    axis = read_axis(ratio, cells, points, base)
    files = []
    for value in axis.values:
        word = re.sub(r"[^A-Za-z0-9]+", "-", base.name).strip("-") or "matrix"
        files.append(scratch / f"{word}-at-{value:.6g}.json")
        axis.matrix(base, float(value)).to_file(files[-1])
    return files


def _matrix(order: Order, ratio: str | None, cells: str | None) -> CostMatrix:
    """The one whose costs are swept, in the order of the dataset's labels."""
    config, registry = order.config, order.registry
    if config.is_table and cells is None:
        raise ConfigError(
            "a --ratio goes with the dataset of a plugin, whose labels have an order; of a table, name "
            'the cells: --scale "cell=TRUE->PREDICTED:LOW..HIGH"'
        )
    if len(config.cost_matrix) > 1:
        raise ConfigError(f"expected one cost matrix to sweep, received {len(config.cost_matrix)}")
    given = config.cost_matrix[0] if config.cost_matrix else None
    if given is None and not config.is_table:
        given = registry.dataset(config.dataset).default_cost_matrix
    if not isinstance(given, str):
        raise ConfigError("which matrix is swept? Give its file with --cost-matrix")
    return find_matrix_of(given, None if config.is_table else config.dataset).matrix
